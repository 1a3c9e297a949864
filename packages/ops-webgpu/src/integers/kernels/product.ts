import { type Binding, reads, writes } from '../../kernels/kernel.ts'
import { sumNames } from '../../kernels/products.ts'
import { repeat } from '../../kernels/wgsl.ts'
import type { Layout } from '../../plan/layout.ts'
import type { Tile } from '../../tiles.ts'
import { dots, pack, type Result, settle, splat, toReals, unpack } from './text.ts'

/** A sum of products of bytes, where its parameters lie, and what becomes of it. */
export interface IntegerProduct {
  readonly input: Layout
  readonly output: Layout
  /** Rows of weights, each `output.groups` vectors; behind them one of the bias, one of multipliers, and perhaps one of zero points. */
  readonly weightRows: number
  /** Whether weights have zero points other than 0: pixels are summed by themselves then. */
  readonly weightZeros: boolean
  /** Zero point of the pixels in memory, which padding is. */
  readonly inputZero: number
  readonly result: Result
  /** Whether WGSL multiplies four bytes at once. */
  readonly packedDot: boolean
}

/** `x`, `w` (weights, bias, multipliers, zero points) and `y`. */
export function productBindings({ input, output }: IntegerProduct): readonly Binding[] {
  return [reads('x', input), reads('w', { dtype: 'words' }), writes('y', output)]
}

/** Functions that kernels of sums of products call. */
export function productFunctions({ packedDot, weightZeros, result }: IntegerProduct): string {
  const ones = splat(1)
  const total = `fn total(x: u32) -> i32 {
  return ${packedDot ? `dot4I8Packed(x, ${ones})` : 'dot(unpack(x), vec4i(1))'};
}`
  return [unpack, pack, toReals, settle(result), dots(packedDot), ...(weightZeros ? [total] : [])].join('\n')
}

/** Declares the register tile: sums `a0_0` to `aP_G`, and `s0` to `sP`, those of the pixels by themselves. */
export function declareSums({ weightZeros }: IntegerProduct, tile: Tile): string {
  const sums = sumNames(tile).map(sum => `var ${sum} = vec4i();`)
  return [...sums, ...(weightZeros ? [repeat(tile.pixels, p => `var s${p} = 0;`)] : [])].join('\n')
}

/** Adds the products of one word a pixel (`x0`, `x1`, ...) with the weights of four channels, which begin at `row`. */
export function addProducts({ weightZeros }: IntegerProduct, tile: Tile, row: string): string {
  return `let row = ${row};
${repeat(tile.groups, g => `let w${g} = w[row${g === 0 ? '' : ` + ${g}u`}];`)}
${repeat(tile.pixels, p => repeat(tile.groups, g => `a${p}_${g} += dots(x${p}, w${g});`))}
${weightZeros ? repeat(tile.pixels, p => `s${p} += total(x${p});`) : ''}`
}

/** Subtracts what the zero points of weights add: nothing where all are 0. */
export function subtractZeros(layer: IntegerProduct, tile: Tile, group: string): string {
  if (!layer.weightZeros) return ''
  return repeat(tile.groups, g => {
    const zeros = `let z${g} = ${parameter(layer, 2, 'vec4i', `${group} + ${g}u`)};`
    return `${zeros}\n${repeat(tile.pixels, p => `a${p}_${g} -= z${g} * s${p};`)}`
  })
}

/** Stores the bytes of a sum; `group` counts the vectors of a row. */
export function storeProduct(layer: IntegerProduct, sum: string, at: string, group: string): string {
  const bias = parameter(layer, 0, 'vec4i', group)
  const multiplier = parameter(layer, 1, 'vec4f', group)
  return `y[${at}] = pack(settle(toReals(${sum} + ${bias}) * ${multiplier}));`
}

function parameter({ weightRows, output }: IntegerProduct, row: number, type: string, group: string): string {
  return `bitcast<${type}>(w[${(weightRows + row) * output.groups}u + ${group}])`
}

export function productName({ packedDot, weightZeros, result }: IntegerProduct): string {
  return `_i8${packedDot ? '_dot4' : ''}${weightZeros ? '_zeros' : ''}_${result.min}to${result.max}`
}
