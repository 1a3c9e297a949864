import type { Graph, Node, NodeId } from '@depthwise/core'
import { type ArenaRequest, liveRanges, nodeIndex, planArena } from '@depthwise/core/backend'
import { type Layout, layoutOf } from './layout.ts'
import { type Group, operandsOf, resultOf } from './schedule.ts'

/** First byte of the arena; below it lie the words that threads synchronise by. */
export const arenaStart = 256

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
  const bare = ({ dtype, quantization }: Node): boolean => dtype !== 'float32' && !quantization
  const known = new Map([...nodes].map(([id, node]) => [id, layoutOf(node, dense.has(id) || bare(node))]))
  return id => known.get(id) as Layout
}

/** A group, and the bytes that each thread needs beside its values. */
export interface GroupMemory {
  readonly group: Group
  readonly scratchBytes: number
  readonly renames: boolean
}

export interface ValueMemory {
  readonly arenaBytes: number
  readonly address: (id: NodeId) => number
  readonly scratch: (group: number, thread: number) => number
}

// Lines of the caches; also keeps threads from writing to one line.
const alignment = 64

/** Places of values in the arena, from the step that computes them to the last that reads them. */
export function placeValues(
  graph: Graph,
  groups: readonly GroupMemory[],
  layouts: Layouts,
  threads: number,
): ValueMemory {
  const homes = new Map<NodeId, NodeId>()
  const home = (id: NodeId): NodeId => homes.get(id) ?? id
  const steps = groups.map(({ group }) => ({ reads: operandsOf(group), result: resultOf(group).id }))
  for (const [step, { reads, result }] of steps.entries()) {
    if (groups[step]?.renames) homes.set(result, home(reads[0] as NodeId))
  }
  const values = liveRanges(graph, steps, home)
  const requests = [...values].map(([id, range]): ArenaRequest => ({ bytes: layouts(id).bytes, ...range }))
  const scratches = groups.flatMap(({ scratchBytes }, step) =>
    Array.from({ length: threads }, (): ArenaRequest => ({ bytes: scratchBytes, first: step, last: step })),
  )
  const plan = planArena([...requests, ...scratches], alignment)
  const places = new Map([...values.keys()].map((id, index) => [id, arenaStart + (plan.offsets[index] as number)]))
  return {
    arenaBytes: plan.bytes,
    address: id => places.get(home(id)) as number,
    scratch: (group, thread) => arenaStart + (plan.offsets[values.size + group * threads + thread] as number),
  }
}
