import { formatShape, type Shape, sameShape, type Tensor } from '../tensor.ts'
import { falling } from './reductions.ts'
import { type Refuse, realsOf, type TailKernel } from './step.ts'
import type { DetectionPostProcessOp } from './tail.ts'

const f = Math.fround

/** Boxes as rows of y0, x0, y1, x1. */
type Boxes = Float32Array

interface Candidate {
  readonly box: number
  readonly class: number
  readonly score: number
}

/** Comparisons of boxes at most, which take seconds; SSDs of the largest inputs need a tenth. */
const maxComparisons = 2 ** 32

/** The shapes of what is found: boxes `[1, n, 4]`, classes `[1, n]`, scores `[1, n]` and their count `[1]`. */
export function detectionShapes(
  op: DetectionPostProcessOp,
  [encodings = [], scores = [], anchors = []]: readonly Shape[],
  _count: number,
  refuse: Refuse,
): readonly Shape[] {
  const [batch, count = 0, coordinates = 0] = encodings
  if (encodings.length !== 3 || batch !== 1 || coordinates < 4)
    return refuse('box encodings of 1 x anchors x 4', formatShape(encodings))
  const columns = scores[2] ?? 0
  if (!sameShape(scores, [1, count, columns])) return refuse(`scores of 1x${count} x classes`, formatShape(scores))
  if (!sameShape(anchors, [count, 4])) return refuse(`anchors of ${count}x4`, formatShape(anchors))
  if (columns < op.classes) return refuse(`scores of at least ${op.classes} classes`, `${columns}`)
  const kept = Math.min(count, op.maxDetections)
  const comparisons = (op.classWise ? op.classes : 1) * kept * count
  if (comparisons > maxComparisons)
    return refuse(`at most ${maxComparisons} comparisons of boxes`, `up to ${comparisons}`)
  const room = op.maxDetections * op.maxClassesPerDetection
  return [[1, room, 4], [1, room], [1, room], [1]]
}

/**
 * Box encodings `[1, anchors, 4]` (centre y, centre x, height, width), scores `[1, anchors, columns]` and anchors `[anchors, 4]` to
 * boxes, classes, scores and their count, as the custom operator of TensorFlow Lite computes them
 * (tensorflow/lite/kernels/detection_postprocess.cc). Of the columns, those before the classes are background. There is room for
 * `maxDetections * maxClassesPerDetection`; what is not found is 0. A score that is not a number is never found; a box that has
 * corners in the wrong order, which the operator refuses, overlaps no other.
 */
export const detectionPostProcess: TailKernel<'detectionPostProcess'> = (op, { operands, results }) => {
  const [encodings, scores, anchors] = operands as readonly [Tensor, Tensor, Tensor]
  const [boxesFound, classesFound, scoresFound, count] = results as readonly [Tensor, Tensor, Tensor, Tensor]
  const [coordinates, columns] = [encodings.shape[2] as number, scores.shape[2] as number]
  const boxes = decoded(realsOf(encodings), coordinates, realsOf(anchors), op.scales)
  const reals = realsOf(scores)
  const score = (box: number, at: number): number => reals[box * columns + columns - op.classes + at]!
  const found = op.classWise ? byClass(op, boxes, score) : byBest(op, boxes, score)
  for (const { box, class: index, score: own, place } of found.kept) {
    boxesFound.data.set(boxes.subarray(4 * box, 4 * box + 4) as never, 4 * place)
    classesFound.data[place] = index
    scoresFound.data[place] = own
  }
  count.data[0] = found.count
}

type Options = DetectionPostProcessOp
type Score = (box: number, at: number) => number

