import { type Kernel, kernel } from '../../kernels/kernel.ts'
import { repeat } from '../../kernels/wgsl.ts'
import { gridOfWindow, locate, type Window, windowName } from '../../kernels/window.ts'
import { fitted, type Tile } from '../../tiles.ts'
import {
  addProducts,
  declareSums,
  type IntegerProduct,
  productBindings,
  productFunctions,
  productName,
  storeProduct,
  subtractZeros,
} from './product.ts'
import { splat } from './text.ts'

export interface IntegerConvLayer extends IntegerProduct {
  readonly window: Window
  /** Groups of channels that are convolved by themselves; more than one only where whole words belong to each. */
  readonly convGroups: number
}

/**
 * A convolution with any window, straight from the image. Padding is pixels of zero points: the bias takes the products of zero
 * points with all weights of a filter out again.
 */
export function integerConv(layer: IntegerConvLayer, wanted: Tile): Kernel {
  const { input, output, window, convGroups } = layer
  const filterGroups = output.groups / convGroups
  const columns = output.shape[2] ?? 1
  const tile = fitted(wanted, filterGroups, columns)
  const grid = gridOfWindow(input.shape, output.shape, tile.pixels)
  const across = output.groups / tile.groups
  const ragged = columns % tile.pixels !== 0
  const words = input.groups / convGroups
  const first = convGroups === 1 ? '' : ` + n / ${filterGroups}u * ${words}u`
  const body = `let n = index % ${across}u * ${tile.groups}u;
let tile = index / ${across}u;
${locate(grid, window, tile.pixels)}
${declareSums(layer, tile)}
for (var ky = 0; ky < ${window.kernel[0]}; ky++) {
let iy = top + ky * ${window.dilations[0]};
let inside = iy >= 0 && iy < ${grid.height};
let line = (i32(image) * ${grid.height} + clamp(iy, 0, ${grid.height - 1})) * ${grid.width};
for (var kx = 0; kx < ${window.kernel[1]}; kx++) {
${repeat(tile.pixels, p => {
  return `let ix${p} = left + ${p * window.strides[1]} + kx * ${window.dilations[1]};
let in${p} = inside && ix${p} >= 0 && ix${p} < ${grid.width};
let p${p} = u32(line + clamp(ix${p}, 0, ${grid.width - 1})) * ${input.groups}u${first};`
})}
let weights = u32(ky * ${window.kernel[1]} + kx) * ${words * output.groups}u + n;
for (var k = 0u; k < ${words}u; k++) {
${repeat(tile.pixels, p => `let x${p} = select(${splat(layer.inputZero)}, x[p${p} + k], in${p});`)}
${addProducts(layer, tile, `weights + k * ${output.groups}u`)}
}
}
}
${subtractZeros(layer, tile, 'n')}
let at = ((image * ${grid.rows}u + row) * ${grid.columns}u + column) * ${output.groups}u + n;
${repeat(tile.pixels, p => {
  const store = repeat(tile.groups, g =>
    storeProduct(layer, `a${p}_${g}`, `at + ${p * output.groups + g}u`, `n + ${g}u`),
  )
  return ragged && p > 0 ? `if (column + ${p}u < ${grid.columns}u) {\n${store}\n}` : store
})}`
  return kernel({
    name: `conv${windowName(window)}_${tile.pixels}x${tile.groups}${convGroups > 1 ? `_g${convGroups}` : ''}${productName(layer)}`,
    bindings: productBindings(layer),
    before: productFunctions(layer),
    body,
    total: (output.rows / columns) * grid.tiles * across,
    workgroup: tile.workgroup,
  })
}
