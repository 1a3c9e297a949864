import { chainNetworks, type Graph, GraphError, type Model, type Tail } from '@depthwise/core'
import { nodesOf } from './ends.ts'

/**
 * Two networks as one: the output of the first goes into the second. What describes the input is taken from the first,
 * what describes the output, and what follows it, from the second.
 * @throws GraphError when output and input do not meet, and where something follows the first
 */
export function chainModels(first: Model, second: Model): Model {
  if (first.tail) {
    const found = 'one that decodes its outputs'
    throw new GraphError({ where: 'chain', expected: 'a network that ends in what the next takes', found })
  }
  const { labels: _, realNodes: __, ...metadata } = first.metadata
  const { labels } = second.metadata
  const network = chainNetworks(first, second)
  const tail = second.tail && renamed(second.tail, second.graph, network.graph)
  return { ...network, metadata: { ...metadata, ...(labels && { labels }) }, ...(tail && { tail }) }
}

/** A tail that reads the same outputs of another graph, which may call them otherwise. */
function renamed(tail: Tail, from: Graph, to: Graph): Tail {
  const outputs = nodesOf(to, 'outputs')
  const names = new Map(nodesOf(from, 'outputs').map(({ name }, at) => [name, outputs[at]?.name as string]))
  return { ...tail, inputs: tail.inputs.map(input => ({ ...input, name: names.get(input.name) ?? input.name })) }
}
