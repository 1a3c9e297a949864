/**
 * The edit distance of two texts: how many letters must be inserted, deleted, replaced, or swapped with their neighbour to turn
 * one into the other (optimal string alignment). Case does not count.
 */
export function editDistance(a: string, b: string): number {
  const [from, to] = [a.toLowerCase(), b.toLowerCase()]
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, j) => j)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1]
      let min = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1))
      const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      if (isSwapped) min = Math.min(min, beforeLast[j - 2]! + 1)
      row.push(min)
    }
    beforeLast = last
    last = row
  }
  return last[to.length] as number
}

/**
 * The candidate that a mistyped text most likely means: the one at the smallest edit distance, if that is at most a third of the
 * longer text's length (or 1), or the only one that begins with the text. Undefined where none is that close.
 */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined
  let min = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const longer = Math.max(text.length, candidate.length)
    // The lengths alone rule most candidates out.
    if (Math.abs(text.length - candidate.length) > Math.max(1, longer / 3)) continue
    const distance = editDistance(text, candidate)
    const isNear = distance <= Math.max(1, Math.floor(longer / 3)) && distance < Math.min(text.length, candidate.length)
    if (isNear && distance < min) {
      best = candidate
      min = distance
    }
  }
  if (best !== undefined || text.length < 3) return best
  const [only, ...others] = candidates.filter(each => each.toLowerCase().startsWith(text.toLowerCase()))
  return others.length === 0 ? only : undefined
}

/** ` Did you mean X?`, to put behind an error's sentence; empty where nothing is near. */
export function didYouMean(text: string, candidates: readonly string[]): string {
  const candidate = nearest(text, candidates)
  return candidate === undefined ? '' : ` Did you mean ${candidate}?`
}
