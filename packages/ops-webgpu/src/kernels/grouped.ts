import type { Tile } from '../tiles.ts'
import type { ConvLayer } from './conv.ts'
import { type Kernel, kernel } from './kernel.ts'
import { productBindings, productName, storeProduct, weight } from './product.ts'
import { lanes } from './wgsl.ts'
import { gridOfWindow, locate, windowName } from './window.ts'

/**
 * Grouped convolutions whose groups cut through vectors, and depthwise ones with a multiplier: each of the four filters of
 * a vector fetches the channel of its own group, one number at a time.
 */
export function grouped(layer: ConvLayer, { workgroup }: Tile): Kernel {
  const { input, output, window, convGroups } = layer
  const depth = input.channels / convGroups
  const filtersPerGroup = output.channels / convGroups
  const grid = gridOfWindow(input.shape, output.shape, 1)
  const fetch = lanes.map(lane => `f32(x[pixel + c.${lane} / 4u][c.${lane} % 4u])`).join(', ')
  const body = `let n = index % ${output.groups}u;
let tile = index / ${output.groups}u;
${locate(grid, window, 1)}
let first = (vec4u(0u, 1u, 2u, 3u) + n * 4u) / ${filtersPerGroup}u * ${depth}u;
var sum = vec4f();
for (var ky = 0; ky < ${window.kernel[0]}; ky++) {
let iy = top + ky * ${window.dilations[0]};
if (iy < 0 || iy >= ${grid.height}) { continue; }
for (var kx = 0; kx < ${window.kernel[1]}; kx++) {
let ix = left + kx * ${window.dilations[1]};
if (ix < 0 || ix >= ${grid.width}) { continue; }
let pixel = u32((i32(image) * ${grid.height} + iy) * ${grid.width} + ix) * ${input.groups}u;
let weights = u32(ky * ${window.kernel[1]} + kx) * ${depth * output.groups}u + n;
for (var i = 0u; i < ${depth}u; i++) {
// Lanes behind the last filter have weights of zero; they read the last channel.
let c = min(first + i, vec4u(${input.channels - 1}u));
sum += vec4f(${fetch}) * ${weight(layer, `weights + i * ${output.groups}u`)};
}
}
}
${storeProduct(layer, 'sum', 'index', 'n')}`
  return kernel({
    name: `grouped${windowName(window)}_g${convGroups}${productName(layer)}`,
    bindings: productBindings(layer),
    body,
    total: output.rows * output.groups,
    workgroup,
  })
}
