import {
  type Bounds,
  dequantized,
  type ElementType,
  type Graph,
  GraphBuilder,
  type Node,
  type NodeId,
  type Op,
  type Tensor,
  type Value,
} from '@depthwise/core'
import {
  elementsOf,
  isProduct,
  opTitle,
  type ParamName,
  type PerTensorQuantization,
  sameElements,
  storedRange,
} from '@depthwise/core/backend'
import { clampOp, contains, isUnbounded, unbounded } from '../../bounds.ts'
import { buildNamed } from '../../named-outputs.ts'
import { UniqueNames } from '../../unique-names.ts'
import { QuantizedPlan } from './quantized-plan.ts'

/** A graph of quantized ops. */
export interface KeptIntegers {
  readonly graph: Graph
  /** By the name of their weights, products of quantized values that stay real, and why. */
  readonly realProducts: ReadonlyMap<ParamName, string>
}

/**
 * A graph whose every op computes reals, between `dequantize` and `quantize` nodes, as one of quantized ops: an op between them
 * becomes one where it has such a form, together with the clamps behind it. What does not stays as it is. A quantized op bears
 * the name of the `quantize` that it replaces.
 * @param params weights and biases with the quantization of the file; what this leaves of them is what the new graph reads
 */
export function keepIntegers(graph: Graph, params: Map<ParamName, Tensor>): KeptIntegers {
  const plan = new QuantizedPlan(graph, params)
  const rebuilt = new Rebuilt(graph, plan).build()
  settleParams(rebuilt, params)
  return { graph: rebuilt, realProducts: plan.realProducts }
}

/** Real nodes take reals, and the bias of a quantized one counts by the scales of the others, which it need not state. */
function settleParams(graph: Graph, params: Map<ParamName, Tensor>): void {
  for (const { op, quantization } of graph.nodes) {
    if (!isProduct(op)) continue
    for (const name of [op.weights, op.bias]) {
      const value = name === null ? undefined : params.get(name)
      if (name === null || !value) continue
      if (!quantization) params.set(name, dequantized(value))
      else if (name === op.bias)
        params.set(name, { dtype: value.dtype, shape: value.shape, data: value.data } as Tensor)
    }
  }
}

class Rebuilt {
  readonly #graph: Graph
  readonly #plan: QuantizedPlan
  readonly #builder = new GraphBuilder()
  readonly #names = new UniqueNames()
  readonly #outputs: ReadonlySet<NodeId>
  /** The values of the old nodes; of those that exist as bytes and as reals, the reals. */
  readonly #values = new Map<NodeId, Value>()
  readonly #bytes = new Map<NodeId, Value>()
  readonly #nodes = new Map<NodeId, Node>()

  constructor(graph: Graph, plan: QuantizedPlan) {
    this.#graph = graph
    this.#plan = plan
    this.#outputs = new Set(graph.outputs)
    for (const { name } of graph.nodes) this.#names.take(name)
  }

  build(): Graph {
    for (const node of this.#graph.nodes) {
      this.#nodes.set(node.id, node)
      if (!this.#plan.absorbed.has(node.id)) this.#add(node)
    }
    const named = (id: NodeId) => ({ value: this.#value(id), name: (this.#nodes.get(id) as Node).name })
    return buildNamed(
      this.#builder,
      this.#graph.inputs.map(id => this.#value(id)),
      this.#graph.outputs.map(named),
    )
  }

  #add(node: Node): void {
    const { id, op, inputs, name, shape } = node
    const [operand] = inputs as readonly [NodeId]
    const joined = this.#plan.joined.get(id)
    const first = this.#plan.repeated.get(id)
    if (op.kind === 'input') this.#values.set(id, this.#builder.input(shape, { name, elements: elementsOf(node) }))
    else if (first !== undefined) this.#values.set(id, this.#values.get(first) as Value)
    else if (joined) this.#values.set(id, this.#quantized(node, joined.source, joined.activation))
    else if (op.kind === 'dequantize') this.#bytes.set(id, this.#values.get(operand) as Value)
    else if (this.#plan.stored.has(id)) this.#bytes.set(id, this.#moved(node))
    else {
      const elements = node.quantization ? { elements: elementsOf(node) } : {}
      const operands = inputs.map(each => this.#value(each))
      this.#values.set(id, this.#builder.op(op, operands, { name, ...elements }))
    }
  }

  /** The value of an old node, in reals where it exists as bytes too. */
  #value(id: NodeId): Value {
    const known = this.#values.get(id)
    if (known) return known
    const { op, name } = this.#nodes.get(id) as Node
    const isOwn = op.kind === 'dequantize' || this.#outputs.has(id)
    const bytes = this.#bytes.get(id) as Value
    const reals = this.#builder.dequantize(bytes, { name: isOwn ? name : this.#names.take(`${name}/dequantize`) })
    this.#values.set(id, reals)
    return reals
  }

  /** Bytes in another place or shape, or clamped. */
  #moved(node: Node): Value {
    const bytes = this.#bytes.get(node.inputs[0] as NodeId) as Value
    if (node.op.kind === 'dropout') return bytes
    const name = this.#outputs.has(node.id) ? this.#step(node, node.op) : node.name
    return this.#builder.op(node.op, [bytes], { name, elements: elementsOf(bytes) })
  }

  /** The bytes that a `quantize` node makes of what `source` computes. */
  #quantized(node: Node, source: Node, activation: Bounds): Value {
    const { name } = node
    const elements = elementsOf(node)
    const allowed = cutting(activation, elements)
    const bytes = this.#bytes.get(source.id)
    const clamp = isUnbounded(allowed) ? null : clampOp(allowed)
    if (bytes) {
      if (clamp) return this.#builder.op(clamp, [bytes], { name, elements })
      return sameElements(bytes, elements) ? bytes : this.#builder.quantize(bytes, elements, { name })
    }
    const operands = source.inputs.map(id => this.#bytes.get(id) as Value)
    const { op } = source
    if (!clamp) return this.#builder.op(op, operands, { name, elements })
    if (isProduct(op)) return this.#builder.op({ ...op, activation: clamp }, operands, { name, elements })
    const inner = this.#builder.op(op, operands, { name: this.#step(node, op), elements })
    return this.#builder.op(clamp, [inner], { name, elements })
  }

  #step({ name }: Node, op: Op): string {
    return this.#names.take(`${name}/${opTitle(op)}`)
  }
}

/** What is left of an activation where values are stored as bytes: nothing where these round what lies beyond to the same. */
function cutting(activation: Bounds, { dtype, quantization }: ElementType): Bounds {
  const { scale, zeroPoint } = quantization as PerTensorQuantization
  const [lowest, highest] = storedRange(dtype) as readonly [number, number]
  const storable = { min: (lowest - zeroPoint) * scale, max: (highest - zeroPoint) * scale }
  return contains(activation, storable, 0.49 * scale) ? unbounded : activation
}
