import { formatShape, type Shape, sameShape, type Tensor } from '../tensor.ts'
import { type Refuse, realsOf, type TailKernel } from './step.ts'
import type { PosenetDecoderOp } from './tail.ts'

// PoseNet's decoder as google-coral/libcoral has it (coral/pose_estimation/posenet_decoder.cc), in cells of the heatmaps until the end.
// Papandreou et al., "PersonLab", 2018, sections 3.1 and 3.2.

/** Pairs of COCO's keypoints that the offsets between keypoints connect, in the order of the network's channels. */
const edges: readonly (readonly [from: number, to: number])[] = [
  [0, 1],
  [1, 3],
  [0, 2],
  [2, 4],
  [0, 5],
  [5, 7],
  [7, 9],
  [5, 11],
  [11, 13],
  [13, 15],
  [0, 6],
  [6, 8],
  [8, 10],
  [6, 12],
  [12, 14],
  [14, 16],
]
const keypointCount = 17
const refinementSteps = 5

interface Point {
  readonly y: number
  readonly x: number
}

interface Keypoint extends Point {
  readonly id: number
  readonly score: number
}

interface Pose {
  readonly points: readonly Point[]
  readonly scores: readonly number[]
  readonly score: number
}

/** A map of the network, rows of columns of channels. */
interface Field {
  readonly data: Float32Array
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** The channels of heatmaps, offsets and offsets between keypoints. */
const channelsOf = [keypointCount, 2 * keypointCount, 4 * edges.length] as const

/** The shapes of the poses: `[1, n, 17, 2]`, the scores of their keypoints `[1, n, 17]`, their own `[1, n]`, and their count `[1]`. */
export function poseShapes(
  { maxDetections: n }: PosenetDecoderOp,
  maps: readonly Shape[],
  _count: number,
  refuse: Refuse,
): readonly Shape[] {
  const [, height = 0, width = 0] = maps[0] as Shape
  const wanted = channelsOf.map(channels => [1, height, width, channels])
  if (!wanted.every((shape, at) => sameShape(shape, maps[at] ?? [])))
    return refuse(`maps of 1 x height x width x ${channelsOf.join(', ')}`, maps.map(formatShape).join(', '))
  return [[1, n, keypointCount, 2], [1, n, keypointCount], [1, n], [1]]
}

/**
 * Heatmaps `[1, h, w, 17]` (logits), offsets `[1, h, w, 34]` and offsets between keypoints `[1, h, w, 64]`, both in pixels, to poses
 * (y, x in pixels of the input), scores of their keypoints and of the poses, and their count; what is not found is 0.
 */
export const posenetDecoder: TailKernel<'posenetDecoder'> = (op, { operands, results }) => {
  const [heat, short, middle] = operands.map((value, place): Field => {
    const [, height = 0, width = 0, channels = 0] = value.shape
    const data = realsOf(value)
    return { data: place === 0 ? data : data.map(offset => offset / op.stride), height, width, channels }
  }) as [Field, Field, Field]
  const [keypoints, keypointScores, poseScores, count] = results as readonly [Tensor, Tensor, Tensor, Tensor]
  const radius = (op.nmsRadius / op.stride) ** 2
  const poses = decodedPoses(heat, short, middle, op.scoreThreshold, radius, op.maxDetections)
  for (const [at, { points, scores, score }] of poses.entries()) {
    for (const [k, { y, x }] of points.entries()) {
      const place = at * keypointCount + k
      keypoints.data[2 * place] = y * op.stride
      keypoints.data[2 * place + 1] = x * op.stride
      keypointScores.data[place] = scores[k]!
    }
    poseScores.data[at] = score
  }
  count.data[0] = poses.length
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const squaredDistance = (a: Point, b: Point): number => (a.y - b.y) ** 2 + (a.x - b.x) ** 2

function decodedPoses(heat: Field, short: Field, middle: Field, threshold: number, radius: number, most: number) {
  // The logit of the threshold, which libcoral keeps from being infinite.
  const roots = localMaxima(heat, short, -Math.log(1 / (threshold + 1e-6) - 1))
  const found: Pose[] = []
  for (const root of roots) {
    if (found.length >= most) break
    // Part of a person that was found already.
    if (found.some(({ points }) => squaredDistance(points[root.id] as Point, root) <= radius)) continue
    const pose = poseFrom(root, heat, short, middle)
    if (pose.score >= threshold) found.push(pose)
  }
  const byScore = (a: Pose, b: Pose): number => b.score - a.score
  return withoutOverlaps(found.toSorted(byScore), radius)
    .filter(({ score }) => score >= threshold)
    .toSorted(byScore)
}

/** Cells whose logit reaches the least one and is nowhere exceeded around it, best first, moved by their offset. */
function localMaxima(heat: Field, short: Field, least: number): readonly Keypoint[] {
  const { data, height, width } = heat
  const logit = (y: number, x: number, id: number): number => data[(y * width + x) * keypointCount + id]!
  const found: Keypoint[] = []
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let id = 0; id < keypointCount; id++) {
        const own = logit(y, x, id)
        if (!(own >= least)) continue
        let isLargest = true
        for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
          for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++)
            if (logit(v, u, id) > own) isLargest = false
        }
        if (!isLargest) continue
        const at = (y * width + x) * short.channels
        const point = { y: y + short.data[at + id]!, x: x + short.data[at + keypointCount + id]! }
        found.push({ ...inside(point, heat), id, score: own })
      }
    }
  }
  return found.toSorted((a, b) => b.score - a.score)
}

