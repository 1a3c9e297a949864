import { runs } from '@depthwise/testing/soak'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Tensor, tensor } from '../../src/index.ts'
import { computed, float } from './one-step.ts'

// The post-process of SSDs against its definition written once more: by repeatedly taking the best that is left.

const f = Math.fround

interface Case {
  readonly encodings: readonly number[]
  readonly scores: readonly number[]
  readonly anchors: readonly number[]
  readonly classes: number
  readonly background: boolean
  readonly classWise: boolean
  readonly maxDetections: number
  readonly maxClassesPerDetection: number
  readonly detectionsPerClass: number
  readonly scoreThreshold: number
  readonly iouThreshold: number
}

const scales = [10, 10, 5, 5] as const

/** Corners of an anchor's box. */
function boxOf({ encodings, anchors }: Case, i: number): readonly number[] {
  const [y, x, h, w] = encodings.slice(4 * i, 4 * i + 4) as [number, number, number, number]
  const [ay, ax, ah, aw] = anchors.slice(4 * i, 4 * i + 4) as [number, number, number, number]
  const [cy, cx] = [f((y / scales[0]) * ah + ay), f((x / scales[1]) * aw + ax)]
  const [hh, hw] = [f(0.5 * Math.exp(h / scales[2]) * ah), f(0.5 * Math.exp(w / scales[3]) * aw)]
  return [f(cy - hh), f(cx - hw), f(cy + hh), f(cx + hw)]
}

function iou(a: readonly number[], b: readonly number[]): number {
  const area = ([y0, x0, y1, x1]: readonly number[]): number => f(f(y1! - y0!) * f(x1! - x0!))
  if (area(a) <= 0 || area(b) <= 0) return 0
  const height = f(Math.min(a[2]!, b[2]!) - Math.max(a[0]!, b[0]!))
  const width = f(Math.min(a[3]!, b[3]!) - Math.max(a[1]!, b[1]!))
  const shared = f(Math.max(height, 0) * Math.max(width, 0))
  return f(shared / f(f(area(a) + area(b)) - shared))
}

interface Found {
  readonly box: number
  readonly class: number
  readonly score: number
}

/** Takes the best of the rest, the first of equals, and drops what it overlaps, up to `most` times. */
function greedy(given: readonly Found[], c: Case, most: number): readonly Found[] {
  let left = given.filter(({ score }) => score >= c.scoreThreshold)
  const taken: Found[] = []
  while (left.length > 0 && taken.length < most) {
    const best = left.reduce((best, each) => (each.score > best.score ? each : best))
    taken.push(best)
    left = left.filter(each => each !== best && !(iou(boxOf(c, best.box), boxOf(c, each.box)) > c.iouThreshold))
  }
  return taken
}

/** The largest of a list, the first of equals, over and over: what a stable sort gives. */
function best(given: readonly Found[], most: number): readonly Found[] {
  const left = [...given]
  const taken: Found[] = []
  while (left.length > 0 && taken.length < most) {
    let at = 0
    for (const [i, { score }] of left.entries()) {
      const standing = left[at]?.score as number
      if (score > standing || (Number.isNaN(standing) && !Number.isNaN(score))) at = i
    }
    taken.push(...left.splice(at, 1))
  }
  return taken
}

function expected(c: Case): readonly (readonly number[])[] {
  const columns = c.classes + (c.background ? 1 : 0)
  const count = c.anchors.length / 4
  const room = c.maxDetections * c.maxClassesPerDetection
  const of = (box: number): readonly Found[] =>
    Array.from({ length: c.classes }, (_, k) => {
      return { box, class: k, score: c.scores[box * columns + k + columns - c.classes] as number }
    })
  const boxes = Array.from({ length: 4 * room }, () => 0)
  const classes = Array.from({ length: room }, () => 0)
  const scores = [...classes]
  const put = (place: number, found: Found): void => {
    boxes.splice(4 * place, 4, ...boxOf(c, found.box))
    classes[place] = found.class
    scores[place] = found.score
  }
  const all = Array.from({ length: count }, (_, box) => box)
  if (c.classWise) {
    const each = Array.from({ length: c.classes }, (_, k) =>
      greedy(
        all.map(box => of(box)[k] as Found),
        c,
        Math.min(c.detectionsPerClass, c.maxDetections),
      ),
    )
    const kept = best(each.flat(), c.maxDetections)
    for (const [place, found] of kept.entries()) put(place, found)
    return [boxes, classes, scores, [kept.length]]
  }
  const kept = greedy(
    all.map(box => best(of(box), 1)[0] as Found),
    c,
    c.maxDetections,
  )
  for (const [at, { box }] of kept.entries()) {
    for (const [k, found] of best(of(box), c.maxClassesPerDetection).entries())
      put(at * c.maxClassesPerDetection + k, found)
  }
  return [boxes, classes, scores, [kept.length]]
}

