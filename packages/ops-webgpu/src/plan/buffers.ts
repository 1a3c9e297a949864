import type { NodeId } from '@depthwise/core'
import { type LiveRange, liveRanges, lowestGap, type Region } from '@depthwise/core/backend'
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

/** A region of one of the buffers, and the steps during which it is taken. */
interface LiveRegion extends Region, LiveRange {
  readonly buffer: number
}

/**
 * Lays the values out in a few buffers, reusing the memory of values that are no longer read. No step may read and write one
 * buffer (a dispatch's usage scope covers whole buffers: WebGPU, section 3.4.3), so a result goes to a buffer that holds none
 * of the step's operands: chains alternate between two, shortcuts at times take a third. Values are placed in the order of the
 * steps, unlike in core's `planArena`, since where one may go depends on where its operands are.
 */
export function planBuffers(schedule: Schedule, maxBufferSize: number): Arena {
  const { graph, values, home } = schedule
  const steps = schedule.steps.map(({ node, dispatches }) => ({
    reads: dispatches.flatMap(dispatch => dispatch.reads),
    result: node.id,
  }))
  const operands = new Map(steps.map(({ reads, result }) => [result, reads]))
  const buffers: number[] = []
  let alive: LiveRegion[] = []
  const places = new Map<NodeId, Place>()
  for (const [id, range] of liveRanges(graph, steps, home)) {
    const value = values.get(id)
    if (!value) continue
    alive = alive.filter(({ last }) => last >= range.first)
    const size = byteSize(value.layout)
    const bytes = Math.ceil(size / alignment) * alignment
    const taken = new Set(operands.get(id)?.map(operand => places.get(operand)?.buffer))
    const { buffer, offset } = cheapest(buffers, alive, { bytes, taken, maxBufferSize })
    buffers[buffer] = Math.max(buffers[buffer] ?? 0, offset + bytes)
    places.set(id, { buffer, offset, size })
    alive.push({ buffer, offset, bytes, ...range })
  }
  return { buffers, places }
}

interface Request {
  readonly bytes: number
  /** Buffers the step reads. */
  readonly taken: ReadonlySet<number | undefined>
  readonly maxBufferSize: number
}

/**
 * The place that makes the arena grow least: a gap between live values, else the end of a buffer, else a new buffer.
 * `alive` holds those that are live at this step only.
 */
function cheapest(
  buffers: readonly number[],
  alive: readonly LiveRegion[],
  { bytes, taken, maxBufferSize }: Request,
): Pick<Place, 'buffer' | 'offset'> {
  let best = { buffer: buffers.length, offset: 0 }
  let growth = bytes
  for (const [buffer, end] of buffers.entries()) {
    if (taken.has(buffer)) continue
    const offset = lowestGap(
      alive.filter(region => region.buffer === buffer),
      bytes,
    )
    const needed = Math.max(0, offset + bytes - end)
    if (offset + bytes <= maxBufferSize && needed < growth) {
      best = { buffer, offset }
      growth = needed
    }
  }
  return best
}
