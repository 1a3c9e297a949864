import type { Graph, Model, Node } from '@depthwise/core'
import { formatShape, nodeIndex } from '@depthwise/core/backend'
import { rangeOf } from '../inference/value-range.ts'

/** One output of a network, as far as the graph says it. */
export interface HeadOutput {
  readonly name: string
  readonly shape: readonly number[]
  readonly node: Node
}

/** The outputs of a graph, in its order. */
export function outputsOf(graph: Graph): readonly HeadOutput[] {
  const nodes = nodeIndex(graph)
  return graph.outputs.map(id => {
    const node = nodes.get(id) as Node
    return { name: node.name, shape: node.shape, node }
  })
}

/** The outputs in words, for errors: `regressors 1x896x16, classificators 1x896x1`. */
export function outputsInWords({ graph }: Pick<Model, 'graph'>): string {
  const all = outputsOf(graph).map(({ name, shape }) => `${name} ${formatShape(shape)}`)
  const more = all.length > 6 ? `, and ${all.length - 6} more` : ''
  return all.slice(0, 6).join(', ') + more
}

/** What float32 may leave outside of 0 and 1 of a value that is a probability. */
const slack = 1e-6

/** Whether the values of a node are probabilities by the way they come about: a sigmoid, a softmax, a clamp, a scale. */
export function isProbability(graph: Graph, node: Node): boolean {
  const { min, max } = rangeOf(graph, node)
  return min >= -slack && max <= 1 + slack
}

/** `1 / (1 + exp(-x))`; beyond 100 on either side it does not change in float32. */
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-Math.max(-100, Math.min(100, x))))
