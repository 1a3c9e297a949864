import type { Bounds, ElementType, Graph, Node, NodeId, Params, Tensor } from '@depthwise/core'
import {
  clampedBounds,
  consumers,
  elementRuleOf,
  elementsOf,
  isProduct,
  nodeIndex,
  type ParamName,
  type PerTensorQuantization,
  perIndex,
  sameElements,
  storedRange,
} from '@depthwise/core/backend'
import { unbounded } from '../../bounds.ts'
import { hasQuantizedForm } from '../../real-nodes.ts'

// Which nodes between `dequantize` and `quantize` are one quantized op.

/** What a `quantize` node and those before it are together. */
export interface Joined {
  /** The node whose op computes bytes of bytes, or the one whose bytes are clamped or quantized anew. */
  readonly source: Node
  /** The interval that clamps between it and the `quantize` let through. */
  readonly activation: Bounds
  /** Reshapes between them, which bytes go through as reals do; the first first. */
  readonly reshapes: readonly Node[]
}

/** Ops that leave bytes as they are, apart from clamps. */
const movers: ReadonlySet<Node['op']['kind']> = new Set(['reshape', 'maxPool', 'dropout'])

const isMover = ({ op }: Node): boolean => movers.has(op.kind) || (op.kind === 'resize' && op.filter === 'nearest')

/** How far the scale of a bias may be from that of the operand times that of the weights: float32 products of rounded factors. */
const scaleTolerance = 2 ** -20

/** What can be said of a graph before it is built anew. */
export class QuantizedPlan {
  /** By the `quantize` nodes that they end in. */
  readonly joined: Map<NodeId, Joined> = new Map()
  /** Nodes that are computed along with the `quantize` behind them. */
  readonly absorbed: Set<NodeId> = new Set()
  /** Nodes of reals whose values exist as bytes, and of which type. */
  readonly stored: Map<NodeId, ElementType> = new Map()
  /** `quantize` nodes of one operand and one type: the first of them, by each of the others. */
  readonly repeated: Map<NodeId, NodeId> = new Map()
  /** The names of nodes that only move bytes and give what `quantize` nodes ask for: those of the latter. */
  readonly names: Map<NodeId, string> = new Map()
  /** By the name of their weights, products of quantized values that stay real, and why. */
  readonly realProducts: Map<ParamName, string> = new Map()
  readonly #nodes: ReadonlyMap<NodeId, Node>
  readonly #readers: ReadonlyMap<NodeId, readonly Node[]>
  readonly #outputs: ReadonlySet<NodeId>
  readonly #params: Params

  constructor(graph: Graph, params: Params) {
    this.#nodes = nodeIndex(graph)
    this.#readers = consumers(graph)
    this.#outputs = new Set(graph.outputs)
    this.#params = params
    this.#findRepeated(graph)
    for (const node of graph.nodes) {
      const elements = this.#bytesOf(node)
      if (elements) this.stored.set(node.id, elements)
    }
    for (const node of graph.nodes) if (node.op.kind === 'quantize' && !this.repeated.has(node.id)) this.#join(node)
  }

