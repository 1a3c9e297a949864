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
  foldConstants,
  isProduct,
  nodeIndex,
  opTitle,
  type ParamName,
  type PerTensorQuantization,
  type Product,
  sameElements,
  storedRange,
  withoutDeadNodes,
} from '@depthwise/core/backend'
import { clampOp, contains, isUnbounded, unbounded } from '../../bounds.ts'
import { buildNamed } from '../../named-outputs.ts'
import { UniqueNames } from '../../unique-names.ts'
import { type Joined, QuantizedPlan } from './quantized-plan.ts'

/** A graph of quantized ops. */
export interface KeptIntegers {
  readonly graph: Graph
  /** By the name of their weights, products of quantized values that stay real, and why. */
  readonly realProducts: ReadonlyMap<ParamName, string>
}

/**
 * A graph whose every op computes reals, between `dequantize` and `quantize` nodes, as one of quantized ops: an op between them
 * becomes one where it has such a form, together with the clamps behind it. What does not stays as it is. A quantized op, and
 * its parameters, bear the name of the `quantize` that it replaces.
 * @param params weights and biases with the quantization of the file; what this leaves of them is what the new graph reads
 */
export function keepIntegers(graph: Graph, params: Map<ParamName, Tensor>): KeptIntegers {
  const plan = new QuantizedPlan(graph, params)
  const rebuilt = new Rebuilt(graph, plan)
  const kept = rebuilt.build()
  for (const [from, to] of rebuilt.renamed) rename(params, from, to)
  settleParams(kept, params)
  const settled = realConstants(kept, params)
  const folded = withoutDeadNodes(foldConstants({ graph: settled, params }).graph)
  const read = constantNames(folded)
  for (const value of constantNames(kept, settled)) if (!read.has(value)) params.delete(value)
  return { graph: folded, realProducts: plan.realProducts }
}

function rename(params: Map<ParamName, Tensor>, from: ParamName, to: ParamName): void {
  const value = params.get(from)
  params.delete(from)
  if (value) params.set(to, value)
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

/** Constants of bytes whose reals an op reads, as reals. */
function realConstants(graph: Graph, params: Map<ParamName, Tensor>): Graph {
  const nodes = nodeIndex(graph)
  const real = graph.nodes.map((node): Node => {
    const source = nodes.get(node.inputs[0] as NodeId)
    if (node.op.kind !== 'dequantize' || source?.op.kind !== 'constant') return node
    const value = `${node.name}/value`
    params.set(value, dequantized(params.get(source.op.value) as Tensor))
    return { ...node, op: { ...source.op, value }, inputs: [] }
  })
  return { ...graph, nodes: real }
}

/** The parameters of the constants of graphs. */
function constantNames(...graphs: readonly Graph[]): ReadonlySet<ParamName> {
  return new Set(graphs.flatMap(({ nodes }) => nodes.flatMap(({ op }) => (op.kind === 'constant' ? [op.value] : []))))
}

class Rebuilt {
  /** New names of parameters by their old ones. */
  readonly renamed: Map<ParamName, ParamName> = new Map()
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
    else if (op.kind === 'constant')
      this.#values.set(id, this.#builder.constant(shape, { name, value: op.value, elements: elementsOf(node) }))
    else if (first !== undefined) this.#values.set(id, this.#values.get(first) as Value)
    else if (joined) this.#values.set(id, this.#quantized(node, joined))
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
    const name = this.#outputs.has(node.id) ? this.#step(node, node.op) : (this.#plan.names.get(node.id) ?? node.name)
    return this.#builder.op(node.op, [bytes], { name, elements: elementsOf(bytes) })
  }

  /** The bytes that a `quantize` node makes of what `source` computes. */
  #quantized(node: Node, { source, activation, reshapes }: Joined): Value {
    const elements = elementsOf(node)
    const allowed = cutting(activation, elements)
    const clamp = isUnbounded(allowed) ? null : clampOp(allowed)
    const steps: Op[] = [...(clamp ? [clamp] : []), ...reshapes.map(({ op }) => op)]
    const bytes = this.#bytes.get(source.id)
    if (!bytes) {
      const operands = source.inputs.map(id => this.#bytes.get(id) as Value)
      const { op } = source
      if (!isProduct(op)) return this.#chain(node, operands, [op, ...steps])
      const named = this.#withParams(op, node.name)
      if (!clamp) return this.#chain(node, operands, [named, ...steps])
      return this.#chain(node, operands, [{ ...named, activation: clamp }, ...steps.slice(1)])
    }
    if (!clamp && !sameElements(bytes, elements)) steps.unshift({ kind: 'quantize' })
    return steps.length === 0 ? bytes : this.#chain(node, [bytes], steps)
  }

  /** Ops one after the other, all of whose results are stored as the node is; the last one bears its name. */
  #chain(node: Node, operands: readonly Value[], ops: readonly Op[]): Value {
    const last = ops.length - 1
    const [value] = ops.reduce<readonly Value[]>((values, op, i) => {
      const name = i === last ? node.name : this.#step(node, op)
      return [this.#builder.op(op, values, { name, elements: elementsOf(node) })]
    }, operands)
    return value as Value
  }

  /** A product whose parameters are called by the node that it becomes. */
  #withParams<P extends Product>(op: P, name: string): P {
    const named = { ...op, weights: `${name}/weights`, bias: op.bias && `${name}/bias` }
    this.renamed.set(op.weights, named.weights)
    if (op.bias !== null) this.renamed.set(op.bias, `${name}/bias`)
    return named
  }

  #step({ name }: Node, op: Op): string {
    return this.#names.take(`${name}/${opTitle(op)}`)
  }
}

/** What is left of an activation where values are stored as bytes: nothing where these do not reach its bounds. */
function cutting(activation: Bounds, { dtype, quantization }: ElementType): Bounds {
  const { scale, zeroPoint } = quantization as PerTensorQuantization
  const [lowest, highest] = storedRange(dtype) as readonly [number, number]
  const storable = { min: (lowest - zeroPoint) * scale, max: (highest - zeroPoint) * scale }
  return contains(activation, storable, 0) ? unbounded : activation
}
