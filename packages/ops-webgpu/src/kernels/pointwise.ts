import { fitted, type Tile } from '../tiles.ts'
import { type Kernel, kernel } from './kernel.ts'
import { type Product, productBindings, productName, storeProduct } from './product.ts'
import { addProducts, declareSums, declareWeights, sumNames } from './products.ts'
import { meet, partialSums } from './split.ts'
import { load, repeat } from './wgsl.ts'

/**
 * A 1x1 convolution or a dense layer: `[pixels, channels] x [channels, filters]`. A thread keeps a tile of sums in
 * registers; neighbouring threads take neighbouring channels of the same pixels, so that weights are read in a row and
 * inputs are read once a workgroup. With `split`, slices of the channels are summed by several threads (late layers).
 */
export function pointwise(layer: Product, wanted: Tile): Kernel {
  const { input, output } = layer
  const tile = fitted(wanted, output.groups, output.rows)
  const { pixels, groups, split, workgroup } = tile
  const total = Math.ceil(output.rows / pixels) * (output.groups / groups)
  const full = Math.floor(input.channels / 4)
  const rest = input.channels % 4
  const ragged = output.rows % pixels !== 0
  const body = `let n = index % ${output.groups / groups}u * ${groups}u;
let m = index / ${output.groups / groups}u * ${pixels}u;
${repeat(pixels, p => `let p${p} = ${pixelIndex(p, ragged, output.rows)} * ${input.groups}u;`)}
${declareSums(tile)}
${declareWeights(tile)}
for (var k = ${split === 1 ? '0u' : 'slice'}; k < ${full}u; k += ${split}u) {
${loadPixels(layer, pixels, 'k')}
let row = k * ${4 * output.groups}u + n;
${addProducts(layer, tile, 'row')}
}
${rest === 0 ? '' : remainder(layer, tile, full, rest)}
${split === 1 ? '' : meet(sumNames(tile), { workgroup, split, total })}
${repeat(pixels, p => {
  const store = repeat(groups, g =>
    storeProduct(
      layer,
      `a${p}_${g}`,
      `(m + ${p}u) * ${output.groups}u + n${g === 0 ? '' : ` + ${g}u`}`,
      g === 0 ? 'n' : `(n + ${g}u)`,
    ),
  )
  return ragged && p > 0 ? `if (m + ${p}u < ${output.rows}u) {\n${store}\n}` : store
})}`
  return kernel({
    name: `pointwise${pixels}x${groups}${split === 1 ? '' : `_split${split}`}${productName(layer)}`,
    bindings: productBindings(layer),
    before: split === 1 ? '' : partialSums(pixels * groups, workgroup),
    body,
    total,
    workgroup,
    split,
  })
}

/** Pixels behind the last one read the last one again; they are not stored. */
function pixelIndex(p: number, ragged: boolean, rows: number): string {
  if (p === 0) return 'm'
  return ragged ? `min(m + ${p}u, ${rows - 1}u)` : `(m + ${p}u)`
}

function loadPixels({ input }: Product, pixels: number, k: string): string {
  return repeat(pixels, p => `let x${p} = ${load(input, `x[p${p} + ${k}]`)};`)
}

/** The channels behind the last whole vector; where slices are shared, the first takes them. */
function remainder(layer: Product, tile: Tile, full: number, rest: number): string {
  const work = `${loadPixels(layer, tile.pixels, `${full}u`)}
let row = ${full * 4 * layer.output.groups}u + n;
${addProducts(layer, tile, 'row', rest)}`
  return `${tile.split === 1 ? '{' : 'if (slice == 0u) {'}\n${work}\n}`
}
