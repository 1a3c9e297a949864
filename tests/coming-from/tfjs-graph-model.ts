import { type Model, type Node, type NodeId, type Tensor, tensor } from '@depthwise/core'
import { nodeIndex } from '@depthwise/core/backend'
import { type GraphNode, graphModel, type StoredWeight, tfjsFolder } from '@depthwise/testing/files/tfjs-folder'

/** What `@tensorflow-models/mobilenet` executes for the features of a V2: the name that TensorFlow Hub's files have. */
const features = 'module_apply_default/MobilenetV2/Logits/AvgPool'

/** Adds a constant to the file; gives its name. */
type Constant = (name: string, value: Tensor, shape?: readonly number[]) => string

/**
 * The files of a TensorFlow.js graph-model of a MobileNet V2 that ends in logits, in the form of TensorFlow Hub's: the classifier is
 * a 1x1 convolution of the pooled map.
 */
export function tfjsGraphModel({ graph, params }: Model): ReadonlyMap<string, Uint8Array> {
  const nodes: GraphNode[] = []
  const weights: StoredWeight[] = []
  const constant: Constant = (name, { dtype, data, ...value }, shape = value.shape) => {
    nodes.push({ name, op: 'Const' })
    weights.push({ name, shape, dtype, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) })
    return name
  }
  const byId = nodeIndex(graph)
  const nameOf = (id: NodeId): string => {
    const { name, op } = byId.get(id) as Node
    return op.kind === 'globalAveragePool' ? features : name
  }
  const weight = (name: string): Tensor => params.get(name) as Tensor
  for (const node of graph.nodes) nodes.push(...nodesOf(node, node.inputs.map(nameOf), weight, constant))
  return tfjsFolder(graphModel(nodes), [weights]).files
}

function nodesOf(
  { name, op, shape }: Node,
  input: readonly string[],
  weight: (name: string) => Tensor,
  constant: Constant,
): readonly GraphNode[] {
  // The converter of TensorFlow.js fuses biases.
  const biased = (kind: string, kernel: string, bias: string | null, attr: GraphNode['attr']): GraphNode => {
    if (bias === null) throw new Error(`${name}: MobileNets of this form have a bias`)
    const operands = [...input, kernel, constant(bias, weight(bias))]
    return { name, op: kind, input: operands, attr: { ...attr, fused_ops: ['BiasAdd'], num_args: 1 } }
  }
  switch (op.kind) {
    case 'input':
      return [{ name, op: 'Placeholder', attr: { shape: [-1, ...shape.slice(1)] } }]
    case 'conv2d':
    case 'depthwiseConv2d': {
      const kernel = constant(op.weights, weight(op.weights))
      const attr = { strides: [1, ...op.strides, 1], dilations: [1, ...op.dilations, 1], padding: 'SAME' }
      return [biased(op.kind === 'conv2d' ? '_FusedConv2D' : 'FusedDepthwiseConv2dNative', kernel, op.bias, attr)]
    }
    case 'clamp':
      return [{ name, op: 'Relu6', input }]
    case 'binary':
      return [{ name, op: 'AddV2', input }]
    case 'globalAveragePool': {
      const axes = constant(`${features}/axes`, tensor([2], Int32Array.of(1, 2)))
      return [{ name: features, op: 'Mean', input: [...input, axes], attr: { keep_dims: true } }]
    }
    case 'dense': {
      const value = weight(op.weights)
      const kernel = constant(op.weights, value, [1, 1, ...value.shape])
      const attr = { strides: [1, 1, 1, 1], dilations: [1, 1, 1, 1], padding: 'VALID' }
      const map = biased('_FusedConv2D', kernel, op.bias, attr)
      return [map, { name: `${name}/squeezed`, op: 'Squeeze', input: [name], attr: { squeeze_dims: [1, 2] } }]
    }
    default:
      throw new Error(`${name}: MobileNets of this form have no ${op.kind}`)
  }
}
