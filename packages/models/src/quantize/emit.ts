import {
  type Bounds,
  GraphBuilder,
  type Network,
  type Node,
  type NodeId,
  type Op,
  type Tensor,
  tensor,
  type Value,
  zeros,
} from '@depthwise/core'
import {
  type ClampOp,
  type ConstantOp,
  clampTo,
  elementRuleOf,
  isProduct,
  opTitle,
  type Product,
  quantizeInto,
  relu,
  relu6,
  sameElements,
  storedRange,
} from '@depthwise/core/backend'
import type { ByteInput } from './byte-input.ts'
import { otherBytes, type QuantizedElements } from './elements.ts'
import { type FloatNetwork, onePixel } from './float-network.ts'
import type { ElementPlan } from './plan.ts'
import { layoutOf } from './product-layout.ts'
import type { RoundedProduct } from './rounded-products.ts'
import { type RoundedWeights, roundNearest } from './rounding.ts'
import { storeParameters } from './weights.ts'

/** What a network is quantized by. */
export interface QuantizationPlan {
  readonly input: ByteInput
  readonly elements: ElementPlan
  /** The weights of products as integers. */
  readonly rounded: ReadonlyMap<NodeId, RoundedProduct>
  /** Whether biases make up for what rounding does to the means of channels. */
  readonly correctsBias: boolean
  /** What outputs are: bytes, or the reals these stand for. */
  readonly output: OutputElements
}

/** `uint8`: bytes with a scale and a zero point, as most quantised files have them. `float32`: the reals that those stand for. */
export type OutputElements = 'uint8' | 'float32'

/** A quantized network, and which of its nodes holds which value of the network in reals. */
export interface QuantizedNetwork extends Network {
  /** Names of nodes, by the ids of the values in reals. */
  readonly names: ReadonlyMap<NodeId, string>
}

/**
 * The network on integers, in the form in which `readTFLite` reads such files: bytes in, int8 inside, weights `NODE/weights` and
 * biases `NODE/bias`. What has no quantized op is computed in reals between `dequantize` and `quantize`.
 */
export function emitQuantized(network: FloatNetwork, plan: QuantizationPlan): QuantizedNetwork {
  return new Emission(network, plan).run()
}

class Emission {
  readonly #network: FloatNetwork
  readonly #plan: QuantizationPlan
  readonly #builder = new GraphBuilder()
  readonly #params = new Map<string, Tensor>()
  readonly #values = new Map<NodeId, Value>()
  readonly #taken: Set<string>
  readonly #outputs: ReadonlySet<NodeId>

  constructor(network: FloatNetwork, plan: QuantizationPlan) {
    this.#network = network
    this.#plan = plan
    this.#taken = new Set(network.graph.nodes.map(({ name }) => name))
    this.#outputs = new Set(network.graph.outputs)
  }

  run(): QuantizedNetwork {
    const { graph } = this.#network
    for (const node of graph.nodes) this.#values.set(node.id, this.#emit(node))
    const nodes = new Map(graph.nodes.map(node => [node.id, node]))
    const outputs = graph.outputs.map(id => this.#finished(this.#values.get(id) as Value, nodes.get(id) as Node))
    const names = new Map([...this.#values].map(([id, { name }]) => [id, name]))
    return { graph: this.#builder.build(outputs), params: this.#params, names }
  }

  #emit(node: Node): Value {
    const { op, id, shape } = node
    const { input, normalized } = this.#network
    if (id === input.id) return this.#builder.input(shape, { name: node.name, elements: this.#plan.input.bytes })
    const operands = node.inputs.map(each => this.#values.get(each) as Value)
    const name = this.#nameOf(node)
    if (id === normalized.id) return this.#normalized(node, operands[0] as Value, name)
    if (isProduct(op)) return this.#product(node, op, operands[0] as Value, name)
    const elements = this.#plan.elements.get(id) as QuantizedElements
    if (op.kind === 'constant') return this.#constant(node, op, name, elements)
    if (op.kind === 'clamp') return this.#clamp(op, operands[0] as Value, name, elements)
    if (!isQuantizedOp(op)) return this.#inReals(op, operands, name, elements)
    const stored =
      op.kind === 'concat' || op.kind === 'binary' ? operands.map(each => this.#shared(op, each, elements)) : operands
    return this.#builder.op(op, stored, {
      name,
      ...(elementRuleOf(op).implied(stored).quantization ? {} : { elements }),
    })
  }

  /** Bytes as int8: the same values, or, where channels are normalized each by its own numbers, those products of them. */
  #normalized({ op, id }: Node, bytes: Value, name: string): Value {
    const { values, shift } = this.#plan.input
    if (shift !== null) return this.#builder.quantize(bytes, values, { name })
    const { scale, offset } = op as Extract<Op, { readonly kind: 'affine' }>
    const signed = this.#builder.quantize(bytes, values, { name: this.#unused(`${name}/int8`) })
    const product = { ...onePixel, weights: '', bias: null }
    const weights = tensor([1, 1, scale.length, 1], Float32Array.from(scale))
    const rounded = roundNearest(weights.data, layoutOf(product, scale.length))
    const elements = this.#plan.elements.get(id) as QuantizedElements
    return this.#stored(product, signed, name, elements, weights, rounded, Float64Array.from(offset))
  }

  #product(node: Node, op: Product, operand: Value, name: string): Value {
    const { params, normalized } = this.#network
    const { rounded, correctsBias, input, elements } = this.#plan
    const weights = params.get(op.weights) as Tensor
    const integers = rounded.get(node.id) as RoundedProduct
    const { length } = integers.scales
    const bias = new Float64Array(length)
    if (op.bias !== null) bias.set((params.get(op.bias) as Tensor).data)
    if (correctsBias) for (let c = 0; c < length; c++) bias[c]! -= integers.shifts[c]!
    if (node.inputs[0] === normalized.id && input.shift) {
      // Half a step that the zero point could not take; at padded borders it is added for the padding too.
      for (let i = 0; i < weights.data.length; i++) bias[i % length]! += weights.data[i]! * input.shift
    }
    return this.#stored(op, operand, name, elements.get(node.id) as QuantizedElements, weights, integers, bias)
  }

  #stored(
    op: Product,
    operand: Value,
    name: string,
    elements: QuantizedElements,
    weights: Tensor,
    rounded: RoundedWeights,
    bias: Float64Array,
  ): Value {
    const layout = layoutOf(op, operand.shape.at(-1) as number)
    const { scale } = operand.quantization as QuantizedElements['quantization']
    const stored = storeParameters(weights, rounded, bias, layout, scale)
    const names = { weights: `${name}/weights`, bias: `${name}/bias` }
    this.#params.set(names.weights, stored.weights)
    this.#params.set(names.bias, stored.bias)
    const activation = op.activation?.kind === 'clamp' ? neededClamp(op.activation, elements) : null
    return this.#builder.op({ ...op, ...names, activation }, [operand], { name, elements })
  }

