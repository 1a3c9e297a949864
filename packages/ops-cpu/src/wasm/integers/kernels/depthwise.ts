import type { FunctionBuilder, Local } from '../../assembler/index.ts'
import { advance, countDown, locals, offset } from '../../kernels/idioms.ts'
import { type Arguments, type Kernel, kernel } from '../../kernels/kernel.ts'
import { slide, type WindowArguments, windowFields } from '../../kernels/window.ts'
import { type Arithmetic, loadEight } from '../arithmetic.ts'
import { narrow, Requantizer } from './requantize.ts'

/** A group of neighbouring output pixels that one kernel computes at once, and the part of its window that exists. */
export interface IntegerDepthwiseTile {
  readonly kernel: readonly [height: number, width: number]
  readonly stride: number
  readonly columns: number
  /** Window columns that fall into the padding, left and right of the image. */
  readonly skipLeft: number
  readonly skipRight: number
  /** Whether the zero point of the input has to be subtracted: it is 0 behind most activations. */
  readonly offset: boolean
}

const fields = {
  /** Groups side by side, and the bytes from one to the next. */
  groups: 'i32',
  inputStep: 'i32',
  outputStep: 'i32',
  /** Vectors of eight channels, and the bytes of a pixel: 8 * vectors. */
  vectors: 'i32',
  pixelBytes: 'i32',
  /** Per vector: bias, the window's weights by pairs of rows, multipliers (`packDepthwise`). */
  weights: 'i32',
  /** Zero point of the input. */
  inputZero: 'i32',
  min: 'f32',
  max: 'f32',
  zero: 'i32',
  output: 'i32',
  /** First column that exists of each input row; a row of zero points where the image has ended. */
  row0: 'i32',
  row1: 'i32',
  row2: 'i32',
  row3: 'i32',
  row4: 'i32',
  row5: 'i32',
  row6: 'i32',
} as const

export type IntegerDepthwiseFields = typeof fields

/** What the record has room for. */
export const maxKernelRows = 7

/** `dwconv3x3_s2_1x2_bytes`: a 3x3 window at stride 2, two pixels at a time, eight channels innermost. */
export function integerDepthwiseKernel(
  arithmetic: Arithmetic,
  tile: IntegerDepthwiseTile,
): Kernel<IntegerDepthwiseFields> {
  const { kernel: size, stride, columns, skipLeft, skipRight } = tile
  const edge = (skipLeft > 0 ? `_l${skipLeft}` : '') + (skipRight > 0 ? `_r${skipRight}` : '')
  return kernel({
    name: `dwconv${size.join('x')}_s${stride}_1x${columns}${edge}_bytes${tile.offset ? '_offset' : ''}`,
    fields,
    emit: (f, args) => emitGroups(f, args, arithmetic, tile),
  })
}

function emitGroups(
  f: FunctionBuilder,
  args: Arguments<IntegerDepthwiseFields>,
  arithmetic: Arithmetic,
  tile: IntegerDepthwiseTile,
): void {
  const rowNames = (['row0', 'row1', 'row2', 'row3', 'row4', 'row5', 'row6'] as const).slice(0, tile.kernel[0])
  const starts = rowNames.map(name => args.local(f, name))
  const rows = locals(f, starts.length, 'i32')
  const [groups, inputStep, outputStep, outputStart, pixelBytes] = (
    ['groups', 'inputStep', 'outputStep', 'output', 'pixelBytes'] as const
  ).map(name => args.local(f, name)) as [Local, Local, Local, Local, Local]
  const [vectors, weights, output] = locals(f, 3, 'i32') as [Local, Local, Local]
  const vector = vectorBody(f, args, arithmetic, tile, { rows, output, weights, pixelBytes })
  countDown(f, groups, () => {
    args.push(f, 'weights')
    f.set(weights)
    args.push(f, 'vectors')
    f.set(vectors)
    for (const [r, start] of starts.entries()) f.get(start).set(rows[r] as Local)
    f.get(outputStart).set(output)
    countDown(f, vectors, vector)
    for (const start of starts) advance(f, start, inputStep)
    advance(f, outputStart, outputStep)
  })
}

interface VectorLocals {
  readonly rows: readonly Local[]
  readonly output: Local
  readonly weights: Local
  readonly pixelBytes: Local
}

// Bytes of two rows side by side: those of the first and the second channel, and so on.
const interleaved = Array.from({ length: 16 }, (_, i) => (i >> 1) + 16 * (i & 1))

