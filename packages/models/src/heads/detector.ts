import { type Model, OptionError, type RunOptions, ShapeError } from '@depthwise/core'
import { show } from '@depthwise/core/backend'
import type { ImageOptions } from '../inference/image-session.ts'
import type { PixelSource } from '../pixels/index.ts'
import { type AnchorSpec, generateAnchors } from './anchors.ts'
import { type DecodeSetup, decoderOf, type Suppression } from './detect-raw.ts'
import { boxOnImage, type Detection, keypointsOnImage } from './detection.ts'
import { type HeadOf, headOf } from './head.ts'
import { type ImageTask, openHeadSession } from './head-session.ts'
import { outputsInWords } from './output-values.ts'
import { ssdAnchors } from './ssd-anchors.ts'
import { checkSuppression } from './suppression.ts'

/** Which objects are returned. */
export interface DetectionLimits {
  /** The least score. Default 0.3, and 0.5 of MediaPipe's detectors. */
  readonly threshold?: number
  /** The most objects. Default 100. */
  readonly maxResults?: number
  /**
   * Boxes that overlap by more than this intersection over union are one object. Default 0.6, and 0.3 of MediaPipe's detectors;
   * where the network's file suppresses boxes itself, its own.
   */
  readonly iouThreshold?: number
}

/** Where a detector runs, how it sees images, and how its outputs become boxes. */
export interface DetectorOptions extends ImageOptions, DetectionLimits {
  /** Names of the classes, in the order of the outputs, the background left out; goes before those of the model's file. */
  readonly labels?: readonly string[]
  /**
   * Of SSD heads: where the anchors lie, or the anchors themselves as rows of centre y, centre x, height, width. Default: those of
   * TensorFlow's SSD for the network's input.
   */
  readonly anchors?: AnchorSpec | ArrayLike<number>
  /** Of SSD heads: whether boxes suppress only those of their class, or all. Default `class-wise`. */
  readonly suppression?: Suppression
  /** Of SSD heads: whether the first column of the scores is the background. Default: where the labels say so, else of 91 and 21. */
  readonly hasBackground?: boolean
}

/** Of one image, in place of what the detector was made with. */
export interface DetectOptions extends RunOptions, DetectionLimits {}

/** A network that finds objects, ready for images. Calls may overlap; they are answered in order. */
export interface Detector extends ImageTask {
  /** Names of the classes; empty where nobody gave any. */
  readonly labels: readonly string[]
  /**
   * The objects on an image, best first, with boxes in pixels of that image. None is an answer too.
   * @throws OptionError for a limit out of its domain, ShapeError for an image that is none, DisposedError after disposal
   */
  detect(image: PixelSource, options?: DetectOptions): Promise<readonly Detection[]>
}

/**
 * Makes a detector of a model that ends in `TFLite_Detection_PostProcess`, in the two heads of an SSD, or in those of one of
 * MediaPipe's detectors, such as BlazeFace.
 *
 * ```ts
 * await using detector = await createDetector(model, { backends: [reference()] })
 * for (const { label, score, box } of await detector.detect(image)) console.log(label, score, box)
 * ```
 * @throws ShapeError for a network that gives no boxes, saying what it gives; OptionError for anchors or labels of another count;
 * else what `createSession` throws
 */
