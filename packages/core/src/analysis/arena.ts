import type { LiveRange } from './live-ranges.ts'

/** A stretch of a memory that is in use. */
export interface Region {
  readonly offset: number
  readonly bytes: number
}

/** Memory that is wanted for a while. */
export interface ArenaRequest extends LiveRange {
  readonly bytes: number
}

/** Where requests lie in one memory. */
export interface ArenaPlan {
  /** Byte offset of each request, in the order given. */
  readonly offsets: readonly number[]
  /** Size of the memory. */
  readonly bytes: number
}

/** The lowest offset at which `bytes` bytes are free beside the regions in use; at worst behind the last of them. */
export function lowestGap(taken: readonly Region[], bytes: number): number {
  let offset = 0
  for (const region of taken.toSorted((a, b) => a.offset - b.offset)) {
    if (offset + bytes <= region.offset) break
    offset = Math.max(offset, region.offset + region.bytes)
  }
  return offset
}

/**
 * Gives every request an offset in one memory such that those alive at the same time do not overlap: largest first, each at
 * the lowest offset that is free throughout its life (greedy by size; Pisarchyk and Lee, arXiv:2001.03288, section 5.2).
 * @param alignment - offsets and sizes are multiples of so many bytes
 */
export function planArena(requests: readonly ArenaRequest[], alignment = 1): ArenaPlan {
  const rounded = requests.map(request => ({ ...request, bytes: Math.ceil(request.bytes / alignment) * alignment }))
  const placed: (ArenaRequest & Region)[] = []
  const offsets = new Map<ArenaRequest, number>()
  let end = 0
  for (const request of rounded.toSorted((a, b) => b.bytes - a.bytes)) {
    const { first, last, bytes } = request
    const offset = lowestGap(
      placed.filter(other => other.first <= last && first <= other.last),
      bytes,
    )
    placed.push({ first, last, bytes, offset })
    offsets.set(request, offset)
    end = Math.max(end, offset + bytes)
  }
  return { offsets: rounded.map(request => offsets.get(request) as number), bytes: end }
}
