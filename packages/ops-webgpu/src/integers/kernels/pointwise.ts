import { type Kernel, kernel } from '../../kernels/kernel.ts'
import { sumNames } from '../../kernels/products.ts'
import { meet, partialSums } from '../../kernels/split.ts'
import { repeat } from '../../kernels/wgsl.ts'
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

/** A 1x1 convolution or a dense layer on bytes, tiled as the one on reals: a word of a pixel meets four filters at a time. */
export function integerPointwise(layer: IntegerProduct, wanted: Tile): Kernel {
  const { input, output } = layer
  const tile = fitted(wanted, output.groups, output.rows)
  const { pixels, groups, split, workgroup } = tile
  const across = output.groups / groups
  const total = Math.ceil(output.rows / pixels) * across
  const ragged = output.rows % pixels !== 0
  const pixel = (p: number): string => (ragged && p > 0 ? `min(m + ${p}u, ${output.rows - 1}u)` : `(m + ${p}u)`)
  const body = `let n = index % ${across}u * ${groups}u;
let m = index / ${across}u * ${pixels}u;
${repeat(pixels, p => `let p${p} = ${pixel(p)} * ${input.groups}u;`)}
${declareSums(layer, tile)}
for (var k = ${split === 1 ? '0u' : 'slice'}; k < ${input.groups}u; k += ${split}u) {
${repeat(pixels, p => `let x${p} = x[p${p} + k];`)}
${addProducts(layer, tile, `k * ${output.groups}u + n`)}
}
${subtractZeros(layer, tile, 'n')}
${split === 1 ? '' : meet(sumNames(tile), { workgroup, split, total })}
${repeat(pixels, p => {
  const store = repeat(groups, g =>
    storeProduct(layer, `a${p}_${g}`, `(m + ${p}u) * ${output.groups}u + n + ${g}u`, `n + ${g}u`),
  )
  return ragged && p > 0 ? `if (m + ${p}u < ${output.rows}u) {\n${store}\n}` : store
})}`
  const shared = split === 1 ? '' : `\n${partialSums(pixels * groups, workgroup, 'vec4i')}`
  return kernel({
    name: `pointwise${pixels}x${groups}${split === 1 ? '' : `_split${split}`}${productName(layer)}`,
    bindings: productBindings(layer),
    before: `${productFunctions(layer)}${shared}`,
    body,
    total,
    workgroup,
    split,
  })
}
