import {
  freshId,
  freshName,
  type Graph,
  inferShape,
  type Node,
  type NodeId,
  nodeIndex,
  nodeLabel,
  type Op,
  OptionError,
  ShapeError,
  truncate,
} from '@depthwise/core'

/** Ops that leave it to their operand what a value means: the way from an output back to what computes it. */
const passing: ReadonlySet<Op['kind']> = new Set(['reshape', 'dropout', 'clamp', 'relu', 'relu6'])

/**
 * The graph with its only output as probabilities: a softmax is added unless the output comes from one, or from a sigmoid.
 * @throws ShapeError when there are several outputs, or one that is no list of classes
 */
export function endInProbabilities(graph: Graph): Graph {
  const output = onlyOutput(graph)
  if (extents(output).some(extent => extent !== 1)) {
    const found = `${output.shape.join('x')}${output.shape.length === 4 ? ', a map of features' : ''}`
    throw new ShapeError({ where: nodeLabel(output), expected: 'one value a class', found })
  }
  const source = follow(graph, output, kind => passing.has(kind))
  return source.op.kind === 'softmax' || source.op.kind === 'sigmoid'
    ? graph
    : append(graph, output, { kind: 'softmax' }, 'probabilities')
}

/**
 * The graph cut before its classifier, with the features that it reads as the only output. The classifier is the last layer
 * with weights, if it sees no map any more: a dense layer, or a 1x1 convolution of a single position. A graph without one is
 * an extractor already, and is kept. What is still a map is pooled.
 * @param name of the node to take instead
 * @throws OptionError when no node has that name; ShapeError when there are several outputs and no name
 */
export function endInFeatures(graph: Graph, name?: string): Graph {
  const features = name === undefined ? featuresOf(graph) : graph.nodes.find(node => node.name === name)
  if (!features) {
    throw new OptionError({ where: 'option features', expected: 'the name of a node of the graph', found: `"${name}"` })
  }
  const cut = truncate(graph, features.id)
  const isMap = features.shape.length === 4 && extents(features).some(extent => extent !== 1)
  return isMap ? append(cut, features, { kind: 'globalAveragePool', keepDims: false }, 'features') : cut
}

function featuresOf(graph: Graph): Node {
  const output = onlyOutput(graph)
  const last = follow(graph, output, kind => passing.has(kind) || kind === 'softmax' || kind === 'sigmoid')
  if (last.op.kind !== 'dense' && last.op.kind !== 'conv2d') return output
  const operand = nodeIndex(graph).get(last.inputs[0] as NodeId)
  return operand && extents(operand).every(extent => extent === 1) ? operand : output
}

/** Walks from a node to its operand while the kinds are wanted. */
function follow(graph: Graph, from: Node, wanted: (kind: Op['kind']) => boolean): Node {
  const nodes = nodeIndex(graph)
  let node = from
  while (wanted(node.op.kind)) {
    const operand = nodes.get(node.inputs[0] as NodeId)
    if (!operand) break
    node = operand
  }
  return node
}

/** All extents but those of the batch and of the channels. */
const extents = (node: Node): readonly number[] => node.shape.slice(1, -1)

function onlyOutput(graph: Graph): Node {
  const [output, ...others] = graph.nodes.filter(node => graph.outputs.includes(node.id))
  if (output && others.length === 0) return output
  throw new ShapeError({ where: 'network', expected: 'one output', found: `${graph.outputs.length}` })
}

/** The graph with one node more, which reads `operand` and is the only output. */
function append(graph: Graph, operand: Node, op: Op, wanted: string): Graph {
  const [id, name] = [freshId(graph), freshName(graph, wanted)]
  const shape = inferShape(op, [operand.shape], `node "${name}"`)
  const node: Node = { id, op, inputs: [operand.id], shape, dtype: 'float32', name }
  return { ...graph, nodes: [...graph.nodes, node], outputs: [id] }
}
