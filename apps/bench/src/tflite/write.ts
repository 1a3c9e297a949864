import { type Network, type Node, type Op, UnsupportedOpError } from '@depthwise/core'
import { nodeIndex, type OpOf } from '@depthwise/core/backend'
import { rectifierOf } from '../subject/rectifier.ts'
import { TFLiteDraft } from './file.ts'
import {
  type Activation,
  activationOf,
  addOptions,
  convOptions,
  denseOptions,
  depthwiseOptions,
  noOptions,
  type OperatorName,
  type Options,
  paddingWord,
  poolOptions,
  reducerOptions,
  softmaxOptions,
} from './operators.ts'

/**
 * A float network as a TFLite file, with batch norms folded beforehand and activations fused as the converter fuses them.
 * @throws UnsupportedOpError naming a node that the file's operators can't say
 */
export function writeTFLite(network: Network): Uint8Array {
  const writer = new Writer(network)
  for (const node of network.graph.nodes) writer.write(node)
  return writer.finish()
}

type Product = Extract<Op, { readonly kind: 'conv2d' | 'depthwiseConv2d' | 'dense' }>

class Writer {
  readonly #network: Network
  readonly #nodes: ReadonlyMap<number, Node>
  readonly #draft = new TFLiteDraft()
  readonly #values = new Map<number, number>()

  constructor(network: Network) {
    this.#network = network
    this.#nodes = nodeIndex(network.graph)
  }

  finish(): Uint8Array {
    const { inputs, outputs } = this.#network.graph
    return this.#draft.encode(
      inputs.map(id => this.#value(id)),
      outputs.map(id => this.#value(id)),
    )
  }

  write(node: Node): void {
    this.#values.set(node.id, this.#written(node))
  }

  /** Index of the tensor that holds the node's value. */
  #written(node: Node): number {
    const { op } = node
    switch (op.kind) {
      case 'input':
        return this.#draft.value(node.name, node.shape)
      case 'conv2d':
      case 'depthwiseConv2d':
      case 'dense':
        return this.#product(node, op)
      case 'binary':
        if (op.operator !== 'add') throw unsupported(node, 'a sum', op.operator)
        return this.#emit(node, 'ADD', this.#operands(node), addOptions('none'))
      case 'clamp':
        return this.#emit(node, rectifierOf(op, node) === 'relu6' ? 'RELU6' : 'RELU', this.#operands(node), noOptions)
      case 'softmax':
        return this.#emit(node, 'SOFTMAX', this.#operands(node), softmaxOptions())
      case 'averagePool':
        return this.#averagePool(node, op)
      case 'globalAveragePool': {
        const axes = this.#draft.constant(`${node.name}/axes`, [2], Int32Array.of(1, 2))
        return this.#emit(node, 'MEAN', [...this.#operands(node), axes], reducerOptions(op.keepDims))
      }
      case 'reshape': {
        const shape = this.#draft.constant(`${node.name}/shape`, [node.shape.length], Int32Array.from(node.shape))
        return this.#emit(node, 'RESHAPE', [...this.#operands(node), shape], noOptions)
      }
      case 'pad':
        if (op.value !== 0) throw unsupported(node, 'padding with zeros', `padding with ${op.value}`)
        return this.#pad(node.name, this.#operands(node)[0] as number, node.shape, op.pads)
      default:
        throw unsupported(node, 'an op of MobileNets at inference, batch norm folded', op.kind)
    }
  }