/** Follows the offsets between keypoints from one to all others, the surest first. */
function poseFrom(root: Keypoint, heat: Field, short: Field, middle: Field): Pose {
  const points = new Array<Point>(keypointCount)
  const scores = new Array<number>(keypointCount)
  const waiting: Keypoint[] = [{ ...root, score: sample(heat, root, root.id) }]
  while (waiting.length > 0) {
    let best = 0
    for (const [at, { score }] of waiting.entries()) if (score > (waiting[best] as Keypoint).score) best = at
    const [current] = waiting.splice(best, 1) as [Keypoint]
    if (points[current.id]) continue
    points[current.id] = { y: current.y, x: current.x }
    scores[current.id] = sigmoid(current.score)
    for (const [edge, [from, to]] of edges.entries()) {
      if (current.id !== from && current.id !== to) continue
      const id = current.id === from ? to : from
      if (points[id]) continue
      // Forward y, forward x, backward y, backward x.
      const block = (current.id === from ? 0 : 2) * edges.length + edge
      const moved = {
        y: current.y + sample(middle, current, block),
        x: current.x + sample(middle, current, block + edges.length),
      }
      let point = inside(moved, heat)
      for (let step = 0; step < refinementSteps; step++) {
        point = inside(
          { y: point.y + sample(short, point, id), x: point.x + sample(short, point, keypointCount + id) },
          heat,
        )
      }
      waiting.push({ ...point, id, score: sample(heat, point, id) })
    }
  }
  return { points, scores, score: mean(scores) }
}

/** Keypoints that coincide with those of a better pose do not count for the score of a pose. */
function withoutOverlaps(poses: readonly Pose[], radius: number): readonly Pose[] {
  return poses.map((pose, at) => {
    const counted = pose.scores.map((score, k) => {
      const isTaken = poses
        .slice(0, at)
        .some(({ points }) => squaredDistance(points[k] as Point, pose.points[k] as Point) <= radius)
      return isTaken ? 0 : score
    })
    return { ...pose, score: mean(counted) }
  })
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

const inside = ({ y, x }: Point, { height, width }: Field): Point => ({
  y: Math.min(Math.max(y, 0), height - 1),
  x: Math.min(Math.max(x, 0), width - 1),
})

/** A channel between four cells, bilinearly. */
function sample({ data, height, width, channels }: Field, { y, x }: Point, channel: number): number {
  const [top, left] = [Math.floor(y), Math.floor(x)]
  const [bottom, right] = [Math.min(top + 1, height - 1), Math.min(left + 1, width - 1)]
  const [dy, dx] = [y - top, x - left]
  const at = (row: number, column: number): number => data[(row * width + column) * channels + channel]!
  return (
    (1 - dy) * ((1 - dx) * at(top, left) + dx * at(top, right)) +
    dy * ((1 - dx) * at(bottom, left) + dx * at(bottom, right))
  )
}
