import type { Graph, NodeId } from '../graph/graph.ts'

/** The steps during which something is in memory, both included. */
export interface LiveRange {
  readonly first: number
  readonly last: number
}

/** One step of a schedule: the values that it reads, and the one that it computes. */
export interface ScheduledStep {
  readonly reads: readonly NodeId[]
  readonly result: NodeId
}

/**
 * When each value of a schedule is in memory: from the step that computes it to the last that reads it. Inputs are there
 * before the first step, from -1 on; outputs are still there behind the last, at `steps.length`. In the order in which values
 * come up, inputs first.
 * @param home - the value in whose memory another one lies, for those that have none of their own (views); their lives are
 * then part of that value's. Default: every value has its own
 */
export function liveRanges(
  graph: Pick<Graph, 'inputs' | 'outputs'>,
  steps: readonly ScheduledStep[],
  home: (id: NodeId) => NodeId = id => id,
): ReadonlyMap<NodeId, LiveRange> {
  const ranges = new Map<NodeId, LiveRange>()
  const use = (id: NodeId, step: number): void => {
    const { first } = ranges.get(home(id)) ?? { first: step }
    ranges.set(home(id), { first, last: step })
  }
  for (const id of graph.inputs) use(id, -1)
  for (const [step, { reads, result }] of steps.entries()) for (const id of [...reads, result]) use(id, step)
  for (const id of graph.outputs) use(id, steps.length)
  return ranges
}
