import { activated } from '../kernels/activation.ts'
import type { DepthwiseLayer } from '../kernels/depthwise.ts'
import { type Kernel, kernel } from '../kernels/kernel.ts'
import { type Product, productBindings, productName, storeProduct, weight } from '../kernels/product.ts'
import { addProducts, declareSums, declareWeights } from '../kernels/products.ts'
import { load, repeat } from '../kernels/wgsl.ts'
import { gridOfWindow, locate, windowName } from '../kernels/window.ts'
import { fitted, type Tile } from '../tiles.ts'

/** Vectors of workgroup memory that are used: half of the 16 KiB every adapter has, so that two workgroups fit a core. */
const room = 512

/** Workgroups there should be at the least, to keep the cores of a GPU busy. */
const spread = 32

/** How the threads of a workgroup share the pointwise part, and how many channels they meet over. */
interface Plan extends Tile {
  /** Threads beside each other along the output channels; the others stand below each other along the pixels. */
  readonly columns: number
  /** Pixels a workgroup. */
  readonly block: number
  /** Vectors of channels between two barriers: a divisor of all. */
  readonly kept: number
  /** Workgroups beside each other along the output channels: each computes the depthwise part again. */
  readonly across: number
}

function planOf(pointwise: Product, wanted: Tile): Plan {
  const { input, output } = pointwise
  // A workgroup of one thread would be written as one that shares nothing.
  const tile = fitted({ ...wanted, workgroup: Math.max(2, wanted.workgroup) }, output.groups, output.rows)
  const threads = output.groups / tile.groups
  const columns = Math.min(threads, tile.workgroup)
  const most = Math.min(Math.floor(room / tile.pixels), Math.ceil(output.rows / tile.pixels / spread))
  const down = Math.min(Math.floor(tile.workgroup / columns), most)
  const block = tile.pixels * down
  let kept = Math.min(input.groups, Math.floor(room / block))
  while (input.groups % kept !== 0) kept -= 1
  return { ...tile, columns, block, kept, across: Math.ceil(threads / columns) }
}

/**
 * All threads of a workgroup fill a block of depthwise results, some channels at a time, and add what follows from them to the
 * sums each keeps in registers: a pointwise tile whose operand is workgroup memory.
 */
export function separableKernel(deep: DepthwiseLayer, pointwise: Product, wanted: Tile): Kernel {
  const { output, input } = pointwise
  const plan = planOf(pointwise, wanted)
  const { pixels, groups, workgroup, columns, block, kept, across } = plan
  const total = Math.ceil(output.rows / block) * across
  const ragged = output.rows % block !== 0
  const body = `let first = index / ${across}u * ${block}u;
let deepest = slice / ${columns}u * ${pixels}u;
let column = (index % ${across}u * ${columns}u + slice % ${columns}u) * ${groups}u;
let computes = deepest < ${block}u && column < ${output.groups}u;
let m = first + deepest;
let n = select(0u, column, computes);
${declareSums(plan)}
${declareWeights(plan)}
for (var start = 0u; start < ${input.groups}u; start += ${kept}u) {
for (var at = slice; at < ${block * kept}u; at += ${workgroup}u) {
deep[at] = deepAt(${ragged ? `min(first + at / ${kept}u, ${output.rows - 1}u)` : `first + at / ${kept}u`}, start + at % ${kept}u);
}
workgroupBarrier();
if (computes) {
for (var k = 0u; k < ${kept}u; k++) {
${repeat(pixels, p => `let x${p} = deep[(deepest + ${p}u) * ${kept}u + k];`)}
let row = (start + k) * ${4 * output.groups}u + n;
${addProducts(pointwise, plan, 'row')}
}
}
workgroupBarrier();
}
if (!computes || wanted >= ${total}u) { return; }
${repeat(pixels, p => {
  const store = repeat(groups, g =>
    storeProduct(pointwise, `a${p}_${g}`, `(m + ${p}u) * ${output.groups}u + n + ${g}u`, `(n + ${g}u)`),
  )
  return ragged ? `if (m + ${p}u < ${output.rows}u) {\n${store}\n}` : store
})}`
  return kernel({
    name: `separable${windowName(deep.window)}${productName(deep)}_${pixels}x${groups}${productName(pointwise)}`,
    bindings: productBindings({ ...pointwise, input: deep.input }),
    before: `var<workgroup> deep: array<vec4f, ${block * kept}>;\n${deepAt(deep)}`,
    body,
    total,
    workgroup,
    split: workgroup,
  })
}

/** One vector of the depthwise result, from the count of its pixel and of the vector. */
function deepAt(deep: DepthwiseLayer): string {
  const { input, output, window, bias, weightRows, epilogue } = deep
  const grid = gridOfWindow(input.shape, output.shape, 1)
  const value = bias ? `(sum + ${weight(deep, `${weightRows * output.groups}u + n`)})` : 'sum'
  const result = epilogue.reduce((inner, op) => (op.kind === 'add' ? inner : activated(inner, op)), value)
  return `fn deepAt(tile: u32, n: u32) -> vec4f {
${locate(grid, window, 1)}
var sum = vec4f();
for (var ky = 0; ky < ${window.kernel[0]}; ky++) {
let iy = top + ky * ${window.dilations[0]};
if (iy < 0 || iy >= ${grid.height}) { continue; }
let line = (i32(image) * ${grid.height} + iy) * ${grid.width};
for (var kx = 0; kx < ${window.kernel[1]}; kx++) {
let ix = left + kx * ${window.dilations[1]};
if (ix < 0 || ix >= ${grid.width}) { continue; }
sum += ${load(input, `x[u32(line + ix) * ${input.groups}u + n]`)} * ${weight(deep, `u32(ky * ${window.kernel[1]} + kx) * ${output.groups}u + n`)};
}
}
return ${result};
}`
}
