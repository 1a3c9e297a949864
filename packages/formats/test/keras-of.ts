import type { Graph, Network, Node, Op, Tensor } from '@depthwise/core'
import { type ParamSpec, paramSpecs } from '@depthwise/core/backend'
import type { Layers } from '@depthwise/testing/files/hdf5-writer'
import type { LayerSpec } from '@depthwise/testing/files/keras-configs'

// Networks of the builders as Keras would save them: their weights in both of its orders, and their configuration.

const variables = {
  weights: 'kernel',
  bias: 'bias',
  gamma: 'gamma',
  beta: 'beta',
  mean: 'moving_mean',
  variance: 'moving_variance',
  value: 'value',
} as const

const variable = ({ role, node }: ParamSpec): string =>
  role === 'weights' && node.op.kind === 'depthwiseConv2d' ? 'depthwise_kernel' : variables[role]

/** The weights as Keras 2 files them, layer by layer. */
export function legacyLayersOf({ graph, params }: Network, scope = '', suffix = ':0'): Layers {
  const layers = new Map<string, Record<string, Tensor>>([['input_1', {}]])
  for (const spec of paramSpecs(graph)) {
    const layer = spec.node.name
    const name = `${scope}${layer}/${variable(spec)}${suffix}`
    layers.set(layer, { ...layers.get(layer), [name]: params.get(spec.name) as Tensor })
  }
  return [...layers]
}

const slotNames: { readonly [K in Op['kind']]?: string } = {
  conv2d: 'conv2d',
  depthwiseConv2d: 'depthwise_conv2d',
  batchNorm: 'batch_normalization',
  dense: 'dense',
}

/** The weights as Keras 3 files them: layers counted by their class, variables in their order. */
export function slotsOf({ graph, params }: Network): Record<string, Tensor> {
  const specs = paramSpecs(graph)
  const tensors: Record<string, Tensor> = {}
  const counts = new Map<string, number>()
  for (const node of graph.nodes) {
    const base = slotNames[node.op.kind]
    if (!base) continue
    const count = counts.get(base) ?? 0
    counts.set(base, count + 1)
    const own = specs.filter(spec => spec.node.id === node.id)
    for (const [index, spec] of own.entries()) {
      tensors[`layers/${base}${count > 0 ? `_${count}` : ''}/vars/${index}`] = params.get(spec.name) as Tensor
    }
  }
  return tensors
}

/** The layers of a graph of the builders, under Keras' preset, as a configuration lists them. */
export function layersOf(graph: Graph): readonly LayerSpec[] {
  const specs = paramSpecs(graph)
  const nodes = new Map(graph.nodes.map(node => [node.id, node]))
  return graph.nodes.map((node): LayerSpec => {
    const weights = specs.find(spec => spec.node.id === node.id && spec.role === 'weights')?.shape ?? []
    const inputs = node.inputs.map(id => nodes.get(id)?.name as string)
    return { ...layerOf(node, weights), name: node.name, ...(inputs.length > 0 && { inputs: [inputs] }) }
  })
}

function layerOf({ op, shape }: Node, weights: readonly number[]): Omit<LayerSpec, 'name'> {
  switch (op.kind) {
    case 'input':
      return { className: 'InputLayer', config: { batch_input_shape: [null, ...shape.slice(1)] } }
    case 'conv2d':
      return { className: 'Conv2D', config: { filters: op.filters, ...window(op, weights) } }
    case 'depthwiseConv2d':
      return { className: 'DepthwiseConv2D', config: { depth_multiplier: op.multiplier, ...window(op, weights) } }
    case 'dense':
      return { className: 'Dense', config: { units: op.units, use_bias: op.bias !== null } }
    case 'batchNorm':
      return { className: 'BatchNormalization', config: { axis: [shape.length - 1], epsilon: op.epsilon } }
    case 'clamp':
      return { className: 'ReLU', config: { max_value: 6 } }
    case 'binary':
      return { className: 'Add', config: {} }
    case 'pad':
      return { className: 'ZeroPadding2D', config: { padding: op.pads.slice(1, 3) } }
    case 'globalAveragePool':
      return { className: 'GlobalAveragePooling2D', config: { keepdims: op.keepDims } }
    case 'reshape':
      return { className: 'Reshape', config: { target_shape: op.target } }
    case 'dropout':
      return { className: 'Dropout', config: { rate: op.rate } }
    case 'softmax':
      return { className: 'Softmax', config: { axis: -1 } }
    default:
      throw new Error(`the builders have no ${op.kind}`)
  }
}

function window(
  { strides, padding, bias }: Extract<Op, { kind: 'conv2d' | 'depthwiseConv2d' }>,
  weights: readonly number[],
): Readonly<Record<string, unknown>> {
  const valid = Object.values(padding).every(extent => extent === 0)
  return {
    kernel_size: weights.slice(0, 2),
    strides,
    padding: valid ? 'valid' : 'same',
    use_bias: bias !== null,
  }
}
