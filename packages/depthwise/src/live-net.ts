import {
  type Backend,
  DisposedError,
  type Model,
  type Preprocessing,
  type RunOptions,
  ShapeError,
} from '@depthwise/core'
import {
  type Classifier,
  type ClassifyOptions,
  createClassifier,
  createEmbedder,
  type Embedder,
  type ImageOptions,
  imageInput,
  topPredictions,
} from '@depthwise/models'
import type {
  Detection,
  DetectOptions,
  LocateOptions,
  Pose,
  Segmentation,
  SegmentOptions,
} from '@depthwise/models/heads'
import { type BackendName, settleBackend } from './backends.ts'
import type { HeadTasks } from './heads.ts'
import { readImage } from './image/read.ts'
import type { ImageSource } from './image/source.ts'
import type { ManyOptions, ManyResult } from './many/many.ts'
import type { Job, JobResults } from './many/pool.ts'
import type { ClassifiedImage, ClassifyManyOptions, EmbeddedImage, Net, NetInfo, Predictions } from './net.ts'
import type { Platform } from './platform.ts'
import type { SettledBy } from './preprocessing.ts'
import type { DetectionSetup, HeadSetup, Task } from './task.ts'

/** Everything about a network that is settled before it is compiled. */
export interface NetSetup {
  readonly model: Model
  readonly backends: readonly Backend[]
  readonly preprocessing: Preprocessing
  readonly preprocessingFrom: { readonly [F in keyof Preprocessing]: SettledBy }
  readonly labels: readonly string[]
  /** How many predictions `classify` gives. */
  readonly top: number
  /** What it gives, where that is not classes or features of the whole image. */
  readonly task?: HeadSetup['task']
  readonly detection?: DetectionSetup
  readonly signal?: ImageOptions['signal']
}

/**
 * Compiles a network.
 * @throws what `createClassifier` throws, but for networks without classes, which still embed
 */
export async function openNet(setup: NetSetup, platform: Platform): Promise<Net> {
  const net = new LiveNet(setup, platform)
  await net.open()
  return net
}

/**
 * What `await using` calls. WebKitGTK 2.50 does not have the symbol yet; there, compiled `await using` looks for this one.
 */
const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')

class LiveNet implements Net {
  readonly model: Model
  readonly #setup: NetSetup
  readonly #platform: Platform
  #backends: readonly Backend[]
  #classifier: Promise<Classifier> | null = null
  #embedder: Promise<Embedder> | null = null
  #heads: Promise<HeadTasks> | null = null
  #task: Task
  #closing: Promise<void> | null = null
  /** For `info`, which answers at once. */
  #session: Pick<Classifier, 'session'> | null = null

  constructor(setup: NetSetup, platform: Platform) {
    this.model = setup.model
    this.#setup = setup
    this.#platform = platform
    this.#backends = setup.backends
    this.#task = setup.task ?? 'classification'
  }

  /** Compiles ahead of the first image: what its outputs are for, the embedder where they are neither classes nor a head. */
  async open(): Promise<void> {
    const { task } = this.#setup
    if (task) {
      this.#session = await (await this.#headed()).open(task)
      return
    }
    try {
      this.#session = await this.#classifying()
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error
      this.#session = await this.#embedding()
      this.#task = 'features'
    }
  }

  get info(): NetInfo {
    const { model, labels, preprocessing, preprocessingFrom } = this.#setup
    const { name = 'a network', format = 'graph', licence, source } = model.metadata
    const { size, channels } = imageInput(model.graph)
    const session = this.#session?.session
    return {
      name,
      format,
      ...(licence !== undefined && { licence }),
      ...(source !== undefined && { source }),
      size,
      channels,
      task: this.#task,
      labels,
      preprocessing,
      preprocessingFrom,
      backend: session?.backend ?? 'none',
      skipped: session?.skipped ?? [],
    }
  }

