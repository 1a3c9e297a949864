import type { OpOf } from '@depthwise/core/backend'
import { bilinearTaps, nearestIndices, tapWeights } from '@depthwise/core/heads'
import { epilogueName, resultBinding, store } from '../kernels/epilogue.ts'
import { type Kernel, kernel, reads } from '../kernels/kernel.ts'
import { load } from '../kernels/wgsl.ts'
import type { Layout } from '../plan/layout.ts'
import { type Packed, packRows } from '../plan/params.ts'
import type { Launch, LoweringContext } from '../plan/rules.ts'

const workgroup = 64

/** Declares vector `n` of a `row` and a `column` of a result, and `line`, the first row of its image in the operand. */
export function locatePixel({ shape, groups }: Layout, input: Layout): string {
  const [, height, width] = shape as readonly [number, number, number]
  return `let n = index % ${groups}u;
let pixel = index / ${groups}u;
let column = pixel % ${width}u;
let row = pixel / ${width}u % ${height}u;
let line = pixel / ${width * height}u * ${input.shape[1]}u;`
}

/** Index of vector `n` of a pixel of the operand. */
export const vectorAt = (input: Layout, row: string, column: string): string =>
  `((line + ${row}) * ${input.shape[2]}u + ${column}) * ${input.groups}u + n`

/** `w` holds for each row, then for each column of the result both places in the operand and their weights. */
function table(op: OpOf<'resize'>, { shape }: Layout): Packed {
  const places = ([0, 1] as const).flatMap(axis =>
    op.filter === 'nearest'
      ? nearestIndices(op, axis, shape[axis + 1] as number).map(at => [at, at, 1, 0])
      : bilinearTaps(op, axis, shape[axis + 1] as number).map(tap => [tap.lower, tap.upper, ...tapWeights(tap)]),
  )
  return packRows(4, [places.flat()], 'float32')
}

function resizeKernel({ filter, size }: OpOf<'resize'>, input: Layout, output: Layout): Kernel {
  const at = (row: string, column: string): string => load(input, `x[${vectorAt(input, row, column)}]`)
  const value =
    filter === 'nearest'
      ? at('u32(v.x)', 'u32(h.x)')
      : `v.z * (h.z * ${at('u32(v.x)', 'u32(h.x)')} + h.w * ${at('u32(v.x)', 'u32(h.y)')})
+ v.w * (h.z * ${at('u32(v.y)', 'u32(h.x)')} + h.w * ${at('u32(v.y)', 'u32(h.y)')})`
  const body = `${locatePixel(output, input)}
let v = w[row];
let h = w[${size[0]}u + column];
${store([], output, `(${value})`, { at: 'index', group: 'n' })}`
  return kernel({
    name: `resize_${filter}${epilogueName([], output)}`,
    bindings: [reads('x', input), reads('w', { dtype: 'float32' }), resultBinding(output)],
    body,
    total: output.rows * output.groups,
    workgroup,
  })
}

export function lowerResize(op: OpOf<'resize'>, { operands, output }: LoweringContext): Launch {
  const input = operands[0] as Layout
  return { kernel: resizeKernel(op, input, output), params: table(op, input) }
}
