import type { Tile } from '../tiles.ts'
import { type Product, weight } from './product.ts'
import { lanes, repeat } from './wgsl.ts'

/** The register tile of a product: sums `a0_0` to `aP_G`, pixels by vectors of output channels. */
export function sumNames({ pixels, groups }: Tile): readonly string[] {
  return Array.from({ length: pixels * groups }, (_, i) => `a${Math.floor(i / groups)}_${i % groups}`)
}

export function declareSums(tile: Tile): string {
  return sumNames(tile)
    .map(sum => `var ${sum} = vec4f();`)
    .join('\n')
}

/**
 * Adds the products of one input vector a pixel (`x0`, `x1`, ...) with the weight rows of its first `count` lanes. `row` is
 * the index of the first lane's weights; rows are `stride` vectors apart.
 */
export function addProducts(layer: Product, tile: Tile, row: string, count = 4): string {
  const stride = layer.output.groups
  return repeat(count, lane => {
    const at = lane === 0 ? row : `${row} + ${lane * stride}u`
    const load = repeat(tile.groups, g => `w${g} = ${weight(layer, g === 0 ? at : `${at} + ${g}u`)};`)
    const add = repeat(tile.pixels, p => repeat(tile.groups, g => `a${p}_${g} += x${p}.${lanes[lane]} * w${g};`))
    return `${load}\n${add}`
  })
}

export function declareWeights(tile: Tile): string {
  return repeat(tile.groups, g => `var w${g}: vec4f;`)
}
