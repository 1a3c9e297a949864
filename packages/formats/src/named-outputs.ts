import type { Graph, GraphBuilder, NodeId, Value } from '@depthwise/core'

/** A value that is to be an output under a name. */
interface NamedValue {
  readonly value: Value
  readonly name: string
}

/**
 * Builds the graph with its outputs under the given names. Operators that compute nothing of their own (QUANTIZE, a
 * needless clamp) leave several tensors to one value: an output then gives its name to the node of its value, or, where
 * that is an input or another output, to a reshape that changes nothing. A node that bears the name already, but is not
 * what is asked for, takes the name given up.
 */
export function buildNamed(builder: GraphBuilder, inputs: readonly Value[], outputs: readonly NamedValue[]): Graph {
  const claimed = new Set<NodeId>(inputs.map(input => input.id))
  for (const { value, name } of outputs) if (value.name === name) claimed.add(value.id)
  const renamed = new Map<NodeId, string>()
  const givenUp = new Map<string, string>()
  const values = outputs.map(({ value, name }) => {
    if (value.name === name) return value
    if (claimed.has(value.id)) return builder.reshape(value, value.shape.slice(1), { name })
    claimed.add(value.id)
    renamed.set(value.id, name)
    givenUp.set(name, value.name)
    return value
  })
  const graph = builder.build(values)
  const nodes = graph.nodes.map(node => ({
    ...node,
    name: renamed.get(node.id) ?? givenUp.get(node.name) ?? node.name,
  }))
  return { ...graph, nodes }
}
