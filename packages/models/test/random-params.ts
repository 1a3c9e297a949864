import { elementCount, type Graph, type ParamRole, type Params, paramSpecs, type Tensor, tensor } from '@depthwise/core'

/** Reals in [0, 1), the same for the same seed: Marsaglia's 32-bit xorshift (Journal of Statistical Software 8/14, 2003). */
export function randomReals(seed: number): () => number {
  let state = Math.imul(seed | 0, 0x9e3779b9) ^ 0x6d2b79f5 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** Of everything but weights, whose spread follows from how many products a sum has. */
const ranges: { readonly [R in Exclude<ParamRole, 'weights'>]: readonly [centre: number, spread: number] } = {
  bias: [0, 0.5],
  gamma: [1, 0.5],
  beta: [0, 0.5],
  mean: [0, 0.5],
  variance: [1, 0.75],
}

/** Values for every parameter a graph reads, under which activations keep their size from layer to layer. */
export function randomParams(graph: Graph, seed = 1): Params {
  const real = randomReals(seed)
  const params = new Map<string, Tensor>()
  for (const { name, role, shape, node } of paramSpecs(graph)) {
    const products = elementCount(shape.slice(0, node.op.kind === 'depthwiseConv2d' ? 2 : -1))
    const [centre, spread] = role === 'weights' ? [0, Math.sqrt(3 / products)] : ranges[role]
    const values = Float32Array.from({ length: elementCount(shape) }, () => centre + (2 * real() - 1) * spread)
    params.set(name, tensor(shape, values))
  }
  return params
}
