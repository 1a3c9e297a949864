import type { Layout } from '../plan/layout.ts'
import type { Tile } from '../tiles.ts'
import { type Epilogue, epilogueBindings, epilogueName, resultBinding, store } from './epilogue.ts'
import { type Kernel, kernel, reads } from './kernel.ts'
import { meet, partialSums } from './split.ts'
import { load, real } from './wgsl.ts'
import { gridOfWindow, locate, type Window, windowName } from './window.ts'

export interface PoolLayer {
  readonly input: Layout
  readonly output: Layout
  readonly window: Window
  /** `counting`: padded positions enter the divisor of the mean. */
  readonly kind: 'max' | 'average' | 'counting'
  readonly epilogue: Epilogue
}

export function pool({ input, output, window, kind, epilogue }: PoolLayer, { workgroup }: Tile): Kernel {
  const grid = gridOfWindow(input.shape, output.shape, 1)
  const first = kind === 'max' ? `vec4f(${real(-Infinity)})` : 'vec4f()'
  const value = load(input, 'x[at]')
  const take = kind === 'max' ? `result = max(result, ${value});` : `sum += ${value};`
  const area = window.kernel[0] * window.kernel[1]
  const result = { max: 'result', counting: `result / ${area}.0`, average: 'result / count' }[kind]
  const body = `let n = index % ${output.groups}u;
let tile = index / ${output.groups}u;
${locate(grid, window, 1)}
var result = ${first};
var count = 0.0;
for (var ky = 0; ky < ${window.kernel[0]}; ky++) {
let iy = top + ky;
if (iy < 0 || iy >= ${grid.height}) { continue; }
var sum = vec4f();
for (var kx = 0; kx < ${window.kernel[1]}; kx++) {
let ix = left + kx;
if (ix < 0 || ix >= ${grid.width}) { continue; }
let at = u32((i32(image) * ${grid.height} + iy) * ${grid.width} + ix) * ${input.groups}u + n;
${take}
count += 1.0;
}
${kind === 'max' ? '' : 'result += sum;'}
}
${store(epilogue, output, result, { at: 'index', group: 'n' })}`
  return kernel({
    name: `${kind === 'max' ? 'max' : 'average'}Pool${windowName(window)}${kind === 'counting' ? '_counting' : ''}${epilogueName(epilogue, output)}`,
    bindings: [reads('x', input), ...epilogueBindings(epilogue), resultBinding(output)],
    body,
    total: output.rows * output.groups,
    workgroup,
  })
}

/**
 * The mean of each channel over all pixels. Rows are summed by themselves first, so that rounding grows with the sides of
 * the image and not with its area; with `split`, several threads take rows in turn.
 */
export function globalPool(input: Layout, output: Layout, epilogue: Epilogue, { split, workgroup }: Tile): Kernel {
  const [, height = 1, width = 1] = input.shape
  const total = output.rows * output.groups
  const body = `let n = index % ${output.groups}u;
let image = index / ${output.groups}u;
var sum = vec4f();
for (var iy = ${split === 1 ? '0u' : 'slice'}; iy < ${height}u; iy += ${split}u) {
var line = vec4f();
let at = (image * ${height}u + iy) * ${width * input.groups}u + n;
for (var ix = 0u; ix < ${width}u; ix++) { line += ${load(input, `x[at + ix * ${input.groups}u]`)}; }
sum += line;
}
${split === 1 ? '' : meet(['sum'], { workgroup, split, total })}
${store(epilogue, output, `sum / ${height * width}.0`, { at: 'index', group: 'n' })}`
  return kernel({
    name: `globalAveragePool${split === 1 ? '' : `_split${split}`}${epilogueName(epilogue, output)}`,
    bindings: [reads('x', input), ...epilogueBindings(epilogue), resultBinding(output)],
    before: split === 1 ? '' : partialSums(1, workgroup),
    body,
    total,
    workgroup,
    split,
  })
}