function found(c: Case): readonly (readonly number[])[] {
  const count = c.anchors.length / 4
  const room = c.maxDetections * c.maxClassesPerDetection
  const constants: readonly Tensor[] = [
    tensor([1, count, 4], c.encodings),
    tensor([1, count, c.scores.length / count], c.scores),
    tensor([count, 4], c.anchors),
  ]
  const { encodings: _, scores: __, anchors: ___, background: ____, ...options } = c
  const op = { kind: 'detectionPostProcess', ...options, scales } as const
  const results = [float(1, room, 4), float(1, room), float(1, room), float(1)]
  return computed(op, constants, ...results).map(({ data }) => [...data])
}

/** Few numbers, so that ties, boxes without area and coinciding boxes are frequent. */
const coordinate = fc.constantFrom(-2, -1, 0, 0.5, 1, 3).map(f)
const score = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(0, 0.25, 0.5, 0.75, 1) },
  { weight: 3, arbitrary: fc.float({ min: 0, max: 1, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity) },
)
const place = fc.constantFrom(0, 0.1, 0.25, 0.5, 1).map(f)

const cases: fc.Arbitrary<Case> = fc
  .record({ count: fc.integer({ min: 1, max: 14 }), classes: fc.integer({ min: 1, max: 4 }), background: fc.boolean() })
  .chain(({ count, classes, background }) => {
    const exactly = (length: number) => ({ minLength: length, maxLength: length })
    return fc.record({
      encodings: fc.array(coordinate, exactly(4 * count)),
      scores: fc.array(score.map(f), exactly(count * (classes + (background ? 1 : 0)))),
      anchors: fc.array(place, exactly(4 * count)),
      classes: fc.constant(classes),
      background: fc.constant(background),
      classWise: fc.boolean(),
      maxDetections: fc.constantFrom(1, 2, 5, 100),
      maxClassesPerDetection: fc.constantFrom(1, 2, 3),
      detectionsPerClass: fc.constantFrom(1, 3, 100),
      scoreThreshold: fc.constantFrom(0, 0.25, 0.5, 1.5),
      iouThreshold: fc.constantFrom(0.1, 0.5, 1),
    })
  })

describe('the post-process of SSDs', () => {
  test('finds what its definition finds, in the same order', () => {
    fc.assert(
      fc.property(cases, c => {
        expect(found(c)).toEqual(expected(c))
      }),
      runs(300, 20_000),
    )
  })

  const one = { encodings: [0, 0, 0, 0], anchors: [0.5, 0.5, 1, 1], classes: 1, background: false } as const
  const few = { maxDetections: 2, maxClassesPerDetection: 1, detectionsPerClass: 100, iouThreshold: 0.5 } as const

  test.each([true, false])('gives zeros where nothing is found (class-wise: %s)', classWise => {
    for (const scores of [[0.4], [Number.NaN]])
      expect(found({ ...one, ...few, classWise, scores, scoreThreshold: 0.5 })).toEqual([
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0],
        [0, 0],
        [0],
      ])
  })

  test.each([true, false])('finds a hundred boxes that do not touch (class-wise: %s)', classWise => {
    const places = Array.from({ length: 120 }, (_, i) => i)
    const c = {
      ...few,
      encodings: places.flatMap(() => [0, 0, 0, 0]),
      anchors: places.flatMap(i => [f(i / 100), 0.5, f(0.005), 1]),
      scores: places.map(i => f(0.9 - i / 1000)),
      classes: 1,
      background: false,
      classWise,
      maxDetections: 100,
      scoreThreshold: 0.5,
    }
    const [, , scores, count] = found(c)
    expect(count).toEqual([100])
    expect(scores).toEqual(c.scores.slice(0, 100))
  })
})
