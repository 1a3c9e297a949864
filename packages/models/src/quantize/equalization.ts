import { type Graph, type Node, type NodeId, type Tensor, tensor } from '@depthwise/core'
import { exclusiveNodes, isProduct, type Product, paramSpecs, relu } from '@depthwise/core/backend'
import type { FloatNetwork } from './float-network.ts'
import type { Observation } from './observe.ts'
import { inputOf, layoutOf, type ProductLayout } from './product-layout.ts'

/** A network whose channels were scaled, and how many pairs of products that concerns. */
export interface Equalized {
  readonly network: FloatNetwork
  readonly pairs: number
  /** Pairs with a clamp to a largest value that no image reached, which a ReLU replaces. */
  readonly unclamped: number
  /** Pairs that are left as they are, since images do reach the largest value of the clamp. */
  readonly left: number
}

/** Two products, with a clamp from 0 on between them, the first of which nothing else reads. */
interface Pair {
  readonly first: Node<Product>
  readonly second: Node<Product>
}

/**
 * Cross-layer equalization (Nagel et al. 2019, section 4.1): `W2 f(W1 x + b1)` stays the same when channel `i` between the two is
 * divided by `s_i` before a ReLU `f` and multiplied by it behind. The factors are theirs, `s_i = sqrt(r1_i / r2_i)` (equation
 * 11), for what shares one scale here: `r1_i` is the largest value of the channel, since weights have a scale for each output,
 * and `r2_i` the largest weight that reads it. A depthwise layer reads each channel by weights with a scale of their own, so
 * that `s_i` is `r1_i` there.
 *
 * A clamp to a largest value, as ReLU6 is, would have to be scaled channel by channel, which no operator does. Where no image
 * reaches it, a ReLU replaces it; other pairs are left as they are.
 */
export function equalize(network: FloatNetwork, { peaks }: Observation): Equalized {
  const all = pairsOf(network.graph)
  const limitOf = ({ first }: Pair): number =>
    first.op.activation?.kind === 'clamp' ? first.op.activation.max : Infinity
  const peaksOf = ({ first }: Pair): Float64Array => peaks.get(first.id) as Float64Array
  const pairs = all.filter(pair => peaksOf(pair).every(peak => peak < limitOf(pair)))
  const unclamped = pairs.filter(pair => limitOf(pair) < Infinity)

  const params = new Map(network.params)
  const scale = (name: string, factor: (index: number) => number): void => {
    const { data, shape } = params.get(name) as Tensor
    params.set(
      name,
      tensor(
        shape,
        Float32Array.from(data, (value, i) => value * factor(i)),
      ),
    )
  }
  for (const pair of pairs) {
    const { first, second } = pair
    const peak = peaksOf(pair)
    const behind = layoutOf(second.op, peak.length)
    const weights = (params.get(second.op.weights) as Tensor).data
    const isDepthwise = second.op.kind === 'depthwiseConv2d'
    const factors = factorsOf(peak, isDepthwise ? null : largestReader(weights, behind, peak.length))
    scale(first.op.weights, i => 1 / factors[i % factors.length]!)
    if (first.op.bias !== null) scale(first.op.bias, c => 1 / factors[c]!)
    scale(second.op.weights, i => factors[inputOf(behind, i)]!)
  }
  const replaced = new Set(unclamped.map(({ first }) => first.id))
  const nodes = network.graph.nodes.map((node): Node => {
    const { op, id } = node
    return isProduct(op) && replaced.has(id) ? { ...node, op: { ...op, activation: relu } } : node
  })
  return {
    network: { ...network, graph: { ...network.graph, nodes }, params },
    pairs: pairs.length,
    unclamped: unclamped.length,
    left: all.length - pairs.length,
  }
}

/** The factors of a pair's channels; those that never show anything, or that nothing reads, keep their size. */
function factorsOf(peaks: Float64Array, largest: Float64Array | null): Float64Array {
  const wanted = peaks.map((peak, c) => (largest === null ? peak : Math.sqrt(peak / largest[c]!)))
  const isSound = (value: number): boolean => value > 0 && value < Infinity
  return wanted.map(value => (isSound(value) ? value : 1))
}

function pairsOf(graph: Graph): readonly Pair[] {
  const producerOf = exclusiveNodes(graph)
  const readers = new Map<string, number>()
  for (const { name } of paramSpecs(graph)) readers.set(name, (readers.get(name) ?? 0) + 1)
  const isOwn = ({ op }: Node<Product>): boolean =>
    readers.get(op.weights) === 1 && (op.bias === null || readers.get(op.bias) === 1)
  return graph.nodes.flatMap(second => {
    const first = producerOf(second.inputs[0] as NodeId)
    if (!first || !isProductNode(first) || !isProductNode(second)) return []
    const { activation } = first.op
    const isRelu = activation?.kind === 'clamp' && activation.min === 0 && activation.max > 0
    return isRelu && isOwn(first) && isOwn(second) ? [{ first, second }] : []
  })
}

const isProductNode = (node: Node): node is Node<Product> => isProduct(node.op)

/** The largest weight that reads each channel. */
function largestReader(weights: ArrayLike<number>, layout: ProductLayout, channels: number): Float64Array {
  const largest = new Float64Array(channels)
  for (let i = 0; i < weights.length; i++) {
    const c = inputOf(layout, i)
    largest[c] = Math.max(largest[c]!, Math.abs(weights[i]!))
  }
  return largest
}
