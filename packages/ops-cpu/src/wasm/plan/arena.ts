import { roundUp } from './layout.ts'

/** Memory that is wanted from one step to another, both included. */
export interface LiveRange {
  readonly bytes: number
  readonly first: number
  readonly last: number
}

export interface ArenaPlan {
  /** Byte offset of each range, in the order given. */
  readonly offsets: readonly number[]
  /** Size of the arena: the peak of activation memory. */
  readonly bytes: number
}

/** Lines of the caches; also keeps threads from writing to one line. */
const alignment = 64

/**
 * Gives every range an offset such that those alive at the same time do not overlap: largest first, each at the lowest
 * offset that is free throughout its life (greedy by size; Pisarchyk and Lee, arXiv:2001.03288).
 */
export function planArena(ranges: readonly LiveRange[]): ArenaPlan {
  const offsets = new Array<number>(ranges.length).fill(0)
  const placed: { readonly range: LiveRange; readonly start: number; readonly end: number }[] = []
  const order = ranges.map((_, index) => index).sort((a, b) => size(b) - size(a) || a - b)
  let bytes = 0
  for (const index of order) {
    const range = ranges[index] as LiveRange
    const neighbours = placed
      .filter(other => other.range.first <= range.last && range.first <= other.range.last)
      .sort((a, b) => a.start - b.start)
    let start = 0
    for (const other of neighbours) {
      if (start + size(index) <= other.start) break
      start = Math.max(start, other.end)
    }
    const end = start + size(index)
    offsets[index] = start
    bytes = Math.max(bytes, end)
    placed.push({ range, start, end })
  }
  return { offsets, bytes }

  function size(index: number): number {
    return roundUp((ranges[index] as LiveRange).bytes, alignment)
  }
}
