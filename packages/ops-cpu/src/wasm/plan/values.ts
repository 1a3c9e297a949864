import { type Graph, type NodeId, nodeIndex } from '@depthwise/core'
import type { Lowered } from '../lower/lowering.ts'
import { keepsLayout } from '../lower/shape.ts'
import { type LiveRange, planArena } from './arena.ts'
import { type Layout, layoutOf } from './layout.ts'
import { type Group, operandsOf, resultOf } from './schedule.ts'

/** First byte of the arena; below it lie the words that threads synchronise by. */
export const arenaStart = 256

/** A group and what it was lowered to. */
export interface Placement {
  readonly group: Group
  readonly lowered: Lowered
}

export type Layouts = (id: NodeId) => Layout

/** Images stay as tightly packed as the caller's where only convolutions read them; all else comes in whole vectors. */
export function layoutValues(graph: Graph, groups: readonly Group[]): Layouts {
  const nodes = nodeIndex(graph)
  const readsTightly = (group: Group, id: NodeId): boolean => {
    const first = group.kind === 'single' ? (group.normalize ?? group.node) : (group.expand ?? group.depthwise)
    const tight = first.op.kind === 'conv2d' || first.op.kind === 'affine'
    return tight && first.inputs[0] === id && operandsOf(group).filter(operand => operand === id).length === 1
  }
  const dense = new Set(
    graph.inputs.filter(
      id =>
        !graph.outputs.includes(id) &&
        groups.every(group => !operandsOf(group).includes(id) || readsTightly(group, id)),
    ),
  )
  const known = new Map([...nodes].map(([id, node]) => [id, layoutOf(node, dense.has(id) || node.dtype !== 'float32')]))
  return id => known.get(id) as Layout
}

export interface ValueMemory {
  readonly arenaBytes: number
  readonly address: (id: NodeId) => number
  readonly scratch: (group: number, thread: number) => number
}

/** Lives of values, from the step that computes them to the last that reads them, and their places in the arena. */
export function placeValues(
  graph: Graph,
  placements: readonly Placement[],
  layouts: Layouts,
  threads: number,
): ValueMemory {
  const root = new Map<NodeId, NodeId>()
  const rootOf = (id: NodeId): NodeId => root.get(id) ?? id
  const lives = new Map<NodeId, { first: number; last: number }>(graph.inputs.map(id => [id, { first: -1, last: -1 }]))
  placements.forEach(({ group }, step) => {
    const operands = operandsOf(group)
    for (const id of operands) (lives.get(rootOf(id)) as { last: number }).last = step
    const result = resultOf(group)
    const source = operands[0] as NodeId
    // An output keeps its own memory: aliases would tie its life to its operand's.
    const renames = result.op.kind === 'reshape' || result.op.kind === 'dropout'
    if (group.kind === 'single' && renames && keepsLayout(layouts(source), layouts(result.id)))
      root.set(result.id, rootOf(source))
    else lives.set(result.id, { first: step, last: step })
  })
  for (const id of graph.outputs) (lives.get(rootOf(id)) as { last: number }).last = placements.length
  const ids = [...lives.keys()]
  const values = ids.map(
    (id): LiveRange => ({ bytes: layouts(id).bytes, ...(lives.get(id) as { first: number; last: number }) }),
  )
  const scratches = placements.flatMap(({ lowered }, step) =>
    Array.from({ length: threads }, (): LiveRange => ({ bytes: lowered.scratchBytes, first: step, last: step })),
  )
  const plan = planArena([...values, ...scratches])
  const places = new Map(ids.map((id, index) => [id, arenaStart + (plan.offsets[index] as number)]))
  return {
    arenaBytes: plan.bytes,
    address: id => places.get(rootOf(id)) as number,
    scratch: (group, thread) => arenaStart + (plan.offsets[ids.length + group * threads + thread] as number),
  }
}
