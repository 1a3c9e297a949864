/** Which indices of an axis a slice keeps: `count` of them, from `first` on. */
export interface SliceRange {
  readonly first: number
  readonly step: number
  readonly count: number
}

/**
 * A slice as Python computes it: negative positions count from the end, and those beyond an end are at it.
 * @param begin null, as `end`, where the slice leaves it open
 * @param step not 0; negative ones run backwards
 */
export function sliceRange(extent: number, begin: number | null, end: number | null, step: number): SliceRange {
  const [min, max] = step > 0 ? [0, extent] : [-1, extent - 1]
  const within = (position: number): number => Math.min(Math.max(position < 0 ? position + extent : position, min), max)
  const first = within(begin ?? (step > 0 ? 0 : extent - 1))
  const last = end === null ? (step > 0 ? max : min) : within(end)
  return { first, step, count: Math.max(0, Math.ceil((last - first) / step)) }
}

/** The numbers of a list that a slice keeps. */
export function sliced(values: ArrayLike<number>, { first, step, count }: SliceRange): readonly number[] {
  return Array.from({ length: count }, (_, i) => values[first + i * step] as number)
}
