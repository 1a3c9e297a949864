import { type Model, OptionError, type RunOptions, ShapeError, type Tensor } from '@depthwise/core'
import { show } from '@depthwise/core/backend'
import type { ImageOptions } from '../inference/image-session.ts'
import { maxImageSide, type PixelSource } from '../pixels/image.ts'
import { type AxisView, eachRow, nearest, type ValueMap } from './class-maps.ts'
import { type HeadOf, headOf, segmentationHead } from './head.ts'
import { type ImageTask, type Look, openHeadSession } from './head-session.ts'
import { outputsInWords, outputsOf, sigmoid } from './output-values.ts'

/** What size a segmentation has. */
export interface SegmentationSize {
  /**
   * `image`: a value for each pixel of the given image. Logits and masks are resized bilinearly before the best class is chosen,
   * maps of classes by the nearest. `network`: a value for each cell of the network's output, as it stands. Default `image`.
   */
  readonly size?: 'image' | 'network'
}

/** Where a segmenter runs, how it sees images, and what it returns. */
export interface SegmenterOptions extends ImageOptions, SegmentationSize {
  /** Names of the classes, in the order of the outputs; goes before those of the model's file. */
  readonly labels?: readonly string[]
}

/** Of one image, in place of what the segmenter was made with. */
export interface SegmentOptions extends RunOptions, SegmentationSize {}

/** A class that some pixels have. */
export interface SegmentedClass {
  readonly index: number
  readonly label: string
  readonly pixels: number
}

/** The class of every pixel. */
export interface Segmentation {
  readonly width: number
  readonly height: number
  /** Index of the class of each pixel, row by row. */
  readonly classes: Uint8Array | Uint16Array
  /** The classes that occur, those with most pixels first. */
  readonly present: readonly SegmentedClass[]
  /** Of networks that separate one thing from its background: the probability of the thing, from 0 to 1, for each pixel. */
  readonly mask?: Float32Array
}

/** A network that names the class of every pixel, ready for images. Calls may overlap; they are answered in order. */
export interface Segmenter extends ImageTask {
  /** Names of the classes; empty where nobody gave any. */
  readonly labels: readonly string[]
  /**
   * The classes of all pixels; of equally probable ones, the first.
   * @throws OptionError for an unknown size, ShapeError for an image that is none, DisposedError after disposal
   */
  segment(image: PixelSource, options?: SegmentOptions): Promise<Segmentation>
}

/**
 * Makes a segmenter of a model whose only output is a map `[1, height, width, classes]` of logits or probabilities, a mask
 * `[1, height, width, 1]` of one thing, or a map of class indices.
 * @throws ShapeError for a network that gives no map, saying what it gives; OptionError for labels of another count; else what
 * `createSession` throws
 */
export async function createSegmenter(model: Model, options: SegmenterOptions): Promise<Segmenter> {
  const task = headOf(model)?.task ?? 'segmentation'
  const head = task === 'segmentation' ? segmentationHead(outputsOf(model)) : undefined
  if (!head || (head.classes ?? 0) > 2 ** 16) throw noSegmenter(model)
  const labels = labelsOf(head, model, options?.labels)
  const sizeOf = ({ size = options?.size ?? 'image' }: SegmentationSize): 'image' | 'network' => {
    if (size === 'image' || size === 'network') return size
    throw new OptionError({ where: 'option size', expected: 'image or network', found: show(size) })
  }
  sizeOf({})
  const { task: opened, look } = await openHeadSession(model, { task: 'segmentation', head }, options)
  return {
    ...opened,
    labels,
    async segment(image, { size: asked, ...run } = {}) {
      const size = sizeOf(asked === undefined ? {} : { size: asked })
      const seen = await look(image, run)
      return segmented(head, seen, size, labels)
    },
  }
}

