import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { liveRanges, lowestGap, planArena } from '../src/backend.ts'

const request = fc
  .tuple(fc.integer({ min: 0, max: 5000 }), fc.nat(20), fc.nat(6))
  .map(([bytes, first, life]) => ({ bytes, first, last: first + life }))

describe('an arena', () => {
  it('keeps values apart that live at the same time, and is as large as its last byte', () => {
    const property = fc.property(
      fc.array(request, { maxLength: 30 }),
      fc.constantFrom(undefined, 1, 64),
      (ranges, alignment) => {
        const { offsets, bytes } = planArena(ranges, alignment)
        const ends = ranges.map((value, i) => (offsets[i] as number) + value.bytes)
        expect(Math.max(0, ...ends)).toBeLessThanOrEqual(bytes)
        expect(bytes % (alignment ?? 1)).toBe(0)
        for (const [i, a] of ranges.entries()) {
          expect((offsets[i] as number) % (alignment ?? 1)).toBe(0)
          for (const [j, b] of ranges.entries()) {
            if (i === j || a.last < b.first || b.last < a.first || a.bytes === 0 || b.bytes === 0) continue
            expect(ends[i]! <= offsets[j]! || ends[j]! <= offsets[i]!).toBe(true)
          }
        }
      },
    )
    fc.assert(property)
  })

  it('reuses memory: a chain of equal values takes room for two', () => {
    const chain = Array.from({ length: 10 }, (_, i) => ({ bytes: 640, first: i, last: i + 1 }))
    expect(planArena(chain, 64).bytes).toBe(1280)
    expect(planArena(chain)).toEqual({ offsets: chain.map((_, i) => (i % 2) * 640), bytes: 1280 })
  })

  it('places the largest first, those of one size in their order, where they fit', () => {
    const ranges = [10, 30, 30, 5].map(bytes => ({ bytes, first: 0, last: 0 }))
    expect(planArena(ranges)).toEqual({ offsets: [60, 0, 30, 70], bytes: 75 })
    expect(planArena([])).toEqual({ offsets: [], bytes: 0 })
  })

  it('has its lowest gap between regions in any order, or behind them', () => {
    const taken = [
      { offset: 50, bytes: 10 },
      { offset: 0, bytes: 10 },
      { offset: 5, bytes: 15 },
    ]
    expect([30, 31, 0].map(bytes => lowestGap(taken, bytes))).toEqual([20, 60, 0])
    expect(lowestGap([], 7)).toBe(0)
  })
})

describe('live ranges', () => {
  // 0 and 1 are inputs; 1 is never read; 4 is an output that is read before the end, 5 is never read.
  const graph = { inputs: [0, 1], outputs: [4] }
  const steps = [
    { reads: [0], result: 2 },
    { reads: [2, 0], result: 3 },
    { reads: [3], result: 4 },
    { reads: [4, 3], result: 5 },
  ]

  it('begin where values are computed and end where they are read last, or behind it all', () => {
    expect([...liveRanges(graph, steps)]).toEqual([
      [0, { first: -1, last: 1 }],
      [1, { first: -1, last: -1 }],
      [2, { first: 0, last: 1 }],
      [3, { first: 1, last: 3 }],
      [4, { first: 2, last: 4 }],
      [5, { first: 3, last: 3 }],
    ])
  })

  it('of a value are those of its views, too', () => {
    const home = (id: number): number => (id === 3 || id === 4 ? 2 : id)
    expect([...liveRanges(graph, steps, home)]).toEqual([
      [0, { first: -1, last: 1 }],
      [1, { first: -1, last: -1 }],
      [2, { first: 0, last: 4 }],
      [5, { first: 3, last: 3 }],
    ])
  })
})
