import type { Bounds, Graph, Node, NodeId, Op } from '@depthwise/core'
import { nodeIndex } from '@depthwise/core/backend'
import { int8Over, probabilities, type QuantizedElements } from './elements.ts'

/** How the values of a network are stored. */
export type ElementPlan = ReadonlyMap<NodeId, QuantizedElements>

/** Ops whose result is stored as their operand is: they only move or average bytes (TFLite's quantization specification). */
const keepsElements: ReadonlySet<Op['kind']> = new Set(['pad', 'averagePool', 'maxPool', 'reshape', 'dropout'])

/** Whether the operands of an op and its result are stored in one way: they are compared or put side by side. */
const sharesElements = ({ op }: Node): boolean =>
  op.kind === 'concat' || (op.kind === 'binary' && (op.operator === 'max' || op.operator === 'min'))

/**
 * Gives every computed value an element type: by its range, as TFLite prescribes it, or the same for values that have to share
 * one, over the ranges of all of them.
 * @param fixed what is settled already: the input
 */
export function planElements(
  graph: Graph,
  fixed: ElementPlan,
  rangeOf: (id: NodeId) => Bounds | undefined,
): ElementPlan {
  const groups = new Groups()
  const settled = new Map<NodeId, QuantizedElements>()
  for (const node of graph.nodes) {
    const [operand] = node.inputs
    const own = fixed.get(node.id) ?? (isProbability(node) ? probabilities : undefined)
    if (own) settled.set(groups.of(node.id), own)
    else if (keepsElements.has(node.op.kind) && operand !== undefined) groups.join(node.id, operand)
  }
  const isSettled = (id: NodeId): boolean => settled.has(groups.of(id))
  for (const node of graph.nodes.filter(sharesElements)) {
    // A settled operand is stored anew on the way.
    for (const operand of node.inputs) if (!isSettled(operand) && !isSettled(node.id)) groups.join(operand, node.id)
  }
  const nodes = nodeIndex(graph)
  const ranges = new Map<NodeId, Bounds>()
  for (const { id, op } of graph.nodes) {
    const range = rangeOf(id) ?? (op.kind === 'pad' ? { min: op.value, max: op.value } : undefined)
    if (!range) continue
    const { min, max } = ranges.get(groups.of(id)) ?? { min: 0, max: 0 }
    ranges.set(groups.of(id), { min: Math.min(min, range.min), max: Math.max(max, range.max) })
  }
  return new Map(
    [...nodes.keys()].map(id => {
      const group = groups.of(id)
      return [id, settled.get(group) ?? int8Over(ranges.get(group) ?? { min: 0, max: 0 })]
    }),
  )
}

/** The values whose ranges have to be observed. */
export function observedNodes(graph: Graph, fixed: ElementPlan): readonly NodeId[] {
  return graph.nodes
    .filter(node => !fixed.has(node.id) && !isProbability(node) && !keepsElements.has(node.op.kind))
    .map(({ id }) => id)
}

const isProbability = ({ op }: Node): boolean => op.kind === 'softmax' || op.kind === 'sigmoid'

/** Sets of values, each known by one of its members. */
class Groups {
  readonly #parents = new Map<NodeId, NodeId>()

  of(id: NodeId): NodeId {
    let root = id
    for (let parent = this.#parents.get(root); parent !== undefined; parent = this.#parents.get(root)) root = parent
    return root
  }

  /** The second keeps standing for its group. */
  join(a: NodeId, b: NodeId): void {
    const [from, to] = [this.of(a), this.of(b)]
    if (from !== to) this.#parents.set(from, to)
  }
}
