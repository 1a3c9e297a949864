import type { Model, Preprocessing, RunOptions, Session } from '@depthwise/core'
import type { PixelSource } from '../pixels/index.ts'
import { endInProbabilities } from './graph-ends.ts'
import { type ImageOptions, type ImageSession, openImageSession } from './image-session.ts'
import { settleLabels } from './labels.ts'
import { checkTop, type Prediction, topPredictions } from './top.ts'

/** Where a classifier runs, how it sees images, and how it names and counts what it saw. */
export interface ClassifierOptions extends ImageOptions {
  /**
   * Names of the classes, in the order of the outputs; goes before those of the model's file. A network of one output takes
   * two, the negative class first, or one, which names the positive class.
   */
  readonly labels?: readonly string[]
  /** How many predictions `classify` gives where it is not told. Default 5. */
  readonly top?: number
}

/** Of one image: `top` predictions, in place of the number the classifier was made with. */
export interface ClassifyOptions extends RunOptions {
  readonly top?: number
}

/** A network with its classes, ready for images. Calls may overlap; they are answered in order. */
export interface Classifier extends AsyncDisposable {
  /** Where it runs: `session.backend`, `session.use(name)`, `session.profile`. */
  readonly session: Session
  readonly preprocessing: Preprocessing
  /** The fields of `preprocessing` that neither caller nor file named, and that are therefore a guess. */
  readonly assumed: readonly (keyof Preprocessing)[]
  /** Names of the classes; empty where nobody gave any. */
  readonly labels: readonly string[]
  /**
   * The most probable classes, best first.
   * @throws OptionError for a bad `top`, ShapeError for an image that is none, DisposedError after disposal
   */
  classify(image: PixelSource, options?: ClassifyOptions): Promise<readonly Prediction[]>
  /** The probability of every class, in the order of the outputs. */
  probabilities(image: PixelSource, options?: RunOptions): Promise<Float32Array>
  /** Frees everything once pending images are answered. */
  dispose(): Promise<void>
}

/**
 * Makes a classifier of a model, whatever its file was: the model's own crop, normalization and labels are used where the
 * caller gives none, and a softmax is added where the graph ends in logits. A network with a single output, a probability or
 * a logit, is answered with two classes: see `endInProbabilities`.
 *
 * ```ts
 * await using classifier = await createClassifier(model, { backends: [reference()], labels: imagenetLabels1001 })
 * const [best] = await classifier.classify({ width, height, channels: 4, data })
 * ```
 * @throws ShapeError for a graph that takes no image or gives no classes; OptionError for labels that do not match its
 * classes; else what `createSession` throws
 */
export async function createClassifier(model: Model, options: ClassifierOptions): Promise<Classifier> {
  const { top = 5, labels: given } = options ?? {}
  checkTop(top)
  if (model.tail) (await import('./refuse-tail.ts')).refuseTail(model)
  const graph = endInProbabilities(model.graph)
  const labels = settleLabels(given, model.metadata.labels, model.graph)
  return new LiveClassifier(await openImageSession(graph, model, options), labels, top)
}

class LiveClassifier implements Classifier {
  readonly session: Session
  readonly preprocessing: Preprocessing
  readonly assumed: readonly (keyof Preprocessing)[]
  readonly labels: readonly string[]
  readonly #look: ImageSession['look']
  readonly #top: number

  constructor({ session, settled, look }: ImageSession, labels: readonly string[], top: number) {
    this.session = session
    this.preprocessing = settled.preprocessing
    this.assumed = settled.assumed
    this.labels = labels
    this.#look = look
    this.#top = top
  }

  async classify(
    image: PixelSource,
    { top = this.#top, ...run }: ClassifyOptions = {},
  ): Promise<readonly Prediction[]> {
    checkTop(top)
    return topPredictions(await this.#look(image, run), top, this.labels)
  }

  probabilities(image: PixelSource, options?: RunOptions): Promise<Float32Array> {
    return this.#look(image, options)
  }

  dispose(): Promise<void> {
    return this.session.dispose()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.session.dispose()
  }
}
