import type { Graph, Node, NodeId } from '@depthwise/core'
import { elementCount, type LiveRange, liveRanges, nodeIndex, traitsOf } from '@depthwise/core/backend'
import { activationBytes, type CostDType } from '../bytes.ts'
import { workOf } from '../work.ts'
import type { Block } from './blocks.ts'

/** Memory and the values in it, one after another: views and element-wise results take the place of their operand. */
export interface SharedRange extends LiveRange {
  /** In order. */
  readonly values: readonly Node[]
  readonly bytes: number
}

/**
 * Which values need memory and when, for blocks run in order. An input is taken to come with the first block, and an output
 * to leave with the last, so that the steps of a plan are its blocks.
 */
export function sharedRanges(graph: Graph, blocks: readonly Block[], dtype: CostDType): readonly SharedRange[] {
  const nodes = nodeIndex(graph)
  const steps = blocks.map(block => ({ reads: block.flatMap(node => node.inputs), result: (block.at(-1) as Node).id }))
  const own = liveRanges(graph, steps)
  const within = (step: number): number => Math.max(0, Math.min(step, blocks.length - 1))
  const homes = new Map<NodeId, NodeId>()
  const all = new Map<NodeId, SharedRange>()
  const settle = (node: Node, home: NodeId = node.id): void => {
    const { first, last } = own.get(node.id) as LiveRange
    const before = all.get(home) ?? { values: [], bytes: activationBytes(node, dtype), first: within(first), last: 0 }
    homes.set(node.id, home)
    all.set(home, { ...before, values: [...before.values, node], last: Math.max(before.last, within(last)) })
  }
  for (const id of graph.inputs) settle(nodes.get(id) as Node)
  for (const [step, block] of blocks.entries()) {
    const node = block.at(-1) as Node
    const operands = node.inputs.map(id => nodes.get(id) as Node)
    const free = block.length === 1 ? operands.find(operand => takesPlaceOf(node, operand)) : undefined
    const home = free && homes.get(free.id)
    const view =
      workOf(
        node,
        operands.map(operand => operand.shape),
      ).category === 'view'
    // Somebody who still reads the operand, or the caller whose input it is, must find it unchanged.
    const dies = home !== undefined && all.get(home)?.last === step && free?.op.kind !== 'input'
    settle(node, view || dies ? home : undefined)
  }
  return [...all.values()]
}

function takesPlaceOf(node: Node, operand: Node): boolean {
  return (
    traitsOf(node.op).inPlace === true &&
    operand.dtype === node.dtype &&
    elementCount(operand.shape) === elementCount(node.shape)
  )
}
