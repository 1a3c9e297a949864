import type { FunctionBuilder, Local } from '../assembler/index.ts'
import { activate, activationSuffix, type StoreActivation } from './activation.ts'
import { advance, clampTo, countDown, locals, multiplyAdd, repeat } from './idioms.ts'
import { type Arguments, type Kernel, kernel } from './kernel.ts'

/** One output row of a window that slides along the width, channels innermost; for windows no unrolled kernel covers. */
export const windowFields = {
  /** First input row that exists, at column 0; how many exist, and the bytes between them. */
  input: 'i32',
  rows: 'i32',
  rowBytes: 'i32',
  output: 'i32',
  outputWidth: 'i32',
  inputWidth: 'i32',
  vectors: 'i32',
  pixelBytes: 'i32',
  columns: 'i32',
  stride: 'i32',
  dilation: 'i32',
  padLeft: 'i32',
} as const

const depthwiseFields = {
  ...windowFields,
  /** Per vector: bias, then the window's weights row by row; `weightSkip` bytes lead to the first row that exists. */
  weights: 'i32',
  weightSkip: 'i32',
  weightBytes: 'i32',
  clamped: 'i32',
  min: 'f32',
  max: 'f32',
} as const

const poolFields = {
  ...windowFields,
  /** Divisor of an average; 0 divides by the pixels that exist. */
  area: 'i32',
} as const

export type WindowArguments = Arguments<typeof windowFields>

interface Cell {
  /** Address of the input vector under the window, for a column that exists. */
  readonly input: Local
}

/**
 * Visits every output pixel and vector of the row; `cell` runs for each window position inside the image.
 * @param bytes - of a vector
 */
export function slide(
  f: FunctionBuilder,
  args: WindowArguments,
  parts: { start(): void; cell(at: Cell): void; afterCell?(): void; finish(output: Local): void },
  bytes = 16,
): void {
  const [first, column, vector, input, row, rows, columns, source] = locals(f, 8, 'i32') as [
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
  ]
  const output = args.local(f, 'output')
  const [pixels, width, pixelBytes] = [
    args.local(f, 'outputWidth'),
    args.local(f, 'inputWidth'),
    args.local(f, 'pixelBytes'),
  ]
  f.i32(0)
  args.push(f, 'padLeft')
  f.op('i32.sub').set(first)
  countDown(f, pixels, () => {
    args.push(f, 'vectors')
    f.set(vector)
    args.push(f, 'input')
    f.set(input)
    countDown(f, vector, () => {
      parts.start()
      f.get(input).set(row)
      repeat(f, args, 'rows', rows, () => {
        f.get(first).set(column)
        repeat(f, args, 'columns', columns, () => {
          f.get(column).get(width).op('i32.lt_u')
          f.if(() => {
            f.get(column).get(pixelBytes).op('i32.mul').get(row).op('i32.add').set(source)
            parts.cell({ input: source })
          })
          parts.afterCell?.()
          f.get(column)
          args.push(f, 'dilation')
          f.op('i32.add').set(column)
        })
        f.get(row)
        args.push(f, 'rowBytes')
        f.op('i32.add').set(row)
      })
      parts.finish(output)
      advance(f, output, bytes)
      advance(f, input, bytes)
    })
    f.get(first)
    args.push(f, 'stride')
    f.op('i32.add').set(first)
  })
}

/** `dwconv_any`: any window, stride and dilation. */
export function depthwiseAny(activation: StoreActivation): Kernel<typeof depthwiseFields> {
  return kernel({
    name: `dwconv_any${activationSuffix(activation)}`,
    fields: depthwiseFields,
    emit(f, args, { relaxed }) {
      const [sum, pixel, tap, low, high] = locals(f, 5, 'v128') as [Local, Local, Local, Local, Local]
      const [panel, weight, left] = locals(f, 3, 'i32') as [Local, Local, Local]
      args.splat(f, 'min')
      f.set(low)
      args.splat(f, 'max')
      f.set(high)
      slide(f, args as unknown as WindowArguments, {
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
          f.get(panel).load('v128.load').set(sum)
          f.get(panel)
          args.push(f, 'weightSkip')
          f.op('i32.add').set(weight)
          f.get(panel)
          args.push(f, 'weightBytes')
          f.op('i32.add').set(panel)
        },
        cell({ input }) {
          f.get(input).load('v128.load').set(pixel)
          f.get(weight).load('v128.load').set(tap)
          multiplyAdd(f, relaxed, sum, pixel, tap)
        },
        afterCell: () => advance(f, weight, 16),
        finish(output) {
          if (!activate(f, activation, [sum])) {
            args.push(f, 'clamped')
            f.if(() => clampTo(f, sum, low, high))
          }
          f.get(output).get(sum).store('v128.store')
        },
      })
    },
  })
}

/** `maxpool`: a NaN under the window comes out; padding never does. */
export const maxPool: Kernel<typeof poolFields> = kernel({
  name: 'maxpool',
  fields: poolFields,
  emit(f, args) {
    const best = f.local('v128')
    slide(f, args as unknown as WindowArguments, {
      start: () => f.f32(-Infinity).op('f32x4.splat').set(best),
      cell: ({ input }) => f.get(best).get(input).load('v128.load').op('f32x4.max').set(best),
      finish: output => f.get(output).get(best).store('v128.store'),
    })
  },
})

export const averagePool: Kernel<typeof poolFields> = kernel({
  name: 'avgpool',
  fields: poolFields,
  emit(f, args) {
    const sum = f.local('v128')
    const seen = f.local('i32')
    slide(f, args as unknown as WindowArguments, {
      start() {
        f.f32(0).op('f32x4.splat').set(sum).i32(0).set(seen)
      },
      cell({ input }) {
        f.get(sum).get(input).load('v128.load').op('f32x4.add').set(sum)
        advance(f, seen, 1)
      },
      finish(output) {
        args.push(f, 'area')
        f.get(seen)
        args.push(f, 'area')
        f.select().op('f32.convert_i32_u').op('f32x4.splat')
        const divisor = f.local('v128')
        f.set(divisor).get(output).get(sum).get(divisor).op('f32x4.div').store('v128.store')
      },
    })
  },
})

/** `global_mean`: the mean over all pixels, row sums first, so that rounding grows with height + width. */
export const globalMean = kernel({
  name: 'global_mean',
  fields: { input: 'i32', output: 'i32', height: 'i32', width: 'i32', vectors: 'i32', pixelBytes: 'i32', area: 'f32' },
  emit(f, args) {
    const [sum, rowSum] = locals(f, 2, 'v128') as [Local, Local]
    const [at, rows, columns] = locals(f, 3, 'i32') as [Local, Local, Local]
    const [input, output, vectors, pixelBytes] = (['input', 'output', 'vectors', 'pixelBytes'] as const).map(name =>
      args.local(f, name),
    ) as [Local, Local, Local, Local]
    const clear = (local: Local): void => {
      f.f32(0).op('f32x4.splat').set(local)
    }
    countDown(f, vectors, () => {
      clear(sum)
      f.get(input).set(at)
      repeat(f, args, 'height', rows, () => {
        clear(rowSum)
        repeat(f, args, 'width', columns, () => {
          f.get(rowSum).get(at).load('v128.load').op('f32x4.add').set(rowSum)
          advance(f, at, pixelBytes)
        })
        f.get(sum).get(rowSum).op('f32x4.add').set(sum)
      })
      f.get(output).get(sum)
      args.splat(f, 'area')
      f.op('f32x4.div').store('v128.store')
      advance(f, input, 16)
      advance(f, output, 16)
    })
  },
})
