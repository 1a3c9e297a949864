/** The nearest integer, of two as near the even one: what IEEE 754 calls `roundTiesToEven`. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  if (rest === 0.5) return below + (below % 2 === 0 ? 0 : 1)
  return rest > 0.5 ? below + 1 : below
}