  /** The product itself, then its residual as an ADD, which takes the activation over. */
  #product(node: Node, op: Product): number {
    const activation = activationOf(op.activation, node)
    if (!op.residual) return this.#multiply(node, op, node.name, activation)
    const product = this.#multiply(node, op, `${node.name}/product`, 'none')
    return this.#emit(node, 'ADD', [product, this.#value(node.inputs[1] as number)], addOptions(activation))
  }

  #multiply(node: Node, op: Product, name: string, activation: Activation): number {
    const emit = (operator: OperatorName, operand: number, weights: number, options: Options): number => {
      const output = this.#draft.value(name, node.shape)
      this.#draft.operator(operator, [operand, weights, this.#bias(node, op)], output, options)
      return output
    }
    if (op.kind === 'dense') {
      const operand = this.#value(node.inputs[0] as number)
      return emit('FULLY_CONNECTED', operand, this.#lastAxisFirst(op.weights), denseOptions(activation))
    }
    const { operand, padding } = this.#padded(node, op)
    if (op.kind === 'conv2d') {
      if (op.groups !== 1) throw unsupported(node, 'a convolution of one group', `${op.groups} groups`)
      const options = convOptions(padding, op.strides, activation, op.dilations)
      return emit('CONV_2D', operand, this.#lastAxisFirst(op.weights), options)
    }
    const { shape, data } = this.#float(op.weights)
    const [height, width, channels, multiplier] = shape as [number, number, number, number]
    const weights = this.#draft.constant(op.weights, [1, height, width, channels * multiplier], data)
    const options = depthwiseOptions(padding, op.strides, multiplier, activation, op.dilations)
    return emit('DEPTHWISE_CONV_2D', operand, weights, options)
  }

  #averagePool(node: Node, op: OpOf<'averagePool'>): number {
    const padding = paddingWord(op, this.#shape(node.inputs[0] as number))
    if (padding === 'explicit' || (padding === 'SAME' && op.countPadding))
      throw unsupported(node, 'a pool padded as SAME or VALID', 'other padding')
    return this.#emit(node, 'AVERAGE_POOL_2D', this.#operands(node), poolOptions(padding, op.strides, op.kernel))
  }

  /** What the window slides over: where SAME and VALID can't say the padding, a padded copy. */
  #padded(node: Node, op: OpOf<'conv2d'> | OpOf<'depthwiseConv2d'>) {
    const operand = this.#value(node.inputs[0] as number)
    const shape = this.#shape(node.inputs[0] as number)
    const padding = paddingWord(op, shape)
    if (padding !== 'explicit') return { operand, padding }
    const { top, bottom, left, right } = op.padding
    const pads = [[0, 0] as const, [top, bottom] as const, [left, right] as const, [0, 0] as const]
    const grown = shape.map((extent, axis) => extent + (pads[axis]?.[0] ?? 0) + (pads[axis]?.[1] ?? 0))
    return { operand: this.#pad(`${node.name}/padded`, operand, grown, pads), padding }
  }

  #pad(name: string, operand: number, shape: readonly number[], pads: readonly (readonly [number, number])[]): number {
    const amounts = this.#draft.constant(`${name}/pads`, [pads.length, 2], Int32Array.from(pads.flat()))
    const output = this.#draft.value(name, shape)
    this.#draft.operator('PAD', [operand, amounts], output, noOptions)
    return output
  }

  #emit(node: Node, operator: OperatorName, operands: readonly number[], options: Options | null): number {
    const output = this.#draft.value(node.name, node.shape)
    this.#draft.operator(operator, operands, output, options)
    return output
  }

  /** HWIO to OHWI and `[in, units]` to `[units, in]`: the axis of the outputs moves to the front. */
  #lastAxisFirst(name: string): number {
    const { shape, data } = this.#float(name)
    const outputs = shape.at(-1) as number
    const rest = data.length / outputs
    const moved = new Float32Array(data.length)
    for (let output = 0; output < outputs; output += 1) {
      for (let i = 0; i < rest; i += 1) moved[output * rest + i] = data[i * outputs + output] as number
    }
    return this.#draft.constant(name, [outputs, ...shape.slice(0, -1)], moved)
  }

  /** Runtimes want a bias always; zeros where the network has none. */
  #bias(node: Node, op: Product): number {
    const outputs = node.shape.at(-1) as number
    const data = op.bias === null ? new Float32Array(outputs) : this.#float(op.bias).data
    return this.#draft.constant(op.bias ?? `${node.name}/bias`, [outputs], data)
  }

  #float(name: string): { readonly shape: readonly number[]; readonly data: Float32Array } {
    const value = this.#network.params.get(name)
    if (value?.data instanceof Float32Array) return { shape: value.shape, data: value.data }
    throw new UnsupportedOpError({
      where: `parameter "${name}"`,
      expected: 'float32',
      found: value?.dtype ?? 'nothing',
    })
  }

  #operands(node: Node): readonly number[] {
    return node.inputs.map(id => this.#value(id))
  }

  /** Passes preserve topological order, so every operand has been written. */
  #value(id: number): number {
    return this.#values.get(id) as number
  }

  #shape(id: number): readonly number[] {
    return this.#nodes.get(id)?.shape ?? []
  }
}

function unsupported(node: Node, expected: string, found: string): UnsupportedOpError {
  return new UnsupportedOpError({ where: `node ${node.id} "${node.name}" (${node.op.kind})`, expected, found })
}
