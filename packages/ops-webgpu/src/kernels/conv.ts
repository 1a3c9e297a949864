import { fitted, type Tile } from '../tiles.ts'
import { type Kernel, kernel } from './kernel.ts'
import { type Product, productBindings, productName, storeProduct } from './product.ts'
import { addProducts, declareSums, declareWeights } from './products.ts'
import { load, repeat } from './wgsl.ts'
import { type Grid, gridOfWindow, locate, type Window, windowName } from './window.ts'

export interface ConvLayer extends Product {
  readonly window: Window
  /** Groups of channels that are convolved by themselves; more than one only where whole vectors belong to each. */
  readonly convGroups: number
}

/**
 * A convolution with any window, straight from the image: the stem and every general one. A thread sums a few pixels of a
 * row by a few vectors of filters; channels behind the last (the stem has three) are never multiplied.
 */
export function conv(layer: ConvLayer, wanted: Tile): Kernel {
  const { input, output, window, convGroups } = layer
  const filterGroups = output.groups / convGroups
  const columns = output.shape[2] ?? 1
  const tile = fitted(wanted, filterGroups, columns)
  const grid = gridOfWindow(input.shape, output.shape, tile.pixels)
  const across = output.groups / tile.groups
  const ragged = columns % tile.pixels !== 0
  const body = `let n = index % ${across}u * ${tile.groups}u;
let tile = index / ${across}u;
${locate(grid, window, tile.pixels)}
${declareSums(tile)}
${declareWeights(tile)}
for (var ky = 0; ky < ${window.kernel[0]}; ky++) {
let iy = top + ky * ${window.dilations[0]};
if (iy < 0 || iy >= ${grid.height}) { continue; }
let line = (i32(image) * ${grid.height} + iy) * ${grid.width};
for (var kx = 0; kx < ${window.kernel[1]}; kx++) {
${tap(layer, tile, grid)}
}
}
let at = ((image * ${grid.rows}u + row) * ${grid.columns}u + column) * ${output.groups}u + n;
${repeat(tile.pixels, p => {
  const store = repeat(tile.groups, g =>
    storeProduct(layer, `a${p}_${g}`, `at + ${p * output.groups + g}u`, g === 0 ? 'n' : `(n + ${g}u)`),
  )
  return ragged && p > 0 ? `if (column + ${p}u < ${grid.columns}u) {\n${store}\n}` : store
})}`
  return kernel({
    name: `conv${windowName(window)}_${tile.pixels}x${tile.groups}${convGroups > 1 ? `_g${convGroups}` : ''}${productName(layer)}`,
    bindings: productBindings(layer),
    body,
    total: (output.rows / columns) * grid.tiles * across,
    workgroup: tile.workgroup,
  })
}

/** All channels under one position of the window. */
function tap(layer: ConvLayer, tile: Tile, grid: Grid): string {
  const { input, output, window, convGroups } = layer
  const depth = input.channels / convGroups
  const full = Math.floor(depth / 4)
  const rest = depth % 4
  const first = convGroups === 1 ? '' : ` + n / ${output.groups / convGroups}u * ${depth / 4}u`
  const pixels = (k: string) =>
    repeat(tile.pixels, p => `let x${p} = select(vec4f(), ${load(input, `x[p${p} + ${k}]`)}, in${p});`)
  const whole = `for (var k = 0u; k < ${full}u; k++) {
${pixels('k')}
let base = weights + k * ${4 * output.groups}u;
${addProducts(layer, tile, 'base')}
}`
  const remainder = `${pixels(`${full}u`)}
let base = weights + ${full * 4 * output.groups}u;
${addProducts(layer, tile, 'base', rest)}`
  return `let weights = u32(ky * ${window.kernel[1]} + kx) * ${depth * output.groups}u + n;
${repeat(tile.pixels, p => {
  return `let ix${p} = left + ${p * window.strides[1]} + kx * ${window.dilations[1]};
let in${p} = ix${p} >= 0 && ix${p} < ${grid.width};
let p${p} = u32(line + clamp(ix${p}, 0, ${grid.width - 1})) * ${input.groups}u${first};`
})}
${full === 0 ? '' : whole}
${rest === 0 ? '' : remainder}`
}
