import { fitted, type Tile } from '../tiles.ts'
import { type Kernel, kernel } from './kernel.ts'
import { type Product, productBindings, productName, storeProduct, weight } from './product.ts'
import { load, repeat } from './wgsl.ts'
import { gridOfWindow, locate, type Window, windowName } from './window.ts'

export interface DepthwiseLayer extends Product {
  readonly window: Window
}

/** Widest window row that is written out tap by tap; wider ones are walked, one pixel a thread. */
const widest = 7

/**
 * Depthwise convolution, multiplier 1. A thread computes a few neighbouring pixels of one vector of channels: the columns
 * under their windows overlap, and each is read once a window row.
 */
export function depthwise(layer: DepthwiseLayer, wanted: Tile): Kernel {
  const { input, output, window } = layer
  const columns = output.shape[2] ?? 1
  const unrolled = window.kernel[1] <= widest
  const pixels = unrolled ? fitted(wanted, 1, columns).pixels : 1
  const grid = gridOfWindow(input.shape, output.shape, pixels)
  const ragged = columns % pixels !== 0
  const body = `let n = index % ${output.groups}u;
let tile = index / ${output.groups}u;
${locate(grid, window, pixels)}
${repeat(pixels, p => `var a${p} = vec4f();`)}
for (var ky = 0; ky < ${window.kernel[0]}; ky++) {
let iy = top + ky * ${window.dilations[0]};
if (iy < 0 || iy >= ${grid.height}) { continue; }
let line = (i32(image) * ${grid.height} + iy) * ${grid.width};
let taps = u32(ky) * ${window.kernel[1] * output.groups}u + n;
${unrolled ? writtenOut(layer, pixels) : walked(layer)}
}
let at = ((image * ${grid.rows}u + row) * ${grid.columns}u + column) * ${output.groups}u + n;
${repeat(pixels, p => {
  const store = storeProduct(layer, `a${p}`, `at + ${p * output.groups}u`, 'n')
  return ragged && p > 0 ? `if (column + ${p}u < ${grid.columns}u) { ${store} }` : store
})}`
  return kernel({
    name: `depthwise${windowName(window)}_${pixels}${productName(layer)}`,
    bindings: productBindings(layer),
    before: column(layer, grid.width),
    body,
    total: (output.rows / columns) * grid.tiles * output.groups,
    workgroup: wanted.workgroup,
  })
}

/** One vector of the image, zeros beside it. */
function column({ input }: DepthwiseLayer, width: number): string {
  return `fn pixel(line: i32, ix: i32, n: u32) -> vec4f {
  if (ix < 0 || ix >= ${width}) { return vec4f(); }
  return ${load(input, `x[u32(line + ix) * ${input.groups}u + n]`)};
}`
}

function writtenOut(layer: DepthwiseLayer, pixels: number): string {
  const { kernel, strides, dilations } = layer.window
  const taps = Array.from({ length: kernel[1] }, (_, kx) => kx)
  const offset = (p: number, kx: number): number => p * strides[1] + kx * dilations[1]
  const offsets = Array.from({ length: pixels }, (_, p) => taps.map(kx => offset(p, kx))).flat()
  const columns = [...new Set(offsets)].sort((a, b) => a - b)
  return [
    ...columns.map(at => `let c${at} = pixel(line, left + ${at}, n);`),
    ...taps.flatMap(kx => [
      `let w${kx} = ${weight(layer, `taps + ${kx * layer.output.groups}u`)};`,
      ...Array.from({ length: pixels }, (_, p) => `a${p} += c${offset(p, kx)} * w${kx};`),
    ]),
  ].join('\n')
}

function walked(layer: DepthwiseLayer): string {
  const { kernel, dilations } = layer.window
  return `for (var kx = 0; kx < ${kernel[1]}; kx++) {
a0 += pixel(line, left + kx * ${dilations[1]}, n) * ${weight(layer, `taps + u32(kx) * ${layer.output.groups}u`)};
}`
}
