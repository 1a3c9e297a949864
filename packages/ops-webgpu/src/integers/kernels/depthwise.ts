import { type Kernel, kernel } from '../../kernels/kernel.ts'
import { lanes, repeat } from '../../kernels/wgsl.ts'
import { gridOfWindow, locate, windowName } from '../../kernels/window.ts'
import { fitted, type Tile } from '../../tiles.ts'
import type { IntegerConvLayer } from './conv.ts'
import { type IntegerProduct, productBindings, productName, storeProduct } from './product.ts'
import { all, pack, settle, toReals, unpack } from './text.ts'

// Here each channel has weights of its own, so there is nothing to dot: pixels are unpacked, and weights lie in memory as 32-bit
// integers less their zero points.

const functions = ({ result }: IntegerProduct): string => [unpack, pack, toReals, settle(result)].join('\n')

/** Widest window row that is written out tap by tap; wider ones are walked, one pixel a thread. */
const widest = 7

/** Depthwise convolution of bytes, multiplier 1, tiled as the one on reals. */
export function integerDepthwise(layer: IntegerConvLayer, wanted: Tile): Kernel {
  const { input, output, window, inputZero } = layer
  const columns = output.shape[2] ?? 1
  const unrolled = window.kernel[1] <= widest
  const pixels = unrolled ? fitted(wanted, 1, columns).pixels : 1
  const grid = gridOfWindow(input.shape, output.shape, pixels)
  const ragged = columns % pixels !== 0
  const body = `let n = index % ${output.groups}u;
let tile = index / ${output.groups}u;
${locate(grid, window, pixels)}
${repeat(pixels, p => `var a${p} = vec4i();`)}
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
  const pixel = `fn pixel(line: i32, ix: i32, n: u32) -> vec4i {
  if (ix < 0 || ix >= ${grid.width}) { return vec4i(); }
  return unpack(x[u32(line + ix) * ${input.groups}u + n]) - ${all(inputZero)};
}`
  return kernel({
    name: `depthwise${windowName(window)}_${pixels}${productName(layer)}`,
    bindings: productBindings(layer),
    before: `${functions(layer)}\n${pixel}`,
    body,
    total: (output.rows / columns) * grid.tiles * output.groups,
    workgroup: wanted.workgroup,
  })
}

const weight = (at: string): string => `bitcast<vec4i>(w[${at}])`

function writtenOut({ window, output }: IntegerConvLayer, pixels: number): string {
  const { kernel, strides, dilations } = window
  const taps = Array.from({ length: kernel[1] }, (_, kx) => kx)
  const offset = (p: number, kx: number): number => p * strides[1] + kx * dilations[1]
  const offsets = Array.from({ length: pixels }, (_, p) => taps.map(kx => offset(p, kx))).flat()
  const columns = [...new Set(offsets)].sort((a, b) => a - b)
  return [
    ...columns.map(at => `let c${at} = pixel(line, left + ${at}, n);`),
    ...taps.flatMap(kx => [
      `let w${kx} = ${weight(`taps + ${kx * output.groups}u`)};`,
      ...Array.from({ length: pixels }, (_, p) => `a${p} += c${offset(p, kx)} * w${kx};`),
    ]),
  ].join('\n')
}

function walked({ window, output }: IntegerConvLayer): string {
  const { kernel, dilations } = window
  return `for (var kx = 0; kx < ${kernel[1]}; kx++) {
a0 += pixel(line, left + kx * ${dilations[1]}, n) * ${weight(`taps + u32(kx) * ${output.groups}u`)};
}`
}

/**
 * Grouped convolutions whose groups cut through words, and depthwise ones with a multiplier: each of the four filters of a vector
 * fetches the channel of its own group, one byte at a time.
 */
export function integerGrouped(layer: IntegerConvLayer, { workgroup }: Tile): Kernel {
  const { input, output, window, convGroups, inputZero } = layer
  const depth = input.channels / convGroups
  const filtersPerGroup = output.channels / convGroups
  const grid = gridOfWindow(input.shape, output.shape, 1)
  const fetch = lanes
    .map(lane => `extractBits(bitcast<i32>(x[pixel + c.${lane} / 4u]), c.${lane} % 4u * 8u, 8u)`)
    .join(', ')
  const body = `let n = index % ${output.groups}u;
let tile = index / ${output.groups}u;
${locate(grid, window, 1)}
let first = (vec4u(0u, 1u, 2u, 3u) + n * 4u) / ${filtersPerGroup}u * ${depth}u;
var sum = vec4i();
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
sum += (vec4i(${fetch}) - ${all(inputZero)}) * ${weight(`weights + i * ${output.groups}u`)};
}
}
}
${storeProduct(layer, 'sum', 'index', 'n')}`
  return kernel({
    name: `grouped${windowName(window)}_g${convGroups}${productName(layer)}`,
    bindings: productBindings(layer),
    before: functions(layer),
    body,
    total: output.rows * output.groups,
    workgroup,
  })
}