/** Boxes of encodings, in double and then rounded, as the operator does. */
function decoded(encodings: Float32Array, step: number, anchors: Float32Array, scales: Options['scales']): Boxes {
  const count = anchors.length / 4
  const boxes = new Float32Array(4 * count)
  for (let i = 0; i < count; i++) {
    const [y, x, h, w] = encodings.subarray(i * step, i * step + 4) as unknown as readonly [
      number,
      number,
      number,
      number,
    ]
    const [ay, ax, ah, aw] = anchors.subarray(4 * i, 4 * i + 4) as unknown as readonly [number, number, number, number]
    const centre = [f((y / scales[0]) * ah + ay), f((x / scales[1]) * aw + ax)] as const
    const half = [f(0.5 * Math.exp(h / scales[2]) * ah), f(0.5 * Math.exp(w / scales[3]) * aw)] as const
    boxes.set([centre[0] - half[0], centre[1] - half[1], centre[0] + half[0], centre[1] + half[1]], 4 * i)
  }
  return boxes
}

/** Intersection over union, in float32; 0 where a box has no area. */
function overlap(boxes: Boxes, a: number, b: number): number {
  const at = (box: number, edge: number): number => boxes[4 * box + edge]!
  const area = (box: number): number => f(f(at(box, 2) - at(box, 0)) * f(at(box, 3) - at(box, 1)))
  const [areaA, areaB] = [area(a), area(b)]
  if (areaA <= 0 || areaB <= 0) return 0
  const side = (low: number, high: number): number =>
    Math.max(f(Math.min(at(a, high), at(b, high)) - Math.max(at(a, low), at(b, low))), 0)
  const shared = f(side(0, 2) * side(1, 3))
  return f(shared / f(f(areaA + areaB) - shared))
}

/** Candidates whose score reaches the threshold, best first, of equals the first; those that overlap a kept one are dropped. */
function suppressed(candidates: readonly Candidate[], boxes: Boxes, op: Options, most: number): readonly Candidate[] {
  const sorted = candidates.filter(({ score }) => score >= op.scoreThreshold).toSorted(bestFirst)
  const kept: Candidate[] = []
  for (const each of sorted) {
    if (kept.length >= most) break
    if (kept.every(other => !(overlap(boxes, other.box, each.box) > op.iouThreshold))) kept.push(each)
  }
  return kept
}

/** A candidate that is kept, and where it stands among the results. */
type Placed = Candidate & { readonly place: number }

/** What is found, and how much of it: boxes, or boxes of a class. */
interface Found {
  readonly kept: readonly Placed[]
  readonly count: number
}

const bestFirst = (a: Candidate, b: Candidate): number => falling(a.score, b.score)

/** Each box by its best class; of the boxes that are kept, several classes, each box with room for as many as are asked for. */
function byBest(op: Options, boxes: Boxes, score: Score): Found {
  const classesOf = (box: number): readonly Candidate[] =>
    Array.from({ length: op.classes }, (_, c): Candidate => ({ box, class: c, score: score(box, c) }))
  const best: Candidate[] = []
  for (let box = 0; box < boxes.length / 4; box++) {
    let at = 0
    for (let c = 1; c < op.classes; c++) if (falling(score(box, c), score(box, at)) < 0) at = c
    best.push({ box, class: at, score: score(box, at) })
  }
  const kept = suppressed(best, boxes, op, op.maxDetections)
  const placed = kept.flatMap(({ box }, at) =>
    classesOf(box)
      .toSorted(bestFirst)
      .slice(0, op.maxClassesPerDetection)
      .map((each, place) => ({ ...each, place: at * op.maxClassesPerDetection + place })),
  )
  return { kept: placed, count: kept.length }
}

/** Every class by itself; then the best of all. */
function byClass(op: Options, boxes: Boxes, score: Score): Found {
  const most = Math.min(op.detectionsPerClass, op.maxDetections)
  let kept: readonly Candidate[] = []
  for (let c = 0; c < op.classes; c++) {
    const candidates: Candidate[] = []
    for (let box = 0; box < boxes.length / 4; box++) {
      const own = score(box, c)
      if (own >= op.scoreThreshold) candidates.push({ box, class: c, score: own })
    }
    if (candidates.length === 0) continue
    kept = [...kept, ...suppressed(candidates, boxes, op, most)].toSorted(bestFirst).slice(0, op.maxDetections)
  }
  return { kept: kept.map((each, place) => ({ ...each, place })), count: kept.length }
}
