import type { Graph, Node } from '@depthwise/core'
import { freshId, freshName } from '@depthwise/core/backend'

// Images are normalised to reals, and classes and features are reals, also where a graph takes and gives quantized values.

/** The graph with reals as its inputs, under their names: a `quantize` makes of each what the graph takes. */
export function takeReals(graph: Graph): Graph {
  return graph.nodes.filter(node => node.op.kind === 'input' && node.quantization).reduce(takingReals, graph)
}

function takingReals(graph: Graph, input: Node): Graph {
  const { shape, name } = input
  const reals: Node = { id: freshId(graph), op: input.op, inputs: [], shape, dtype: 'float32', name }
  const quantize: Node = {
    ...input,
    op: { kind: 'quantize' },
    inputs: [reals.id],
    name: freshName(graph, `${name}_quantized`),
  }
  return {
    ...graph,
    nodes: graph.nodes.flatMap(node => (node.id === input.id ? [reals, quantize] : [node])),
    inputs: graph.inputs.map(id => (id === input.id ? reals.id : id)),
  }
}

/** The graph with the reals of its quantized outputs in their place. */
export function giveReals(graph: Graph): Graph {
  const quantized = graph.nodes.filter(({ id, quantization }) => quantization && graph.outputs.includes(id))
  return quantized.reduce(givingReals, graph)
}

function givingReals(graph: Graph, output: Node): Graph {
  const { shape, name } = output
  const id = freshId(graph)
  const op = { kind: 'dequantize' } as const
  const reals: Node = { id, op, inputs: [output.id], shape, dtype: 'float32', name: freshName(graph, `${name}_reals`) }
  return {
    ...graph,
    nodes: [...graph.nodes, reals],
    outputs: graph.outputs.map(each => (each === output.id ? id : each)),
  }
}
