import { elementCount, type ParamRole, type ParamSpec, paramSpecs } from '../../core/src/backend.ts'
import { type Graph, type Params, type Shape, type Tensor, tensor, zeros } from '../../core/src/index.ts'

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

/** A float32 tensor of reals in [-range, range). */
export function randomTensor(shape: Shape, seed: number, range = 1): Tensor<'float32'> {
  const real = randomReals(seed)
  const value = zeros(shape)
  for (let i = 0; i < value.data.length; i++) value.data[i] = (2 * real() - 1) * range
  return value
}

/** Centre and spread of each role; weights are scaled so that sums of products keep the size of their operands. */
const ranges: { readonly [R in ParamRole]: (spec: ParamSpec) => readonly [centre: number, spread: number] } = {
  weights: spec => [0, Math.sqrt(3 / fanIn(spec))],
  bias: () => [0, 0.5],
  gamma: () => [1, 0.5],
  beta: () => [0, 0.5],
  mean: () => [0, 0.5],
  variance: () => [1, 0.75],
  value: () => [0, 1],
}

/** How many products are summed into one output: the kernel's area, and but for depthwise the channels it reads. */
function fanIn({ shape, node }: ParamSpec): number {
  return elementCount(shape.slice(0, node.op.kind === 'depthwiseConv2d' ? 2 : -1))
}

/** Values for every parameter a graph reads, as a trained network might have them: variances positive, sums of order one. */
export function randomParams(graph: Graph, seed = 1): Params {
  const real = randomReals(seed)
  const params = new Map<string, Tensor>()
  for (const spec of paramSpecs(graph)) {
    if (params.has(spec.name)) continue
    const [centre, spread] = ranges[spec.role](spec)
    const length = elementCount(spec.shape)
    const data = Float32Array.from({ length }, () => centre + (2 * real() - 1) * spread)
    params.set(spec.name, tensor(spec.shape, data))
  }
  return params
}