  async classify(image: ImageSource, { top = this.#setup.top, ...run }: ClassifyOptions = {}): Promise<Predictions> {
    const classifier = await this.#classifying()
    return (await classifier.classify(await this.#read(image), { top, ...run })) as unknown as Predictions
  }

  async probabilities(image: ImageSource, options?: RunOptions): Promise<Float32Array> {
    const classifier = await this.#classifying()
    return classifier.probabilities(await this.#read(image), options)
  }

  async embed(image: ImageSource, options?: RunOptions): Promise<Float32Array> {
    const embedder = await this.#embedding()
    return embedder.embed(await this.#read(image), options)
  }

  async detect(image: ImageSource, options?: DetectOptions): Promise<readonly Detection[]> {
    return (await this.#headed()).detect(await this.#read(image), options)
  }

  async segment(image: ImageSource, options?: SegmentOptions): Promise<Segmentation> {
    return (await this.#headed()).segment(await this.#read(image), options)
  }

  async keypoints(image: ImageSource, options?: LocateOptions): Promise<readonly Pose[]> {
    return (await this.#headed()).keypoints(await this.#read(image), options)
  }

  async similarity(a: ImageSource | Float32Array, b: ImageSource | Float32Array): Promise<number> {
    const [left, right] = await Promise.all([a, b].map(each => this.#embeddingOf(each)))
    return (left as Float32Array).reduce((sum, value, i) => sum + value * (right as Float32Array)[i]!, 0)
  }

  async *classifyMany<I extends ImageSource>(
    images: Iterable<I> | AsyncIterable<I>,
    options: ClassifyManyOptions = {},
  ): AsyncGenerator<ClassifiedImage<I>, void, undefined> {
    const { top = this.#setup.top } = options
    // A wrong number is refused here and not for every image.
    topPredictions([], top)
    for await (const answer of this.#many(images, options, image => ({ kind: 'classify', image, top }))) {
      const { index, image, result, error } = answer
      yield { index, image, predictions: result ?? [], error }
    }
  }

  async *embedMany<I extends ImageSource>(
    images: Iterable<I> | AsyncIterable<I>,
    options: ManyOptions = {},
  ): AsyncGenerator<EmbeddedImage<I>, void, undefined> {
    for await (const answer of this.#many(images, options, image => ({ kind: 'embed', image }))) {
      const { index, image, result, error } = answer
      yield { index, image, embedding: result ?? new Float32Array(), error }
    }
  }

  async use(choice: BackendName | Backend): Promise<void> {
    this.#assertOpen()
    // By name, the one that the caller made with options of its own goes before a new one.
    const own = this.#backends.find(({ name }) => name === choice)
    const backend = own ?? (await settleBackend(choice, this.#platform.registry))
    // A network without classes has no classifier to move.
    const opened = await Promise.allSettled([this.#classifier, this.#embedder])
    for (const each of opened) if (each.status === 'fulfilled') await each.value?.session.use(backend)
    await (await this.#heads)?.use(backend)
    this.#backends = [backend, ...this.#backends.filter(other => other !== backend)]
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      const opened = await Promise.allSettled([this.#classifier, this.#embedder])
      await Promise.all(opened.map(each => (each.status === 'fulfilled' ? each.value?.dispose() : undefined)))
      await (await this.#heads)?.dispose()
    })()
    return this.#closing
  }

  [asyncDispose](): Promise<void> {
    return this.close()
  }

  async *#many<I extends ImageSource, J extends Job>(
    images: Iterable<I> | AsyncIterable<I>,
    options: ManyOptions,
    jobOf: (image: ImageSource) => J,
  ): AsyncGenerator<ManyResult<I, JobResults[J['kind']]>, void, undefined> {
    this.#assertOpen()
    // Most pages classify an image at a time.
    const { manyImages, openPool, settleJobs } = await import('./many/many.ts')
    const { preprocessing, labels } = this.#setup
    const { worker } = options
    const jobs = settleJobs(options.jobs, this.#platform.cores(worker))
    const setup = { model: this.model, preprocessing, labels }
    const pool = await openPool(setup, this.#backends, jobs, this.#platform, worker)
    const items = typeof images === 'string' ? (this.#platform.imagesIn(images) as AsyncIterable<never>) : images
    try {
      // Two images for each job: one is decoded, or waits for its turn, while the other is classified.
      yield* manyImages(items, { ...options, width: 2 * (pool ? jobs : 1) }, image =>
        pool ? pool.run(jobOf(image)) : this.#run(jobOf(image)),
      )
    } finally {
      await pool?.close()
    }
  }

  #run<J extends Job>(job: J): Promise<JobResults[J['kind']]> {
    return (job.kind === 'classify' ? this.classify(job.image, { top: job.top }) : this.embed(job.image)) as never
  }

  async #embeddingOf(image: ImageSource | Float32Array): Promise<Float32Array> {
    const { dimensions } = await this.#embedding()
    return image instanceof Float32Array && image.length === dimensions ? image : this.embed(image)
  }

  #read(image: ImageSource): ReturnType<typeof readImage> {
    return readImage(image, this.#platform, { alpha: this.#setup.preprocessing.crop === 'drawing' })
  }

  #classifying(): Promise<Classifier> {
    this.#assertOpen()
    this.#classifier ??= this.#sight().then(sight => {
      const { labels } = this.#setup
      return createClassifier(this.model, { ...sight, ...(labels.length > 0 && { labels }) })
    })
    return this.#classifier
  }

  #embedding(): Promise<Embedder> {
    this.#assertOpen()
    this.#embedder ??= this.#sight().then(sight => createEmbedder(this.model, sight))
    return this.#embedder
  }

  #headed(): Promise<HeadTasks> {
    this.#assertOpen()
    this.#heads ??= import('./heads.ts').then(
      ({ HeadTasks }) => new HeadTasks(this.model, () => this.#sight(), this.#setup),
    )
    return this.#heads
  }

  async #sight(): Promise<ImageOptions> {
    const { preprocessing, signal } = this.#setup
    const { registry } = this.#platform
    const options = { backends: this.#backends, registry, preprocessing, ...(signal && { signal }) }
    const { crop, resampling } = preprocessing
    if (crop === 'drawing') {
      const { isolateDrawing } = await import('@depthwise/models/drawing')
      return { ...options, prepare: isolateDrawing }
    }
    // Networks with boxes or keypoints do so by themselves, since they undo it too.
    if (crop !== 'letterbox' || this.#setup.task) return options
    const { letterbox } = await import('@depthwise/models/heads')
    return { ...options, prepare: (image, size) => letterbox(image, size, resampling) }
  }

  #assertOpen(): void {
    if (!this.#closing) return
    throw new DisposedError({ where: 'net', expected: 'an open network', found: 'one that was closed' })
  }
}
