import type { FunctionBuilder, Local } from '../assembler/index.ts'
import { activate, activationSuffix, type StoreActivation } from './activation.ts'
import { advance, clampTo, countDown, locals, multiplyAdd, offset } from './idioms.ts'
import { type Arguments, type Kernel, type KernelScope, kernel } from './kernel.ts'

/** A group of neighbouring output pixels that one kernel computes at once, and the part of its window that exists. */
export interface DepthwiseTile {
  readonly kernel: readonly [height: number, width: number]
  readonly strides: readonly [vertical: number, horizontal: number]
  /** Output rows and columns of the group. */
  readonly rows: number
  readonly columns: number
  /** Window columns that fall into the padding, left and right of the image. */
  readonly skipLeft: number
  readonly skipRight: number
  readonly activation: StoreActivation
}

/** Input rows a group reads. */
export function inputRows(tile: Pick<DepthwiseTile, 'kernel' | 'strides' | 'rows'>): number {
  return (tile.rows - 1) * tile.strides[0] + tile.kernel[0]
}

const fields = {
  /** Groups side by side, and the bytes from one to the next. */
  groups: 'i32',
  inputStep: 'i32',
  outputStep: 'i32',
  /** 4-channel vectors, and the bytes of a pixel: 16 * vectors. */
  vectors: 'i32',
  pixelBytes: 'i32',
  /** Per vector: bias, then the window's weights row by row. */
  weights: 'i32',
  clamped: 'i32',
  min: 'f32',
  max: 'f32',
  output0: 'i32',
  output1: 'i32',
  /** First column that exists of each input row; a row of zeros where the image has ended. */
  row0: 'i32',
  row1: 'i32',
  row2: 'i32',
  row3: 'i32',
  row4: 'i32',
  row5: 'i32',
  row6: 'i32',
} as const

export type DepthwiseFields = typeof fields
/** What the record has room for. */
export const maxInputRows = 7
export const maxOutputRows = 2

/** `dwconv3x3_s2_2x4`: a 3x3 window at stride 2, two rows of four pixels at a time, channels innermost. */
export function depthwiseKernel(tile: DepthwiseTile): Kernel<DepthwiseFields> {
  const { kernel: size, strides, rows, columns, skipLeft, skipRight, activation } = tile
  const edge = (skipLeft > 0 ? `_l${skipLeft}` : '') + (skipRight > 0 ? `_r${skipRight}` : '')
  return kernel({
    name: `dwconv${size.join('x')}_s${strides.join('x')}_${rows}x${columns}${edge}${activationSuffix(activation)}`,
    fields,
    emit: (f, args, scope) => emitGroups(f, args, scope, tile),
  })
}

function emitGroups(
  f: FunctionBuilder,
  args: Arguments<DepthwiseFields>,
  scope: KernelScope,
  tile: DepthwiseTile,
): void {
  const rowNames = (['row0', 'row1', 'row2', 'row3', 'row4', 'row5', 'row6'] as const).slice(0, inputRows(tile))
  const starts = rowNames.map(name => args.local(f, name))
  const outputStarts = (['output0', 'output1'] as const).slice(0, tile.rows).map(name => args.local(f, name))
  const groups = args.local(f, 'groups')
  const [vectors, inputStep, outputStep] = locals(f, 3, 'i32') as [Local, Local, Local]
  const pixelBytes = args.local(f, 'pixelBytes')
  const weights = f.local('i32')
  const rows = locals(f, starts.length, 'i32')
  const outputs = locals(f, outputStarts.length, 'i32')
  const vector = vectorBody(f, args, scope.relaxed, tile, { rows, outputs, weights, pixelBytes })
  args.push(f, 'inputStep')
  f.set(inputStep)
  args.push(f, 'outputStep')
  f.set(outputStep)
  countDown(f, groups, () => {
    args.push(f, 'weights')
    f.set(weights)
    args.push(f, 'vectors')
    f.set(vectors)
    for (const [r, start] of starts.entries()) f.get(start).set(rows[r] as Local)
    for (const [q, start] of outputStarts.entries()) f.get(start).set(outputs[q] as Local)
    countDown(f, vectors, vector)
    for (const start of starts) advance(f, start, inputStep)
    for (const start of outputStarts) advance(f, start, outputStep)
  })
}

interface VectorLocals {
  readonly rows: readonly Local[]
  readonly outputs: readonly Local[]
  readonly weights: Local
  readonly pixelBytes: Local
}

/** Four channels of a group: every input pixel is loaded once and added to each sum whose window holds it. */
function vectorBody(
  f: FunctionBuilder,
  args: Arguments<DepthwiseFields>,
  relaxed: boolean,
  { kernel: [height, width], strides, rows: outputRows, columns, skipLeft, skipRight, activation }: DepthwiseTile,
  at: VectorLocals,
): () => void {
  const [low, high, pixel] = locals(f, 3, 'v128') as [Local, Local, Local]
  const sums = Array.from({ length: outputRows }, () => locals(f, columns, 'v128'))
  const taps = Array.from({ length: outputRows }, () => locals(f, width, 'v128'))
  const inputColumns = (columns - 1) * strides[1] + width
  // Bytes to each input column; the first that exists needs none.
  const columnOffsets = locals(f, inputColumns - skipLeft - skipRight - 1, 'i32')
  columnOffsets.forEach((column, i) => {
    f.get(at.pixelBytes)
      .i32(i + 1)
      .op('i32.mul')
      .set(column)
  })
  const bytes = 16 * (1 + height * width)
  return () => {
    f.get(at.weights).load('v128.load')
    for (const sum of sums.flat().slice(1)) f.tee(sum)
    f.set(sums[0]?.[0] as Local)
    at.rows.forEach((row, r) => {
      const reached = sums.map((_, q) => r - q * strides[0]).map(ky => (ky >= 0 && ky < height ? ky : null))
      reached.forEach((ky, q) => {
        if (ky === null) return
        const weightsOfRow = 16 * (1 + ky * width)
        for (const [kx, tap] of (taps[q] ?? []).entries()) {
          f.get(at.weights).load('v128.load', weightsOfRow + 16 * kx)
          f.set(tap)
        }
      })
      for (let j = skipLeft; j < inputColumns - skipRight; j++) {
        f.get(row)
        if (j > skipLeft) f.get(columnOffsets[j - skipLeft - 1] as Local).op('i32.add')
        f.load('v128.load').set(pixel)
        reached.forEach((ky, q) => {
          if (ky === null) return
          sums[q]?.forEach((sum, p) => {
            const tap = taps[q]?.[j - p * strides[1]]
            if (tap) multiplyAdd(f, relaxed, sum, pixel, tap)
          })
        })
      }
      advance(f, row, 16)
    })
    if (!activate(f, activation, sums.flat())) {
      args.push(f, 'clamped')
      f.if(() => {
        // Loaded here, since the registers are taken by sums and weights until now.
        args.splat(f, 'min')
        f.set(low)
        args.splat(f, 'max')
        f.set(high)
        for (const sum of sums.flat()) clampTo(f, sum, low, high)
      })
    }
    const address = f.local('i32')
    at.outputs.forEach((output, q) => {
      f.get(output).set(address)
      sums[q]?.forEach((sum, p) => {
        f.get(address).get(sum).store('v128.store')
        if (p < columns - 1) offset(f, address, address, at.pixelBytes)
      })
      advance(f, output, 16)
    })
    advance(f, at.weights, bytes)
  }
}
