import { elementCount, type Graph, type Node, type NodeId, nodeIndex, traitsOf } from '@depthwise/core'
import { activationBytes, type CostDType } from '../bytes.ts'
import { workOf } from '../work.ts'
import type { Block } from './blocks.ts'

/** Memory and the values in it, one after another: views and element-wise results take the place of their operand. */
export interface LiveRange {
  /** Values in it, in order, by name. */
  readonly values: Node[]
  readonly bytes: number
  /** First and last step at which it is taken; an input is there from the first. */
  readonly from: number
  to: number
}

/** Which values need memory and when, for blocks run in order. */
export function liveRanges(graph: Graph, blocks: readonly Block[], dtype: CostDType): readonly LiveRange[] {
  const nodes = nodeIndex(graph)
  const lastRead = new Map<NodeId, number>()
  for (const [step, block] of blocks.entries())
    for (const id of block.flatMap(node => node.inputs)) lastRead.set(id, step)
  for (const id of graph.outputs) lastRead.set(id, blocks.length - 1)
  const homes = new Map<NodeId, LiveRange>()
  const all: LiveRange[] = []
  const settle = (node: Node, step: number, home?: LiveRange): void => {
    const to = Math.max(step, lastRead.get(node.id) ?? step)
    if (home) {
      home.values.push(node)
      home.to = Math.max(home.to, to)
      homes.set(node.id, home)
      return
    }
    const own: LiveRange = { values: [node], bytes: activationBytes(node, dtype), from: step, to }
    all.push(own)
    homes.set(node.id, own)
  }
  for (const id of graph.inputs) settle(nodes.get(id) as Node, 0)
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
    const dies = home && home.to === step && free.op.kind !== 'input'
    settle(node, step, home && (view || dies) ? home : undefined)
  }
  return all
}

function takesPlaceOf(node: Node, operand: Node): boolean {
  return (
    traitsOf(node.op).inPlace === true &&
    operand.dtype === node.dtype &&
    elementCount(operand.shape) === elementCount(node.shape)
  )
}