export async function createDetector(model: Model, options: DetectorOptions): Promise<Detector> {
  const found = headOf(model)
  if (found?.task !== 'detection') throw noDetector(model)
  const { head } = found
  // Without options, `createSession` says what is missing.
  const asked = options ?? {}
  const isMediaPipe = head.kind === 'mediapipe'
  const limitsOf = ({ threshold, maxResults, iouThreshold }: DetectionLimits = {}) => {
    const limits = {
      threshold: threshold ?? asked.threshold ?? (isMediaPipe ? 0.5 : 0.3),
      maxResults: maxResults ?? asked.maxResults ?? 100,
      iouThreshold: iouThreshold ?? asked.iouThreshold ?? (isMediaPipe ? 0.3 : 0.6),
    }
    checkSuppression(limits)
    return limits
  }
  limitsOf({})
  const setup = setupOf(head, model, asked)
  const labels = labelsOf(head, setup, model, asked.labels)
  const { task, look } = await openHeadSession(model, found, options)
  const names = isMediaPipe ? head.detector.keypoints : []
  return {
    ...task,
    labels,
    async detect(image, { threshold, maxResults, iouThreshold, ...run } = {}) {
      const limits = limitsOf({ threshold, maxResults, iouThreshold } as DetectionLimits)
      const suppressesAgain = (iouThreshold ?? asked.iouThreshold) !== undefined
      const { outputs, window } = await look(image, run)
      const decode = decoderOf(head, { ...setup, suppressesAgain })
      return decode(outputs, limits).map(({ index, score, values }) => ({
        index,
        label: labels[index] ?? `class ${index}`,
        score,
        box: boxOnImage(window, values),
        ...(names.length > 0 && { keypoints: keypointsOnImage(window, values, names) }),
      }))
    },
  }
}

function noDetector(model: Model): ShapeError {
  const expected =
    'boxes, classes, scores and count of TFLite_Detection_PostProcess, or box encodings [1, anchors, 4] and class scores ' +
    "[1, anchors, classes], or MediaPipe's [1, anchors, 16] and [1, anchors, 1]"
  return new ShapeError({ where: 'outputs of the detector', expected, found: outputsInWords(model) })
}

function setupOf(head: HeadOf<'detection'>, model: Model, options: Partial<DetectorOptions>): DecodeSetup {
  const { suppression = 'class-wise' } = options
  if (suppression !== 'class-wise' && suppression !== 'fast') {
    throw new OptionError({ where: 'option suppression', expected: 'class-wise or fast', found: show(suppression) })
  }
  return {
    anchors: anchorsOf(head, model, options.anchors),
    hasBackground: hasBackground(head, model, options),
    suppression,
    suppressesAgain: false,
  }
}

/** @throws OptionError for anchors that are not as many as the network's boxes */
function anchorsOf(head: HeadOf<'detection'>, model: Model, given: DetectorOptions['anchors']): ArrayLike<number> {
  if (head.kind === 'post-process') return []
  const wanted = head.kind === 'ssd' ? head.anchors : generateAnchors(head.detector.anchors).length / 4
  const anchors =
    given === undefined
      ? head.kind === 'ssd'
        ? generateAnchors(ssdAnchors(model))
        : generateAnchors(head.detector.anchors)
      : 'length' in given
        ? given
        : generateAnchors(given)
  if (anchors.length === wanted * 4) return anchors
  const expected = `${wanted} anchors of 4 numbers, as many as the network has boxes`
  const found = `${anchors.length / 4}${given === undefined ? " by TensorFlow's rule for its input" : ''}`
  throw new OptionError({ where: 'option anchors', expected, found })
}

function hasBackground(
  head: HeadOf<'detection'>,
  { metadata }: Model,
  { hasBackground, labels = metadata.labels }: Partial<DetectorOptions>,
): boolean {
  if (head.kind !== 'ssd') return false
  if (hasBackground !== undefined) return hasBackground
  const { columns } = head
  if (labels?.length === columns - 1) return true
  return labels?.length !== columns && (columns === 91 || columns === 21)
}

/** A caller's labels must fit the classes. Those of a file that do not fit describe something else and are ignored. */
function labelsOf(
  head: HeadOf<'detection'>,
  setup: DecodeSetup,
  { metadata }: Model,
  given: readonly string[] | undefined,
): readonly string[] {
  const classes =
    head.kind === 'post-process'
      ? head.labels
      : head.kind === 'mediapipe'
        ? 1
        : head.columns - (setup.hasBackground ? 1 : 0)
  // How many classes a post-process has is not in its outputs.
  if (classes === undefined) return given ?? metadata.labels ?? []
  const own =
    head.kind === 'mediapipe' ? [head.detector.label] : metadata.labels?.length === classes ? metadata.labels : []
  if (given === undefined || given.length === classes) return given ?? own
  throw new OptionError({ where: 'option labels', expected: `${classes}, one a class`, found: `${given.length}` })
}
