import { type Model, type Outputs, type RunOptions, ShapeError } from '@depthwise/core'
import type { ImageOptions } from '../inference/image-session.ts'
import type { PixelSource } from '../pixels/index.ts'
import { type Box, boxOnImage, type Keypoint, onImage } from './detection.ts'
import { createDetector, type DetectionLimits, type Detector } from './detector.ts'
import { type HeadOf, headOf } from './head.ts'
import { type ImageTask, type Look, openHeadSession } from './head-session.ts'
import { cocoKeypoints } from './keypoint-names.ts'
import { outputsInWords } from './output-values.ts'
import { checkSuppression } from './suppression.ts'

/** The keypoints of one person, or of one face. */
export interface Pose {
  /** From 0 to 1: of the network, or where it gives none, the mean of the keypoints'. */
  readonly score: number
  readonly keypoints: readonly Keypoint[]
  /** Where the network gives one. */
  readonly box?: Box
}

/** Which poses are returned. */
export type PoseLimits = Pick<DetectionLimits, 'threshold' | 'maxResults'>

/** Where the network runs, how it sees images, and which poses it returns. */
export interface KeypointsOptions extends ImageOptions {
  /**
   * The least score of a pose. Default 0.5 of MediaPipe's detectors, 0.2 of networks that find several people, 0 of those that find
   * one.
   */
  readonly threshold?: number
  /** The most poses. Default 100. */
  readonly maxResults?: number
}

/** Of one image, in place of what the keypoint detector was made with. */
export interface LocateOptions extends RunOptions, PoseLimits {}

/** A network that finds named points of people or faces, ready for images. Calls may overlap; they are answered in order. */
export interface KeypointDetector extends ImageTask {
  /** Names of the keypoints of each pose. */
  readonly names: readonly string[]
  /**
   * The people or faces on an image, best first, with their keypoints in pixels of that image.
   * @throws OptionError for a limit out of its domain, ShapeError for an image that is none, DisposedError after disposal
   */
  keypoints(image: PixelSource, options?: LocateOptions): Promise<readonly Pose[]>
}

/**
 * Makes a keypoint detector of MoveNet (one person or several), of PoseNet whose file decodes its poses, or of one of MediaPipe's
 * detectors.
 * @throws ShapeError for a network that gives no keypoints, saying what it gives; else what `createSession` throws
 */
export async function createKeypoints(model: Model, options: KeypointsOptions): Promise<KeypointDetector> {
  const found = headOf(model)
  if (found?.task === 'detection' && found.head.kind === 'mediapipe') {
    return ofDetector(await createDetector(model, options), found.head.detector.keypoints)
  }
  if (found?.task !== 'keypoints') throw noKeypoints(model)
  const { head } = found
  const asked = options ?? {}
  const limitsOf = ({ threshold, maxResults }: PoseLimits): Required<PoseLimits> => {
    const limits = {
      threshold: threshold ?? asked.threshold ?? (head.kind === 'movenet' ? 0 : 0.2),
      maxResults: maxResults ?? asked.maxResults ?? 100,
    }
    checkSuppression({ ...limits, iouThreshold: 0 })
    return limits
  }
  limitsOf({})
  const names =
    head.kind !== 'movenet' || head.keypoints === cocoKeypoints.length
      ? cocoKeypoints
      : Array.from({ length: head.keypoints }, (_, i) => `keypoint ${i}`)
  const { task, look, input } = await openHeadSession(model, found, options)
  return {
    ...task,
    names,
    async keypoints(image, { threshold, maxResults, ...run } = {}) {
      const limits = limitsOf({ threshold, maxResults } as PoseLimits)
      const seen = await look(image, run)
      return posesOf(head, seen, names, input.size)
        .filter(({ score }) => score >= limits.threshold)
        .sort((a, b) => b.score - a.score)
        .slice(0, limits.maxResults)
    },
  }
}

function noKeypoints(model: Model): ShapeError {
  const expected =
    "the keypoints of MoveNet [1, 1, 17, 3] or [1, people, 56], PoseNet's decoded poses, or MediaPipe's [1, anchors, 16] and " +
    '[1, anchors, 1]'
  return new ShapeError({ where: 'outputs of the keypoint detector', expected, found: outputsInWords(model) })
}

function ofDetector(detector: Detector, names: readonly string[]): KeypointDetector {
  const { detect, labels: _, ...task } = detector
  return {
    ...task,
    names,
    async keypoints(image, options) {
      const found = await detect(image, options)
      return found.map(({ score, keypoints = [], box }) => ({ score, keypoints, box }))
    },
  }
}

function posesOf(
  head: HeadOf<'keypoints'>,
  { outputs, window }: Look,
  names: readonly string[],
  [height, width]: readonly [number, number],
): readonly Pose[] {
  const pointAt = (data: ArrayLike<number>, at: number, name: string): Keypoint => {
    const [x, y] = onImage(window, data[at + 1]!, data[at]!)
    return { name, x, y, score: data[at + 2]! }
  }
  if (head.kind === 'posenet')
    return decodedPoses(head, outputs, names, (y, x) => onImage(window, x / width, y / height))
  const { data, shape } = outputs[head.output.name] as { data: ArrayLike<number>; shape: readonly number[] }
  if (head.kind === 'movenet') {
    const keypoints = names.map((name, i) => pointAt(data, 3 * i, name))
    return [{ score: meanScore(keypoints), keypoints }]
  }
  return Array.from({ length: shape[1]! }, (_, person) => {
    const at = person * 56
    const [y0, x0, y1, x1, score] = [51, 52, 53, 54, 55].map(field => data[at + field]!) as [
      number,
      number,
      number,
      number,
      number,
    ]
    const keypoints = names.map((name, i) => pointAt(data, at + 3 * i, name))
    return { score, keypoints, box: boxOnImage(window, [x0, y0, x1, y1]) }
  })
}

/** PoseNet's decoder gives y and x in pixels of the network's input. */
function decodedPoses(
  { poses, keypointScores, poseScores, count }: Extract<HeadOf<'keypoints'>, { readonly kind: 'posenet' }>,
  outputs: Outputs,
  names: readonly string[],
  place: (y: number, x: number) => readonly [x: number, y: number],
): readonly Pose[] {
  const dataOf = (name: string): ArrayLike<number> => outputs[name]?.data ?? []
  const [points, chances, scores] = [dataOf(poses), dataOf(keypointScores), dataOf(poseScores)]
  const n = dataOf(count)[0] ?? 0
  return Array.from({ length: Math.min(scores.length, Math.max(0, Math.round(n))) }, (_, pose) => ({
    score: scores[pose]!,
    keypoints: names.map((name, i): Keypoint => {
      const at = pose * names.length + i
      const [x, y] = place(points[2 * at]!, points[2 * at + 1]!)
      return { name, x, y, score: chances[at]! }
    }),
  }))
}

const meanScore = (keypoints: readonly Keypoint[]): number =>
  keypoints.reduce((sum, { score = 0 }) => sum + score, 0) / keypoints.length
