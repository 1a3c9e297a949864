import type { Tensor } from '../tensor.ts'
import { realsOf, refuse, resultOf, type TailKernel } from './step.ts'

const f = Math.fround

/** Boxes as rows of y0, x0, y1, x1. */
type Boxes = Float32Array

interface Candidate {
  readonly box: number
  readonly class: number
  readonly score: number
}

/**
 * Box encodings `[1, anchors, 4]` (centre y, centre x, height, width), scores `[1, anchors, columns]` and anchors `[anchors, 4]` to
 * boxes `[1, n, 4]`, classes `[1, n]`, scores `[1, n]` and their count `[1]`, as the custom operator of TensorFlow Lite computes them
 * (tensorflow/lite/kernels/detection_postprocess.cc). Of the columns, those before the classes are background. `n` is
 * `maxDetections * maxClassesPerDetection`; what is not found is 0. A score that is not a number is never found.
 */
export const detectionPostProcess: TailKernel<'detectionPostProcess'> = (op, call) => {
  const [encodings, scores, anchors] = call.operands as readonly [Tensor, Tensor, Tensor]
  const [, count = 0, coordinates = 0] = encodings.shape
  const [, rows = 0, columns = 0] = scores.shape
  const fits = encodings.shape.length === 3 && encodings.shape[0] === 1 && coordinates >= 4
  if (!fits) refuse(call, 'box encodings of 1 x anchors x 4', encodings.shape.join('x'))
  if (scores.shape.length !== 3 || rows !== count)
    refuse(call, `scores of 1 x ${count} x classes`, scores.shape.join('x'))
  if (anchors.shape.join() !== `${count},4`) refuse(call, `anchors of ${count}x4`, anchors.shape.join('x'))
  const background = columns - op.classes
  if (background < 0) refuse(call, `scores of at least ${op.classes} classes`, `${columns}`)
  const boxes = decoded(realsOf(encodings, call), coordinates, realsOf(anchors, call), op.scales)
  const scoresOf = realsOf(scores, call)
  const perBox = Math.min(op.maxClassesPerDetection, op.classes)
  const room = op.maxDetections * op.maxClassesPerDetection
  const score = (box: number, at: number): number => scoresOf[box * columns + background + at]!
  const found = op.classWise ? byClass(op, boxes, score) : byBest(op, boxes, score, perBox)
  const detections = [
    resultOf(call, [1, room, 4]),
    resultOf(call, [1, room], 1),
    resultOf(call, [1, room], 2),
    resultOf(call, [1], 3),
  ] as const
  for (const [at, each] of found.kept.entries()) {
    detections[0].data.set(boxes.subarray(4 * each.box, 4 * each.box + 4) as never, 4 * at)
    detections[1].data[at] = each.class
    detections[2].data[at] = each.score
  }
  detections[3].data[0] = found.count
  return detections
}

type Options = Parameters<typeof detectionPostProcess>[0]
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
  const sorted = candidates.filter(({ score }) => score >= op.scoreThreshold).toSorted((a, b) => b.score - a.score)
  const kept: Candidate[] = []
  for (const each of sorted) {
    if (kept.length >= most) break
    if (kept.every(other => !(overlap(boxes, other.box, each.box) > op.iouThreshold))) kept.push(each)
  }
  return kept
}

const indices = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

/** Each box by its best class; of the boxes that are kept, several classes. */
function byBest(op: Options, boxes: Boxes, score: Score, perBox: number) {
  const best = indices(boxes.length / 4).map((box): Candidate => {
    let at = 0
    for (let c = 1; c < op.classes; c++) if (score(box, c) > score(box, at) || Number.isNaN(score(box, at))) at = c
    return { box, class: at, score: score(box, at) }
  })
  const kept = suppressed(best, boxes, op, op.maxDetections)
  const classes = kept.flatMap(({ box }) =>
    indices(op.classes)
      .toSorted((a, b) => score(box, b) - score(box, a))
      .slice(0, perBox)
      .map((each): Candidate => ({ box, class: each, score: score(box, each) })),
  )
  return { kept: classes, count: kept.length }
}

/** Every class by itself; then the best of all. */
function byClass(op: Options, boxes: Boxes, score: Score) {
  const most = Math.min(op.detectionsPerClass, op.maxDetections)
  let kept: readonly Candidate[] = []
  for (let c = 0; c < op.classes; c++) {
    const candidates: Candidate[] = []
    for (let box = 0; box < boxes.length / 4; box++) {
      const own = score(box, c)
      if (own >= op.scoreThreshold) candidates.push({ box, class: c, score: own })
    }
    const joined = [...kept, ...suppressed(candidates, boxes, op, most)]
    kept = joined.toSorted((a, b) => b.score - a.score).slice(0, op.maxDetections)
  }
  return { kept, count: kept.length }
}
