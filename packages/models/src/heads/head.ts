import type { Graph, Model, Preprocessing } from '@depthwise/core'
import type { TailOp } from '@depthwise/core/backend'
import { imageInput } from '../inference/image-input.ts'
import { type MediaPipeDetector, mediaPipeDetector } from './mediapipe.ts'
import { type HeadOutput, outputsOf } from './output-values.ts'

/** Boxes that the network's file decodes and suppresses itself: the outputs of `TFLite_Detection_PostProcess`, by their names. */
export interface PostProcessHead {
  readonly kind: 'post-process'
  readonly boxes: string
  readonly classes: string
  readonly scores: string
  readonly count: string
  /** How many there are, without the background; undefined where the file does not say it. */
  readonly labels: number | undefined
}

/** Box encodings `[1, anchors, 4]` and class scores `[1, anchors, classes]` of an SSD, to be decoded here. */
export interface SsdHead {
  readonly kind: 'ssd'
  readonly boxes: HeadOutput
  readonly scores: HeadOutput
  readonly anchors: number
  /** Columns of the scores, among them that of the background where there is one. */
  readonly columns: number
}

/** One of MediaPipe's detectors. Its TensorFlow.js files have both outputs in one, the score in front of each row. */
export interface MediaPipeHead {
  readonly kind: 'mediapipe'
  readonly boxes: HeadOutput
  readonly scores: HeadOutput
  readonly detector: MediaPipeDetector
}

/** A value a pixel: `logits` one a class, `mask` one alone, `classes` the index of a class. */
export interface SegmentationHead {
  readonly kind: 'logits' | 'mask' | 'classes'
  readonly output: HeadOutput
  /** Classes that it distinguishes; undefined where the graph does not say it. */
  readonly classes: number | undefined
}

/** `[1, 1, keypoints, 3]` of MoveNet for one person: y, x, score. */
export interface MoveNetHead {
  readonly kind: 'movenet'
  readonly output: HeadOutput
  readonly keypoints: number
}

/** `[1, people, 56]` of MoveNet for several: 17 times y, x, score, then y0, x0, y1, x1, score. */
export interface MultiPoseHead {
  readonly kind: 'multipose'
  readonly output: HeadOutput
}

/** Poses that the network's file decodes itself (`PosenetDecoderOp`), by the names of its outputs. */
export interface PoseNetHead {
  readonly kind: 'posenet'
  readonly poses: string
  readonly keypointScores: string
  readonly poseScores: string
  readonly count: string
}

/** What a network ends in, beyond classes of the whole image. */
export type Head =
  | { readonly task: 'detection'; readonly head: PostProcessHead | SsdHead | MediaPipeHead }
  | { readonly task: 'segmentation'; readonly head: SegmentationHead }
  | { readonly task: 'keypoints'; readonly head: MoveNetHead | MultiPoseHead | PoseNetHead }

/** Of a task, its heads. */
export type HeadOf<T extends Head['task']> = Extract<Head, { readonly task: T }>['head']

/**
 * What a network ends in, by the shapes of its outputs and by what its file computes of them; undefined for one that gives classes
 * or features of the whole image. Quantized outputs are taken as the reals that they stand for.
 */
export function headOf(model: Model): Head | undefined {
  const outputs = outputsOf(model)
  const detection = detectionHead(model, outputs)
  if (detection) return { task: 'detection', head: detection }
  const keypoints = keypointsHead(outputs)
  if (keypoints) return { task: 'keypoints', head: keypoints }
  const segmentation = segmentationHead(outputs)
  return segmentation && isDense(model.graph, segmentation) ? { task: 'segmentation', head: segmentation } : undefined
}

/** A row for each anchor: shapes with one extent more than needed, as TensorFlow's box predictors leave them, count too. */
function rowsOf({ shape }: HeadOutput): readonly [rows: number, columns: number] | undefined {
  const [batch, ...rest] = shape
  const [rows = 0, columns, ...none] = rest.length === 3 && rest[1] === 1 ? [rest[0], rest[2]] : rest
  return batch === 1 && none.length === 0 ? [rows, columns ?? 1] : undefined
}

function detectionHead({ graph }: Model, outputs: readonly HeadOutput[]): HeadOf<'detection'> | undefined {
  const postProcess = postProcessHead(outputs)
  if (postProcess) return postProcess
  if (outputs.length === 1) return joinedHead(graph, outputs[0] as HeadOutput)
  if (outputs.length !== 2) return undefined
  const [a, b] = outputs as [HeadOutput, HeadOutput]
  const [rowsA, rowsB] = [rowsOf(a), rowsOf(b)]
  if (!rowsA || !rowsB || rowsA[0] !== rowsB[0] || rowsA[0] < 2) return undefined
  const [anchors] = rowsA
  const { size } = imageInput(graph)
  for (const [boxes, [, numbers], scores, [, columns]] of [
    [a, rowsA, b, rowsB],
    [b, rowsB, a, rowsA],
  ] as const) {
    const detector = columns === 1 ? mediaPipeDetector(size, anchors, numbers) : undefined
    if (detector) return { kind: 'mediapipe', boxes, scores, detector }
    // Of four classes and four numbers, boxes come first.
    if (numbers === 4) return { kind: 'ssd', boxes, scores, anchors, columns }
  }
  return undefined
}

