import { OptionError } from '@depthwise/core'
import { runs } from '@depthwise/testing/soak'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type BoxRows,
  decodeBoxes,
  type Kept,
  overlap,
  ssdCoding,
  suppressClassWise,
  suppressFast,
  suppressWeighted,
} from '../src/heads/index.ts'
import { checkSuppression } from '../src/heads/suppression.ts'

type Corners = readonly [x0: number, y0: number, x1: number, y1: number]

/** Few values, so that ties, equal boxes and empty ones are common. */
const coordinate = fc.constantFrom(0, 0.1, 0.25, 0.5, 0.55, 0.75, 1)
const corners = fc.tuple(coordinate, coordinate, coordinate, coordinate)
const score = fc.constantFrom(Number.NaN, 0, 0.1, 0.3, 0.5, 0.5, 0.7, 0.9, 1)
const limits = fc.record({
  threshold: fc.constantFrom(0, 0.3, 0.5, 1),
  iouThreshold: fc.constantFrom(0, 0.3, 0.5, 1),
  maxResults: fc.integer({ min: 1, max: 100 }),
})

const scene = fc.integer({ min: 1, max: 4 }).chain(classes =>
  fc
    .array(fc.tuple(corners, fc.array(score, { minLength: classes, maxLength: classes })), { maxLength: 100 })
    .map(objects => ({
      classes,
      boxes: objects.map(([box]) => box as Corners),
      scores: objects.flatMap(([, each]) => each),
    })),
)

const rowsOf = (boxes: readonly Corners[]): BoxRows => ({ values: Float64Array.from(boxes.flat()), width: 4 })

/** Intersection over union, by the definition of each. */
function iou(a: Corners, b: Corners): number {
  const area = ([x0, y0, x1, y1]: Corners): number => (x1 > x0 && y1 > y0 ? (x1 - x0) * (y1 - y0) : 0)
  if (area(a) === 0 || area(b) === 0) return 0
  const both: Corners = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]
  return area(both) / (area(a) + area(b) - area(both))
}

interface Limits {
  readonly threshold: number
  readonly iouThreshold: number
  readonly maxResults: number
}

/** Suppression the other way round: the best that is left is taken, and what it overlaps is crossed out. */
function takenInTurn(
  boxes: readonly Corners[],
  candidates: readonly Kept[],
  { iouThreshold, maxResults }: Limits,
): Kept[] {
  let left = [...candidates]
  const taken: Kept[] = []
  while (left.length > 0 && taken.length < maxResults) {
    const top = Math.max(...left.map(each => each.score))
    const best = left.find(each => each.score === top) as Kept
    taken.push(best)
    left = left.filter(
      each => each !== best && !(iou(boxes[best.row] as Corners, boxes[each.row] as Corners) > iouThreshold),
    )
  }
  return taken
}

const isGood = ({ threshold }: Limits, chance: number): boolean => !Number.isNaN(chance) && chance >= threshold

