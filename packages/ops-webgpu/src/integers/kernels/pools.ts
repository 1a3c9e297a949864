import { type Kernel, kernel, reads, writes } from '../../kernels/kernel.ts'
import { meet, partialSums } from '../../kernels/split.ts'
import { real } from '../../kernels/wgsl.ts'
import { gridOfWindow, locate, type Window, windowName } from '../../kernels/window.ts'
import type { Layout } from '../../plan/layout.ts'
import type { Tile } from '../../tiles.ts'
import { all, pack, type Result, rounded, settle, toReals, unpack } from './text.ts'

/** What becomes of the bytes under a window: in `result`, the vector of `sum` or `best`, whose places in the image `seen` counts. */
export interface PoolFormula {
  readonly name: string
  /** What `value` starts from, and what it becomes with the bytes of one more place. */
  readonly start: number
  readonly take: (value: string, bytes: string) => string
  /** The bytes of the result. */
  readonly finish: string
  readonly before?: string
  /** Whether it reads parameters, `w`. */
  readonly params?: boolean
}

/** The largest byte: operand and result have one type. */
export const largestByte: PoolFormula = {
  name: 'maxPool',
  start: -128,
  take: (value, bytes) => `max(${value}, ${bytes})`,
  finish: 'value',
}

const summed = { start: 0, take: (value: string, bytes: string): string => `${value} + ${bytes}` } as const

/** What padding counts as, where it does: the window's extent, and the zero point that stands for it. */
export interface CountedPadding {
  readonly area: number
  readonly zeroPoint: number
}

/** Sums of what the dtype holds, which memory lacks `shift` of, and their count. */
function sumAndCount(shift: number, counted: CountedPadding | null): string {
  return `let count = ${counted ? counted.area : 'seen'};
let sum = value - vec4i(${shift} * seen${counted ? ` - (count - seen) * ${counted.zeroPoint}` : ''});`
}

/** The mean of bytes of one type, rounded half away from zero: in integers, whose quotients are cut off towards zero. */
export const roundedMean = (shift: number, counted: CountedPadding | null): PoolFormula => ({
  ...summed,
  name: `averagePool${counted ? '_counting' : ''}`,
  before: `fn mean(value: vec4i, seen: i32) -> vec4i {
  ${sumAndCount(shift, counted)}
  return (sum + sign(sum) * (count / 2)) / count + ${all(shift)};
}`,
  finish: 'mean(value, seen)',
})

/** The mean in another type: `w` holds a word of zero, then scale and offset for every count. */
export const restatedMean = (shift: number, counted: CountedPadding | null, result: Result): PoolFormula => ({
  ...summed,
  name: `averagePool${counted ? '_counting' : ''}_restated`,
  before: `${meanFunctions(result)}
fn mean(value: vec4i, seen: i32) -> vec4i {
  ${sumAndCount(shift, counted)}
  return meanOf(sum, bitcast<f32>(w[2 * count]), bitcast<f32>(w[2 * count + 1]));
}`,
  finish: 'mean(value, seen)',
  params: true,
})

/** `meanOf`: `sum * scale + offset`, each rounded, to the bytes of a mean. */
function meanFunctions(result: Result): string {
  const lane = (name: string): string => `rounded(reals.${name} * scale)`
  return `${toReals}
${settle(result)}
${rounded('w[0]')}
fn meanOf(sum: vec4i, scale: f32, offset: f32) -> vec4i {
  let reals = toReals(sum);
  return settle(vec4f(${['x', 'y', 'z', 'w'].map(lane).join(', ')}) + offset);
}`
}

export interface IntegerPoolLayer {
  readonly input: Layout
  readonly output: Layout
  readonly window: Window
}

export function integerPool(
  { input, output, window }: IntegerPoolLayer,
  { name, start, take, finish, before = '', params = false }: PoolFormula,
  { workgroup }: Tile,
): Kernel {
  const grid = gridOfWindow(input.shape, output.shape, 1)
  const body = `let n = index % ${output.groups}u;
let tile = index / ${output.groups}u;
${locate(grid, window, 1)}
var value = ${all(start)};
var seen = 0;
for (var ky = 0; ky < ${window.kernel[0]}; ky++) {
let iy = top + ky;
if (iy < 0 || iy >= ${grid.height}) { continue; }
for (var kx = 0; kx < ${window.kernel[1]}; kx++) {
let ix = left + kx;
if (ix < 0 || ix >= ${grid.width}) { continue; }
let at = u32((i32(image) * ${grid.height} + iy) * ${grid.width} + ix) * ${input.groups}u + n;
value = ${take('value', 'unpack(x[at])')};
seen++;
}
}
y[index] = pack(${finish});`
  return kernel({
    name: `${name}${windowName(window)}_i8`,
    bindings: [reads('x', input), ...(params ? [reads('w', { dtype: 'bytes' })] : []), writes('y', output)],
    before: [unpack, pack, before].join('\n'),
    body,
    total: output.rows * output.groups,
    workgroup,
  })
}

/** The mean of each channel over all pixels; with `split`, several threads take rows in turn. `w` holds a word of zero. */
export function integerMean(
  input: Layout,
  output: Layout,
  mean: { readonly scale: number; readonly offset: number; readonly shift: number; readonly result: Result },
  { split, workgroup }: Tile,
): Kernel {
  const [, height = 1, width = 1] = input.shape
  const total = output.rows * output.groups
  const body = `let n = index % ${output.groups}u;
let image = index / ${output.groups}u;
var sum = vec4i();
for (var iy = ${split === 1 ? '0u' : 'slice'}; iy < ${height}u; iy += ${split}u) {
let at = (image * ${height}u + iy) * ${width * input.groups}u + n;
for (var ix = 0u; ix < ${width}u; ix++) { sum += unpack(x[at + ix * ${input.groups}u]); }
}
${split === 1 ? '' : meet(['sum'], { workgroup, split, total })}
y[index] = pack(meanOf(sum - ${all(mean.shift * height * width)}, ${real(mean.scale)}, ${real(mean.offset)}));`
  const shared = split === 1 ? '' : partialSums(1, workgroup, 'vec4i')
  return kernel({
    name: `globalAveragePool${split === 1 ? '' : `_split${split}`}_i8`,
    bindings: [reads('x', input), reads('w', { dtype: 'bytes' }), writes('y', output)],
    before: [unpack, pack, meanFunctions(mean.result), shared].join('\n'),
    body,
    total,
    workgroup,
    split,
  })
}
