import { type Network, type Node, type Op, type Params, UnsupportedOpError } from '@depthwise/core'
import { nodeLabel, opTitle, type Padding, type Product } from '@depthwise/core/backend'
import type * as TF from '@tensorflow/tfjs-core'
import type { Activation } from '@tensorflow/tfjs-core/dist/ops/fused_types.d.ts'
import { rectifierOf } from '../subject/rectifier.ts'

export type Tfjs = typeof TF
type Pads = [[number, number], [number, number], [number, number], [number, number]]
/** One layer as a function of the values computed so far, by node id. */
type Step = (values: Map<number, TF.Tensor>) => TF.Tensor

export interface TfjsProgram {
  /** To be called within `tf.tidy`: the output of a network of one input and one output. */
  run(input: TF.Tensor): TF.Tensor
  dispose(): void
}

/**
 * A network as tfjs would like it best: NHWC, one fused op a layer (convolution, bias and activation), weights uploaded once.
 * Batch norms are to be folded and activations fused beforehand.
 * @throws UnsupportedOpError naming a node without such an op
 */
export function tfjsProgram(tf: Tfjs, { graph, params }: Network): TfjsProgram {
  const weights: TF.Tensor[] = []
  const keep = <T extends TF.Tensor>(tensor: T): T => {
    weights.push(tensor)
    return tensor
  }
  const steps = graph.nodes.flatMap((node): readonly (readonly [number, Step])[] =>
    node.op.kind === 'input' ? [] : [[node.id, stepOf(tf, node, uploads(tf, params, keep))]],
  )
  const [input, output] = [graph.inputs[0] as number, graph.outputs[0] as number]
  return {
    run(value) {
      const values = new Map([[input, value]])
      for (const [id, step] of steps) values.set(id, step(values))
      return values.get(output) as TF.Tensor
    },
    dispose: () => tf.dispose(weights),
  }
}

type Upload = (name: string, shape?: readonly number[]) => TF.Tensor

function uploads(tf: Tfjs, params: Params, keep: (tensor: TF.Tensor) => TF.Tensor): Upload {
  return (name, shape) => {
    const value = params.get(name)
    if (!value) throw unsupported(`parameter "${name}"`, 'a tensor', 'nothing by that name')
    return keep(tf.tensor(value.data, [...(shape ?? value.shape)]))
  }
}

function stepOf(tf: Tfjs, node: Node, upload: Upload): Step {
  const { op } = node
  const [first, second] = node.inputs as readonly [number, number]
  const at = (values: Map<number, TF.Tensor>, id: number): TF.Tensor4D => values.get(id) as TF.Tensor4D
  switch (op.kind) {
    case 'conv2d': {
      if (op.groups !== 1 || op.residual)
        throw unsupported(nodeLabel(node), 'one group, no residual', `${op.groups} groups`)
      const filter = upload(op.weights) as TF.Tensor4D
      const shared = { filter, ...windowOf(op), ...epilogueOf(op, node, upload) }
      return values => tf.fused.conv2d({ x: at(values, first), ...shared })
    }
    case 'depthwiseConv2d': {
      if (op.residual) throw unsupported(nodeLabel(node), 'no residual', 'one')
      const filter = upload(op.weights) as TF.Tensor4D
      const shared = { filter, ...windowOf(op), ...epilogueOf(op, node, upload) }
      return values => tf.fused.depthwiseConv2d({ x: at(values, first), ...shared })
    }
    case 'dense': {
      const b = upload(op.weights) as TF.Tensor2D
      const shared = { b, ...epilogueOf(op, node, upload) }
      return values => tf.fused.matMul({ a: values.get(first) as TF.Tensor2D, ...shared })
    }
    case 'binary':
      if (op.operator !== 'add') throw unsupported(nodeLabel(node), 'a sum', op.operator)
      return values => tf.add(at(values, first), at(values, second))
    case 'clamp': {
      const activation = rectifierOf(op, node) === 'relu6' ? tf.relu6 : tf.relu
      return values => activation(at(values, first))
    }
    case 'softmax':
      return values => tf.softmax(at(values, first))
    case 'reshape':
      return values => tf.reshape(at(values, first), [...node.shape])
    case 'globalAveragePool':
      return values => tf.mean(at(values, first), [1, 2], op.keepDims)
    case 'pad':
      return values => tf.pad(at(values, first), op.pads as [number, number][], op.value)
    default:
      throw unsupported(nodeLabel(node), 'an op of MobileNets at inference', opTitle(op))
  }
}

function windowOf(op: Extract<Op, { readonly kind: 'conv2d' | 'depthwiseConv2d' }>) {
  return {
    strides: op.strides as [number, number],
    dilations: op.dilations as [number, number],
    // The declarations know two words; the code takes four pairs as well (computeConv2DInfo).
    pad: padsOf(op.padding) as 'valid',
    dataFormat: 'NHWC' as const,
  }
}

/** Four numbers, resolved; `valid` where there are none, which skips tfjs's own arithmetic. */
function padsOf({ top, bottom, left, right }: Padding): Pads | 'valid' {
  if (top + bottom + left + right === 0) return 'valid'
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]
}

function epilogueOf(op: Product, node: Node, upload: Upload) {
  const bias = op.bias === null ? {} : { bias: upload(op.bias) }
  return { ...bias, activation: (op.activation ? rectifierOf(op.activation, node) : 'linear') as Activation }
}

function unsupported(place: string, expected: string, found: string): UnsupportedOpError {
  return new UnsupportedOpError({ where: place, expected, found })
}