describe('suppression is its definition', () => {
  it('overlap: of any two boxes', () => {
    fc.assert(
      fc.property(corners, corners, (a, b) => {
        expect(overlap(rowsOf([a, b]), 0, 1)).toBeCloseTo(iou(a, b), 12)
      }),
      runs(200, 20_000),
    )
  })

  it('class-wise', () => {
    fc.assert(
      fc.property(scene, limits, ({ classes, boxes, scores }, options) => {
        const all: Kept[] = []
        for (let index = 0; index < classes; index++) {
          const candidates = boxes
            .map((_, row) => ({ row, index, score: scores[row * classes + index] as number }))
            .filter(each => isGood(options, each.score))
          all.push(...takenInTurn(boxes, candidates, options))
        }
        // The last of the best is found by counting those before it: higher scores, or equal ones of earlier classes and rows.
        const rank = (one: Kept): number =>
          all.filter((other, at) => other.score > one.score || (other.score === one.score && at < all.indexOf(one)))
            .length
        const expected = all.filter(each => rank(each) < options.maxResults)
        const kept = suppressClassWise(rowsOf(boxes), scores, classes, options)
        expect(kept.map(each => all.findIndex(other => other.row === each.row && other.index === each.index))).toEqual(
          expected.toSorted((a, b) => rank(a) - rank(b)).map(each => all.indexOf(each)),
        )
      }),
      runs(200, 10_000),
    )
  })

  it('fast', () => {
    fc.assert(
      fc.property(scene, limits, ({ classes, boxes, scores }, options) => {
        const candidates = boxes.flatMap((_, row) => {
          const own = scores.slice(row * classes, (row + 1) * classes)
          const numbers = own.filter(each => !Number.isNaN(each))
          if (numbers.length === 0) return []
          const top = Math.max(...numbers)
          return isGood(options, top) ? [{ row, index: own.indexOf(top), score: top }] : []
        })
        expect(suppressFast(rowsOf(boxes), scores, classes, options)).toEqual(takenInTurn(boxes, candidates, options))
      }),
      runs(200, 10_000),
    )
  })

  it('weighted', () => {
    fc.assert(
      fc.property(scene, limits, ({ classes, boxes, scores }, options) => {
        const chances = boxes.map((_, row) => scores[row * classes] as number)
        let left = boxes.map((_, row) => row).filter(row => isGood(options, chances[row] as number))
        const expected: { readonly values: number[]; readonly score: number }[] = []
        while (left.length > 0 && expected.length < options.maxResults) {
          const top = Math.max(...left.map(row => chances[row] as number))
          const best = left.find(row => chances[row] === top) as number
          const members = left.filter(
            row => row === best || iou(boxes[best] as Corners, boxes[row] as Corners) > options.iouThreshold,
          )
          left = left.filter(row => !members.includes(row))
          const weights = members.map(row => (top === 0 ? 1 : (chances[row] as number)))
          const total = weights.reduce((sum, weight) => sum + weight, 0)
          const values = [0, 1, 2, 3].map(field =>
            members.reduce(
              (sum, row, i) => sum + ((weights[i] as number) * (boxes[row]?.[field] as number)) / total,
              0,
            ),
          )
          expected.push({ values, score: top })
        }
        const merged = suppressWeighted(rowsOf(boxes), chances, options)
        expect(merged.map(each => each.score)).toEqual(expected.map(each => each.score))
        for (const [i, { values }] of merged.entries()) {
          for (const [j, value] of values.entries()) expect(value).toBeCloseTo(expected[i]?.values[j] as number, 9)
        }
      }),
      runs(200, 10_000),
    )
  })

  it('takes nothing out of nothing, and keeps 100 boxes that lie apart', () => {
    const all = { threshold: 0.5, iouThreshold: 0.5, maxResults: 100 }
    for (const suppress of [suppressClassWise, suppressFast]) {
      expect(suppress(rowsOf([]), [], 3, all)).toEqual([])
      const apart = Array.from({ length: 100 }, (_, i): Corners => [i, 0, i + 1, 1])
      expect(
        suppress(
          rowsOf(apart),
          apart.map(() => 0.6),
          1,
          all,
        ).map(({ row }) => row),
      ).toEqual([...apart.keys()])
      expect(
        suppress(
          rowsOf(apart),
          apart.map(() => Number.NaN),
          1,
          all,
        ),
      ).toEqual([])
    }
    expect(suppressWeighted(rowsOf([]), [], all)).toEqual([])
  })
})

describe('limits out of their domain', () => {
  const good = { threshold: 0.5, iouThreshold: 0.5, maxResults: 1 }
  it.each([
    ['threshold', { ...good, threshold: Number.NaN }],
    ['threshold', { ...good, threshold: -0.1 }],
    ['iouThreshold', { ...good, iouThreshold: 1.1 }],
    ['maxResults', { ...good, maxResults: 0 }],
    ['maxResults', { ...good, maxResults: 1.5 }],
  ])('%s is refused', (name, options) => {
    expect(() => checkSuppression(options)).toThrow(OptionError)
    expect(() => checkSuppression(options)).toThrow(`option ${name}`)
    expect(() => checkSuppression(good)).not.toThrow()
  })
})

describe('decoding boxes', () => {
  const real = fc.double({ min: -20, max: 20, noNaN: true })
  const share = fc.double({ min: 0.01, max: 1, noNaN: true })
  const anchor = fc.tuple(share, share, share, share)

  it('of an SSD is its definition', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.tuple(real, real, real, real), anchor), { maxLength: 20 }), objects => {
        const all = decodeBoxes(
          objects.flatMap(([encoding]) => encoding),
          objects.flatMap(([, box]) => box),
          ssdCoding,
          [...objects.keys()],
        )
        for (const [i, [[ty, tx, th, tw], [y, x, h, w]]] of objects.entries()) {
          const [x0, y0, x1, y1] = all.subarray(4 * i, 4 * i + 4) as unknown as Corners
          expect((x0 + x1) / 2).toBeCloseTo((tx / 10) * w + x, 9)
          expect((y0 + y1) / 2).toBeCloseTo((ty / 10) * h + y, 9)
          expect(Math.log((x1 - x0) / w)).toBeCloseTo(tw / 5, 9)
          expect(Math.log((y1 - y0) / h)).toBeCloseTo(th / 5, 9)
        }
      }),
      runs(100, 5000),
    )
  })

  it('with keypoints, x first, only of the rows that are asked for', () => {
    const coding = { order: 'xy', scales: [200, 100, 200, 100], extents: 'linear', keypoints: 1 } as const
    const encodings = [9, 9, 9, 9, 9, 9, 10, 20, 30, 40, 5, 6]
    const anchors = [0, 0, 1, 1, 0.5, 0.25, 1, 1]
    const [x0, y0, x1, y1, x, y] = decodeBoxes(encodings, anchors, coding, [1])
    expect([x0, y0, x1, y1]).toEqual([0.25 + 0.1 - 0.15, 0.5 + 0.1 - 0.1, 0.25 + 0.1 + 0.15, 0.5 + 0.1 + 0.1])
    expect([x, y]).toEqual([0.25 + 0.05, 0.5 + 0.03])
  })
})