  #findRepeated(graph: Graph): void {
    const first = new Map<string, NodeId>()
    for (const { id, op, inputs, dtype, quantization } of graph.nodes) {
      if (op.kind !== 'quantize') continue
      const { scale, zeroPoint } = quantization as PerTensorQuantization
      const key = `${inputs[0]} ${dtype} ${scale} ${zeroPoint}`
      const known = first.get(key)
      if (known === undefined) first.set(key, id)
      else this.repeated.set(id, known)
    }
  }

  /** The bytes that the values of a node exist as: those it dequantizes, or those of its operand where it only moves values. */
  #bytesOf(node: Node): ElementType | undefined {
    const operand = this.#operand(node)
    if (!operand) return undefined
    if (node.op.kind === 'dequantize') return elementsOf(operand)
    const elements = this.stored.get(operand.id)
    return elements && this.#keepsBytes(node, elements) ? elements : undefined
  }

  #keepsBytes(node: Node, elements: ElementType): boolean {
    const { op } = node
    if (op.kind === 'pad') return isStorable(op.value, elements)
    if (op.kind !== 'clamp') return isMover(node)
    // In front of a `quantize` it clamps to the bounds that these bytes have.
    if (this.#onlyReader(node)?.op.kind === 'quantize') return false
    return [op.min, op.max].every(bound => !Number.isFinite(bound) || isStorable(bound, elements))
  }

  #join(quantize: Node): void {
    const between: Node[] = []
    let activation = unbounded
    let node = this.#operand(quantize) as Node
    while (isOnTheWay(node) && !this.stored.has(node.id) && this.#onlyReader(node)) {
      if (node.op.kind === 'clamp') activation = clampedBounds(node.op, activation)
      between.unshift(node)
      node = this.#operand(node) as Node
    }
    const elements = this.stored.get(node.id)
    if (!elements && !this.#isQuantized(node, quantize)) return
    this.joined.set(quantize.id, {
      source: node,
      activation,
      reshapes: between.filter(({ op }) => op.kind === 'reshape'),
    })
    for (const { id } of elements ? between : [...between, node]) this.absorbed.add(id)
    const isMoved = elements && node.op.kind !== 'dequantize' && sameElements(elements, quantize)
    if (isMoved && between.length === 0 && this.#onlyReader(node)) this.names.set(node.id, quantize.name)
  }

  /** Whether a node of reals computes what its op computes of bytes. */
  #isQuantized(node: Node, quantize: Node): boolean {
    if (!this.#onlyReader(node) || node.op.kind === 'quantize' || !hasQuantizedForm(node)) return false
    if (node.inputs.length === 0 || !node.inputs.every(id => this.stored.has(id))) return false
    if (!this.#fits(node, quantize)) return false
    const obstacle = isProduct(node.op) ? this.#obstacle(node) : null
    if (obstacle !== null && isProduct(node.op)) this.realProducts.set(node.op.weights, obstacle)
    return obstacle === null
  }

  /** Whether an op gives bytes of the type that is asked for: those that weigh bytes as they are give those of their operand. */
  #fits({ op, inputs }: Node, quantize: Node): boolean {
    const operands = inputs.map(id => ({ ...(this.stored.get(id) as ElementType), label: '' }))
    return elementRuleOf(op).mismatch(operands, elementsOf(quantize)) === null
  }

  /** Why the parameters of a product are not those of a quantized one. */
  #obstacle({ op, inputs }: Node): string | null {
    if (!isProduct(op)) return null
    const weights = this.#params.get(op.weights) as Tensor
    if (!weights.quantization) return 'its weights are not bytes with scales for all, or for each output channel'
    const bias = op.bias === null ? null : (this.#params.get(op.bias) as Tensor)
    if (!bias) return null
    if (!bias.quantization) return 'its bias is not stored as int32'
    const { scale } = this.#quantizationOf(inputs[0])
    const ofWeights = perIndex(weights.quantization).scales
    const { scales, zeroPoints } = perIndex(bias.quantization)
    const count = Math.max(ofWeights.length, scales.length)
    for (let c = 0; c < count; c += 1) {
      const wanted = scale * (ofWeights[c % ofWeights.length] as number)
      const stated = scales[c % scales.length] as number
      if (Math.abs(stated - wanted) > wanted * scaleTolerance || (zeroPoints[c % scales.length] ?? 0) !== 0) {
        return `the scale of its bias, ${stated}, is not that of its operand times that of its weights, ${wanted}`
      }
    }
    return null
  }

  #quantizationOf(id: NodeId | undefined): PerTensorQuantization {
    return this.stored.get(id as NodeId)?.quantization as PerTensorQuantization
  }

  #operand(node: Node): Node | undefined {
    return this.#nodes.get(node.inputs[0] as NodeId)
  }

  /** The only node that reads a value, repeated `quantize` nodes aside; null for an output. */
  #onlyReader(node: Node): Node | null {
    if (this.#outputs.has(node.id)) return null
    const readers = (this.#readers.get(node.id) ?? []).filter(({ id }) => !this.repeated.has(id))
    const [reader, ...others] = readers
    return reader && others.length === 0 ? reader : null
  }
}

/** Whether a node may stand between a quantized op and the `quantize` that gives its result. */
const isOnTheWay = ({ op }: Node): boolean => op.kind === 'clamp' || op.kind === 'reshape'

/** Whether a real is one of those that bytes stand for, but for the rounding of float32. */
function isStorable(real: number, { dtype, quantization }: ElementType): boolean {
  const { scale, zeroPoint } = quantization as PerTensorQuantization
  const [min, max] = storedRange(dtype) as readonly [number, number]
  const steps = real / scale
  const nearest = Math.round(steps)
  return Math.abs(steps - nearest) < 1e-3 && nearest + zeroPoint >= min && nearest + zeroPoint <= max
}
