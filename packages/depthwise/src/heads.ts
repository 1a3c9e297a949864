import type { Backend, Model } from '@depthwise/core'
import type { ImageOptions, PixelImage } from '@depthwise/models'
import {
  createDetector,
  createKeypoints,
  createSegmenter,
  type Detection,
  type DetectOptions,
  type Detector,
  type Head,
  headOf,
  type ImageTask,
  type KeypointDetector,
  type LocateOptions,
  type Pose,
  type Segmentation,
  type Segmenter,
  type SegmentOptions,
  usualPreprocessing,
} from '@depthwise/models/heads'
import type { SettledLabels } from './labels.ts'
import type { Assumed, DetectionSetup, HeadSetup } from './task.ts'

// What networks give besides classes and features. A page that classifies does not load this.

/** What is settled of a network with a head; undefined for one without. */
export async function setUpHead(model: Model): Promise<HeadSetup | undefined> {
  const found = headOf(model)
  if (!found) return undefined
  const guess = await guessedLabels(found, model)
  const { labels, isGuess, labelsOf } = guess ?? { labels: ownLabels(found, model), isGuess: false, labelsOf: '' }
  return { task: found.task, usual: usualPreprocessing(found), labels, isGuess, labelsOf, assumptions }
}

/** A guess that changes answers is said: which crop and which normalization are those of networks of this kind. */
function assumptions({ preprocessing, preprocessingFrom }: Assumed): readonly string[] {
  const fields = ['crop', 'normalization'] as const
  return fields
    .filter(field => preprocessingFrom[field] === 'architecture')
    .map(field => `its ${field} is that of its kind (preprocessing: { ${field}: '${preprocessing[field]}' })`)
}

/** How many classes a head distinguishes, and whether one of them is the background; 0 where it does not say it. */
function classesOf({ task, head }: Head): number {
  if (task === 'segmentation') return head.classes ?? 0
  if (task === 'detection' && head.kind === 'post-process') return head.labels ?? 0
  return task === 'detection' && head.kind === 'ssd' ? head.columns : 0
}

function ownLabels(found: Head, { metadata }: Model): readonly string[] {
  const { task, head } = found
  if (task === 'keypoints' || (task === 'detection' && head.kind === 'mediapipe')) return []
  const { labels = [] } = metadata
  const classes = classesOf(found)
  const fits = classes === 0 || labels.length === classes || (task === 'detection' && labels.length === classes - 1)
  return fits ? labels : []
}

/** COCO's names for what is published most with as many classes, or Pascal's; nothing where the file has names of its own. */
async function guessedLabels(
  found: Head,
  model: Model,
): Promise<(SettledLabels & Pick<HeadSetup, 'labelsOf'>) | undefined> {
  if (ownLabels(found, model).length > 0) return undefined
  const { task } = found
  const classes = classesOf(found)
  const isCoco = task === 'detection' && (classes === 90 || classes === 91)
  const isPascal = classes === 21 || (task === 'detection' && classes === 20)
  if (!isCoco && !isPascal) return undefined
  const { cocoLabels, pascalLabels } = await import('@depthwise/models/heads/labels')
  if (isCoco) return { labels: cocoLabels, isGuess: true, labelsOf: 'COCO' }
  return { labels: task === 'detection' ? pascalLabels.slice(1) : pascalLabels, isGuess: true, labelsOf: 'Pascal VOC' }
}

/** The tasks of one network, each compiled with the first image that is given to it. */
export class HeadTasks {
  readonly #model: Model
  readonly #sight: () => Promise<ImageOptions>
  readonly #detection: DetectionSetup
  readonly #labels: readonly string[]
  #detector: Promise<Detector> | null = null
  #segmenter: Promise<Segmenter> | null = null
  #keypoints: Promise<KeypointDetector> | null = null

  constructor(
    model: Model,
    sight: () => Promise<ImageOptions>,
    { labels, detection = {} }: { readonly labels: readonly string[]; readonly detection?: DetectionSetup },
  ) {
    this.#model = model
    this.#sight = sight
    this.#labels = labels
    this.#detection = detection
  }

  /** Compiles the network ahead of the first image. */
  open(task: HeadSetup['task']): Promise<ImageTask> {
    if (task === 'detection') return this.#detecting()
    return task === 'segmentation' ? this.#segmenting() : this.#locating()
  }

  async detect(image: PixelImage, options?: DetectOptions): Promise<readonly Detection[]> {
    return (await this.#detecting()).detect(image, options)
  }

  async segment(image: PixelImage, options?: SegmentOptions): Promise<Segmentation> {
    return (await this.#segmenting()).segment(image, options)
  }

  async keypoints(image: PixelImage, options?: LocateOptions): Promise<readonly Pose[]> {
    return (await this.#locating()).keypoints(image, options)
  }

  async use(backend: Backend): Promise<void> {
    for (const task of await this.#opened()) await task.session.use(backend)
  }

  async dispose(): Promise<void> {
    await Promise.all((await this.#opened()).map(task => task.dispose()))
  }

  async #opened(): Promise<readonly ImageTask[]> {
    const all = await Promise.allSettled([this.#detector, this.#segmenter, this.#keypoints])
    return all.flatMap(each => (each.status === 'fulfilled' && each.value ? [each.value] : []))
  }

  #detecting(): Promise<Detector> {
    this.#detector ??= this.#sight().then(sight =>
      createDetector(this.#model, { ...sight, ...this.#detection, ...this.#named() }),
    )
    return this.#detector
  }

  #segmenting(): Promise<Segmenter> {
    this.#segmenter ??= this.#sight().then(sight => createSegmenter(this.#model, { ...sight, ...this.#named() }))
    return this.#segmenter
  }

  #locating(): Promise<KeypointDetector> {
    this.#keypoints ??= this.#sight().then(sight => createKeypoints(this.#model, sight))
    return this.#keypoints
  }

  #named(): { readonly labels?: readonly string[] } {
    return this.#labels.length > 0 ? { labels: this.#labels } : {}
  }
}
