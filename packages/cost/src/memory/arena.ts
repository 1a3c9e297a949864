/** A stretch of memory that is taken from one step to another, both included. */
export interface Span {
  readonly bytes: number
  readonly from: number
  readonly to: number
}

/**
 * Where each span lies in one arena: the largest first, each at the lowest address that is free all its life (greedy by size;
 * Pisarchyk and Lee, arXiv:2001.03288, section 5.2).
 * @returns addresses in the order of the spans
 */
export function placeSpans(spans: readonly Span[]): readonly number[] {
  const addresses = spans.map(() => 0)
  const placed: number[] = []
  const order = spans.map((_, index) => index).toSorted((a, b) => spanAt(spans, b).bytes - spanAt(spans, a).bytes)
  for (const index of order) {
    const span = spanAt(spans, index)
    const neighbours = placed
      .filter(other => overlaps(span, spanAt(spans, other)))
      .toSorted((a, b) => (addresses[a] as number) - (addresses[b] as number))
    let address = 0
    for (const other of neighbours) {
      const start = addresses[other] as number
      if (start >= address + span.bytes) break
      address = Math.max(address, start + spanAt(spans, other).bytes)
    }
    addresses[index] = address
    placed.push(index)
  }
  return addresses
}

const spanAt = (spans: readonly Span[], index: number): Span => spans[index] as Span
const overlaps = (a: Span, b: Span): boolean => a.from <= b.to && b.from <= a.to
