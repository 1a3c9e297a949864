/**
 * The items that none other beats: none costs less and gives as much, or gives more and costs as much. By cost, ascending.
 * Items with a null on either side take no part; of equals the first stays.
 */
export function paretoFront<T>(
  items: readonly T[],
  costOf: (item: T) => number | null,
  gainOf: (item: T) => number | null,
): readonly T[] {
  const known = items.flatMap(item => {
    const [cost, gain] = [costOf(item), gainOf(item)]
    return cost === null || gain === null ? [] : [{ item, cost, gain }]
  })
  let best = Number.NEGATIVE_INFINITY
  return known
    .toSorted((a, b) => a.cost - b.cost || b.gain - a.gain)
    .filter(({ gain }) => {
      if (gain <= best) return false
      best = gain
      return true
    })
    .map(({ item }) => item)
}
