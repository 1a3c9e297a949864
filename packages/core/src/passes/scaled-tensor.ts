import type { Shape, Tensor } from '../tensor.ts'

/**
 * Weights times a factor for each output channel, which their innermost axes enumerate; multiplied in float64 when `data` is first read. Backends that
 * copy weights into a layout of their own multiply on the way instead (`source`, `factors`): folding all batch norms of a
 * network would else write every weight once more, into memory that is new to the process, which dominates a cold start.
 * The source must not change meanwhile.
 */
export class ScaledTensor implements Tensor<'float32'> {
  readonly dtype = 'float32'
  readonly shape: Shape
  readonly source: Tensor
  /** One an output channel. */
  readonly factors: Float64Array
  #data: Float32Array | null = null

  constructor(source: Tensor, factors: Float64Array) {
    this.shape = source.shape
    this.source = source
    this.factors = factors
  }

  get data(): Float32Array {
    this.#data ??= multiply(this.source.data, this.factors)
    return this.#data
  }
}

/** Weights as stored, with the factor of each output channel that is still to be multiplied in. */
export interface Factored {
  readonly data: Tensor['data']
  readonly factors: Float64Array
}

/** Takes weights apart; the factors are ones where they are no `ScaledTensor`. */
export function factored(weights: Tensor, channels: number): Factored {
  if (weights instanceof ScaledTensor) return { data: weights.source.data, factors: weights.factors }
  return { data: weights.data, factors: new Float64Array(channels).fill(1) }
}

function multiply(data: Tensor['data'], factors: Float64Array): Float32Array {
  const product = new Float32Array(data.length)
  for (let row = 0; row < product.length; row += factors.length) {
    for (let c = 0; c < factors.length; c++) product[row + c] = data[row + c]! * factors[c]!
  }
  return product
}