function noSegmenter(model: Model): ShapeError {
  const expected = 'one map [1, height, width, classes] of logits, [1, height, width, 1] of a mask, or of class indices'
  return new ShapeError({ where: 'outputs of the segmenter', expected, found: outputsInWords(model) })
}

/** A mask's own two classes, for where no names are given. */
const maskLabels = ['background', 'person']

function labelsOf(
  { kind, classes }: HeadOf<'segmentation'>,
  { metadata }: Model,
  given: readonly string[] | undefined,
): readonly string[] {
  const fits = (labels: readonly string[]): boolean => classes === undefined || labels.length === classes
  const own = metadata.labels && fits(metadata.labels) ? metadata.labels : kind === 'mask' ? maskLabels : []
  if (given === undefined || fits(given)) return given ?? own
  throw new OptionError({ where: 'option labels', expected: `${classes}, one a class`, found: `${given.length}` })
}

function segmented(
  { kind, output }: HeadOf<'segmentation'>,
  { outputs, width, height, window }: Look,
  size: 'image' | 'network',
  labels: readonly string[],
): Segmentation {
  const { isProbability } = output
  const { data, shape } = outputs[output.name] as Tensor
  const [, rows = 1, columns = 1, channels = 1] = shape
  const map: ValueMap = { data, height: rows, width: columns, channels }
  const atImage = size === 'image'
  const down: AxisView = atImage
    ? { count: height, cells: rows, start: window.top, extent: window.height }
    : { count: rows, cells: rows, start: 0, extent: rows }
  const across: AxisView = atImage
    ? { count: width, cells: columns, start: window.left, extent: window.width }
    : { count: columns, cells: columns, start: 0, extent: columns }
  const count = down.count * across.count
  let most = kind === 'logits' ? channels - 1 : 1
  if (kind === 'classes') for (let i = 0; i < data.length; i++) most = Math.max(most, data[i]!)
  const classes = most < 256 ? new Uint8Array(count) : new Uint16Array(count)
  const mask = kind === 'mask' || (kind === 'logits' && channels === 2) ? new Float32Array(count) : undefined
  if (kind === 'classes') {
    nearest(map, down, across, (index, at) => {
      classes[at] = index
    })
  } else {
    eachRow(map, down, across, (values, row) => {
      const first = row * across.count
      if (mask) chancesOf(values, channels, isProbability, mask.subarray(first, first + across.count))
      for (let x = 0; x < across.count; x++) {
        classes[first + x] = channels === 1 ? Number(mask![first + x]! >= 0.5) : bestOf(values, x * channels, channels)
      }
    })
  }
  const extents = { width: across.count, height: down.count }
  return { ...extents, classes, present: presentIn(classes, labels), ...(mask && { mask }) }
}

/** The probability of the one thing, or of the second of two classes, for each pixel of a row. */
function chancesOf(values: Float64Array, channels: number, isChance: boolean, chances: Float32Array): void {
  for (let x = 0; x < chances.length; x++) {
    const value = values[(x + 1) * channels - 1]!
    const other = channels === 2 ? values[x * channels]! : 0
    chances[x] = isChance ? value : sigmoid(value - other)
  }
}

function bestOf(values: Float64Array, from: number, channels: number): number {
  let best = 0
  let most = Number.NEGATIVE_INFINITY
  for (let c = 0; c < channels; c++) {
    const value = values[from + c]!
    if (value > most) {
      best = c
      most = value
    }
  }
  return best
}

function presentIn(classes: Uint8Array | Uint16Array, labels: readonly string[]): readonly SegmentedClass[] {
  const counts = new Uint32Array(maxImageSide + 1)
  for (let i = 0; i < classes.length; i++) counts[classes[i]!]! += 1
  const present: SegmentedClass[] = []
  for (const [index, pixels] of counts.entries()) {
    if (pixels > 0) present.push({ index, label: labels[index] ?? `class ${index}`, pixels })
  }
  return present.sort((a, b) => b.pixels - a.pixels)
}
