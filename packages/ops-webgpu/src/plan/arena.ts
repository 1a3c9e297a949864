import type { NodeId } from '@depthwise/core'
import { byteSize } from './layout.ts'
import type { Schedule } from './schedule.ts'

/** WebGPU's default `minStorageBufferOffsetAlignment`, which no adapter exceeds (WebGPU, section 3.6.2). */
export const alignment = 256

/** Where a value lies. */
export interface Place {
  /** Which buffer of the arena. */
  readonly buffer: number
  readonly offset: number
  readonly size: number
}

export interface Arena {
  /** Bytes of each buffer. */
  readonly buffers: readonly number[]
  readonly places: ReadonlyMap<NodeId, Place>
}

/** The live range of a value: its place, and the steps during which it is taken, both ends included. */
interface LiveRange extends Place {
  readonly from: number
  readonly to: number
}

/**
 * Lays the values out in a few buffers, reusing the memory of values nobody reads any more. No step may read and write one
 * buffer (a dispatch's usage scope covers whole buffers: WebGPU, section 3.4.3), so a result goes to a buffer that holds none
 * of the step's operands: chains alternate between two, shortcuts at times take a third.
 */
export function planArena(schedule: Schedule, maxBufferSize: number): Arena {
  const { graph, steps, values, home } = schedule
  const birth = new Map<NodeId, number>(graph.inputs.map(id => [home(id), -1]))
  const death = new Map<NodeId, number>(birth)
  const operands = new Map<NodeId, readonly NodeId[]>()
  steps.forEach(({ node, dispatches }, step) => {
    const reads = dispatches.flatMap(dispatch => dispatch.reads)
    birth.set(node.id, step)
    operands.set(node.id, reads)
    for (const id of [node.id, ...reads]) death.set(id, step)
  })
  for (const id of graph.outputs) death.set(home(id), Infinity)
  const buffers: number[] = []
  let liveRanges: LiveRange[] = []
  const places = new Map<NodeId, Place>()
  for (const [id, from] of birth) {
    const value = values.get(id)
    if (!value) continue
    liveRanges = liveRanges.filter(({ to }) => to >= from)
    const size = Math.ceil(byteSize(value.layout) / alignment) * alignment
    const taken = new Set(operands.get(id)?.map(operand => places.get(operand)?.buffer))
    const place = cheapest(buffers, liveRanges, { size, taken, maxBufferSize })
    buffers[place.buffer] = Math.max(buffers[place.buffer] ?? 0, place.offset + size)
    places.set(id, { ...place, size: byteSize(value.layout) })
    liveRanges.push({ ...place, from, to: death.get(id) ?? from })
  }
  return { buffers, places }
}

interface Request {
  readonly size: number
  /** Buffers the step reads. */
  readonly taken: ReadonlySet<number | undefined>
  readonly maxBufferSize: number
}

/**
 * The place that makes the arena grow least: a gap between live values, else the end of a buffer, else a new buffer.
 * `liveRanges` holds those that are live at this step only.
 */
function cheapest(buffers: readonly number[], liveRanges: readonly LiveRange[], request: Request): Place {
  const { size, taken, maxBufferSize } = request
  let best: Place = { buffer: buffers.length, offset: 0, size }
  let growth = size
  buffers.forEach((end, buffer) => {
    if (taken.has(buffer)) return
    const alive = liveRanges.filter(range => range.buffer === buffer).sort((a, b) => a.offset - b.offset)
    let offset = 0
    for (const range of alive) {
      if (range.offset - offset >= size) break
      offset = Math.max(offset, range.offset + range.size)
    }
    const needed = Math.max(0, offset + size - end)
    if (offset + size <= maxBufferSize && needed < growth) {
      best = { buffer, offset, size }
      growth = needed
    }
  })
  return best
}