/** Eight channels of a group. The bytes of two rows of the window meet in one lane, which one dot product multiplies. */
function vectorBody(
  f: FunctionBuilder,
  args: Arguments<IntegerDepthwiseFields>,
  arithmetic: Arithmetic,
  { kernel: [height, width], stride, columns, skipLeft, skipRight, offset: subtracts }: IntegerDepthwiseTile,
  at: VectorLocals,
): () => void {
  const sums = Array.from({ length: columns }, () => locals(f, 2, 'v128') as [Local, Local])
  const taps = Array.from({ length: width }, () => locals(f, 2, 'v128') as [Local, Local])
  const [low, high, zeros, lowFactor, highFactor] = locals(f, 5, 'v128') as [Local, Local, Local, Local, Local]
  const address = f.local('i32')
  const requantizer = new Requantizer(f)
  const inputColumns = (columns - 1) * stride + width
  const columnOffsets = locals(f, inputColumns - skipLeft - skipRight - 1, 'i32')
  columnOffsets.forEach((column, i) => {
    f.get(at.pixelBytes)
      .i32(i + 1)
      .op('i32.mul')
      .set(column)
  })
  if (subtracts) {
    args.push(f, 'inputZero')
    f.op('i16x8.splat').set(zeros)
  }
  const extend = arithmetic.signed
    ? (['i16x8.extend_low_i8x16_s', 'i16x8.extend_high_i8x16_s'] as const)
    : (['i16x8.extend_low_i8x16_u', 'i16x8.extend_high_i8x16_u'] as const)
  const pairs = Math.ceil(height / 2)
  const bytes = 32 * (2 + pairs * width)
  return () => {
    for (const half of [0, 1] as const) {
      f.get(at.weights).load('v128.load', 16 * half)
      for (const sum of sums.slice(1)) f.tee(sum[half])
      f.set((sums[0] as [Local, Local])[half])
    }
    for (let pair = 0; pair < pairs; pair++) {
      for (const [kx, tap] of taps.entries()) {
        for (const half of [0, 1] as const) {
          f.get(at.weights).load('v128.load', 32 * (1 + pair * width + kx) + 16 * half)
          f.set(tap[half])
        }
      }
      const [upper, lower] = [at.rows[2 * pair] as Local, at.rows[2 * pair + 1]]
      for (let j = skipLeft; j < inputColumns - skipRight; j++) {
        const loadFrom = (row: Local): void => {
          f.get(row)
          if (j > skipLeft) f.get(columnOffsets[j - skipLeft - 1] as Local).op('i32.add')
          f.load('v128.load64_zero')
        }
        loadFrom(upper)
        // The weights of a row that is missing at the end are zeros.
        if (lower) loadFrom(lower)
        else f.tee(low).get(low)
        f.shuffle(interleaved).tee(low)
        f.op(extend[1]).set(high).get(low).op(extend[0]).set(low)
        if (subtracts) for (const half of [low, high]) f.get(half).get(zeros).op('i16x8.sub').set(half)
        sums.forEach((sum, p) => {
          const tap = taps[j - p * stride]
          if (!tap) return
          for (const [half, pixel] of [low, high].entries()) {
            f.get(pixel)
              .get(tap[half] as Local)
              .op('i32x4.dot_i16x8_s')
            f.get(sum[half] as Local)
              .op('i32x4.add')
              .set(sum[half] as Local)
          }
        })
      }
    }
    for (const row of at.rows) advance(f, row, 8)
    requantizer.load(args)
    f.get(at.weights)
      .load('v128.load', bytes - 32)
      .set(lowFactor)
    f.get(at.weights)
      .load('v128.load', bytes - 16)
      .set(highFactor)
    f.get(at.output).set(address)
    for (const [p, [lowSum, highSum]] of sums.entries()) {
      requantizer.apply(lowSum, lowFactor)
      requantizer.apply(highSum, highFactor)
      f.get(address)
      narrow(f, arithmetic, [lowSum, highSum])
      f.laneAccess('v128.store64_lane', 0)
      if (p < columns - 1) offset(f, address, address, at.pixelBytes)
    }
    advance(f, at.output, 8)
    advance(f, at.weights, bytes)
  }
}

const anyFields = {
  ...windowFields,
  /** Per vector: bias, the window's weights row by row, multipliers; `weightSkip` bytes lead to the first row that exists. */
  weights: 'i32',
  weightSkip: 'i32',
  weightBytes: 'i32',
  inputZero: 'i32',
  min: 'f32',
  max: 'f32',
  zero: 'i32',
} as const

/** `dwconv_any_bytes`: any window, stride and dilation. */
export function integerDepthwiseAny(arithmetic: Arithmetic): Kernel<typeof anyFields> {
  return kernel({
    name: 'dwconv_any_bytes',
    fields: anyFields,
    emit(f, args) {
      const [low, high, pixel, tap, zeros, factor] = locals(f, 6, 'v128') as [Local, Local, Local, Local, Local, Local]
      const [panel, weight, left] = locals(f, 3, 'i32') as [Local, Local, Local]
      const requantizer = new Requantizer(f)
      args.push(f, 'inputZero')
      f.op('i16x8.splat').set(zeros)
      requantizer.load(args)
      const halves = [
        [low, 'i32x4.extmul_low_i16x8_s'],
        [high, 'i32x4.extmul_high_i16x8_s'],
      ] as const
      slide(
        f,
        args as unknown as WindowArguments,
        {
          start() {
            // The panel wraps around when a pixel's last vector is done.
            f.get(left)
              .op('i32.eqz')
              .if(() => {
                args.push(f, 'weights')
                f.set(panel)
                args.push(f, 'vectors')
                f.set(left)
              })
            advance(f, left, -1)
            f.get(panel).load('v128.load').set(low).get(panel).load('v128.load', 16).set(high)
            f.get(panel)
            args.push(f, 'weightSkip')
            f.op('i32.add').set(weight)
            f.get(panel)
            args.push(f, 'weightBytes')
            f.op('i32.add').set(panel)
          },
          cell({ input }) {
            f.get(input).load(loadEight(arithmetic)).get(zeros).op('i16x8.sub').set(pixel)
            f.get(weight).load('v128.load').set(tap)
            for (const [sum, multiply] of halves) {
              f.get(sum).get(pixel).get(tap).op(multiply).op('i32x4.add').set(sum)
            }
          },
          afterCell: () => advance(f, weight, 16),
          finish(output) {
            // The panel has moved on: the multipliers are the last it passed.
            for (const [half, [sum]] of halves.entries()) {
              f.get(panel)
                .i32(32 - 16 * half)
                .op('i32.sub')
                .load('v128.load')
                .set(factor)
              requantizer.apply(sum, factor)
            }
            f.get(output)
            narrow(f, arithmetic, [low, high])
            f.laneAccess('v128.store64_lane', 0)
          },
        },
        8,
      )
    },
  })
}