  /** A constant as bytes of its own range. */
  #constant({ shape }: Node, { value }: ConstantOp, name: string, elements: QuantizedElements): Value {
    const numbers = this.#network.params.get(value) as Tensor
    const stored = zeros(numbers.shape, elements.dtype)
    quantizeInto(numbers.data, elements, stored.data)
    this.#params.set(`${name}/value`, { ...stored, quantization: elements.quantization })
    return this.#builder.constant(shape, { name, elements })
  }

  /** Where bytes cannot leave the bounds there is nothing to clamp, but to store them anew. */
  #clamp(op: ClampOp, operand: Value, name: string, elements: QuantizedElements): Value {
    const clamp = neededClamp(op, elements)
    return clamp
      ? this.#builder.op(clamp, [operand], { name, elements })
      : this.#builder.quantize(operand, elements, { name })
  }

  #inReals(op: Op, operands: readonly Value[], name: string, elements: QuantizedElements): Value {
    const reals = operands.map(each =>
      this.#builder.dequantize(each, { name: this.#unused(`${each.name}/dequantize`) }),
    )
    const inner = this.#builder.op(op, reals, { name: this.#unused(`${name}/${opTitle(op)}`) })
    return this.#builder.quantize(inner, elements, { name })
  }

  /** An operand of an op whose operands are stored as its result is; arithmetic takes any. */
  #shared(op: Op, operand: Value, elements: QuantizedElements): Value {
    const isFree = op.kind === 'binary' && op.operator !== 'max' && op.operator !== 'min'
    if (isFree || sameElements(operand, elements)) return operand
    return this.#builder.quantize(operand, elements, { name: this.#unused(`${operand.name}/quantize`) })
  }

  /** An output is a node of its own behind the int8 value, which other nodes may read. */
  #finished(value: Value, { name }: Node): Value {
    if (this.#plan.output === 'float32') return this.#builder.dequantize(value, { name })
    return this.#builder.quantize(value, otherBytes(value as QuantizedElements & Value), { name })
  }

  #nameOf({ id, name }: Node): string {
    return this.#outputs.has(id) ? this.#unused(`${name}/int8`) : name
  }

  #unused(wanted: string): string {
    let name = wanted
    while (this.#taken.has(name)) name += '_'
    this.#taken.add(name)
    return name
  }
}

const anyBytes: QuantizedElements = { dtype: 'int8', quantization: { scale: 1, zeroPoint: 0 } }

/** Ops that compute on bytes here and in TFLite's int8 kernels. */
function isQuantizedOp(op: Op): boolean {
  if (op.kind === 'binary' && op.operator === 'div') return false
  return elementRuleOf(op).mismatch([{ ...anyBytes, label: '' }], anyBytes) === null
}

/** What a clamp does to values that are stored as bytes: null where these cannot reach beyond it. */
export function neededClamp({ min, max }: Bounds, { dtype, quantization }: QuantizedElements): ClampOp | null {
  const [least, most] = storedRange(dtype) as readonly [number, number]
  const { scale, zeroPoint } = quantization
  if (min <= (least - zeroPoint) * scale && max >= (most - zeroPoint) * scale) return null
  if (min === 0 && max === Infinity) return relu
  return min === 0 && max === 6 ? relu6 : clampTo({ min, max })
}