function joinedHead(graph: Graph, output: HeadOutput): MediaPipeHead | undefined {
  const { shape } = output
  const [batch, anchors = 0, numbers = 0] = shape
  if (shape.length !== 3 || batch !== 1) return undefined
  const detector = mediaPipeDetector(imageInput(graph).size, anchors, numbers - 1)
  return detector && { kind: 'mediapipe', boxes: output, scores: output, detector }
}

/** Boxes [1, n, 4], classes [1, n], scores [1, n] and count [1], in this order, or the results of the operator. */
function postProcessHead(outputs: readonly HeadOutput[]): PostProcessHead | undefined {
  const [boxes, classes, scores, count, ...others] = resultsOf(outputs, 'detectionPostProcess') ?? outputs
  if (!boxes || !classes || !scores || !count || others.length > 0) return undefined
  const { result } = boxes
  const n = boxes.shape[1]
  const fits =
    result?.op.kind === 'detectionPostProcess' ||
    (boxes.shape.join() === `1,${n},4` &&
      classes.shape.join() === `1,${n}` &&
      scores.shape.join() === `1,${n}` &&
      count.shape.join() === '1')
  if (!fits) return undefined
  const labels = result?.op.kind === 'detectionPostProcess' ? result.op.classes : undefined
  return {
    kind: 'post-process',
    boxes: boxes.name,
    classes: classes.name,
    scores: scores.name,
    count: count.name,
    labels,
  }
}

/** The outputs that are results of one operator, in the order of its results, where all of them are outputs. */
function resultsOf(outputs: readonly HeadOutput[], kind: TailOp['kind']): readonly HeadOutput[] | undefined {
  const found = [0, 1, 2, 3].map(place =>
    outputs.find(({ result }) => result?.op.kind === kind && result.place === place),
  )
  return found.every(output => output !== undefined) ? found : undefined
}

function keypointsHead(outputs: readonly HeadOutput[]): HeadOf<'keypoints'> | undefined {
  const decoded = resultsOf(outputs, 'posenetDecoder')
  if (decoded) {
    const [poses, keypointScores, poseScores, count] = decoded.map(({ name }) => name) as [
      string,
      string,
      string,
      string,
    ]
    return { kind: 'posenet', poses, keypointScores, poseScores, count }
  }
  const [output, ...others] = outputs
  if (!output || others.length > 0) return undefined
  const { shape } = output
  const [batch, people, keypoints = 0, numbers] = shape
  if (shape.length === 4 && batch === 1 && people === 1 && keypoints > 1 && numbers === 3) {
    return { kind: 'movenet', output, keypoints }
  }
  return shape.length === 3 && batch === 1 && shape[2] === 56 ? { kind: 'multipose', output } : undefined
}

/** The only output as a map of the image, whatever its size. */
export function segmentationHead(outputs: readonly HeadOutput[]): SegmentationHead | undefined {
  const [output, ...others] = outputs
  if (!output || others.length > 0) return undefined
  const [batch, height = 0, width = 0, channels = 1, ...more] = output.shape
  if (batch !== 1 || output.shape.length < 3 || more.length > 0 || height * width < 2) return undefined
  if (output.isInteger) return channels === 1 ? { kind: 'classes', output, classes: output.choices } : undefined
  if (output.shape.length === 3) return undefined
  return channels === 1 ? { kind: 'mask', output, classes: 2 } : { kind: 'logits', output, classes: channels }
}

/** Whether a map is fine and narrow enough to be meant as classes of pixels, not as features of a backbone. */
function isDense(graph: Graph, { kind, output, classes = 0 }: SegmentationHead): boolean {
  const { size } = imageInput(graph)
  const [, height = 0, width = 0] = output.shape
  const isFine = 16 * height >= size[0] && 16 * width >= size[1]
  return isFine && (kind !== 'logits' || classes <= 256)
}

/** How images are taken where neither caller nor file says it: as the networks that are known by such a head are. */
export function usualPreprocessing({ task, head }: Head): Partial<Preprocessing> {
  if (task === 'detection') {
    // TensorFlow's object detection resizes images by `tf.image.resize`, without antialias (`fixed_shape_resizer`).
    const resampling = { filter: 'bilinear', antialias: false } as const
    if (head.kind !== 'mediapipe') return { crop: 'squeeze', resampling, normalization: 'signed' }
    return { crop: 'letterbox', normalization: head.detector.normalization }
  }
  if (task === 'segmentation') return { crop: 'squeeze', normalization: head.kind === 'mask' ? 'unit' : 'signed' }
  return head.kind === 'posenet'
    ? { crop: 'squeeze', normalization: 'signed' }
    : { crop: 'letterbox', normalization: 'raw' }
}
