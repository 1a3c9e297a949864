import type { Backend, Model, Preprocessing, RunOptions, Skip } from '@depthwise/core'
import type { ClassifyOptions, Prediction } from '@depthwise/models'
import type {
  Detection,
  DetectOptions,
  LocateOptions,
  Pose,
  Segmentation,
  SegmentOptions,
} from '@depthwise/models/heads'
import type { BackendName } from './backends.ts'
import type { ImageSource } from './image/source.ts'
import type { ManyOptions } from './many/many.ts'
import type { SettledBy } from './preprocessing.ts'
import type { Task } from './task.ts'

/** What is known of a loaded network, where that comes from, and where the network runs. */
export interface NetInfo {
  /** What the file, or the list of published files, calls it; else the name of the file. */
  readonly name: string
  /** `tflite`, `onnx`, `keras`, ... */
  readonly format: string
  readonly licence?: string
  readonly source?: string
  /** `[height, width]` of the image that the network takes; any image is resized to it. */
  readonly size: readonly [height: number, width: number]
  /** 3 for RGB, 1 for grey levels. */
  readonly channels: 1 | 3
  /** What it is for, by its outputs. */
  readonly task: Task
  /** Names of the classes in the order of the outputs; empty where neither file nor caller gives them. */
  readonly labels: readonly string[]
  readonly preprocessing: Preprocessing
  /** Who settled each part of the preprocessing; `'guess'` where none is stated. */
  readonly preprocessingFrom: { readonly [F in keyof Preprocessing]: SettledBy }
  /** Name of the backend in use. */
  readonly backend: string
  /** Backends passed over so far, and why. */
  readonly skipped: readonly Skip[]
}

/** The most probable classes, best first; at least one. */
export type Predictions = readonly [Prediction, ...Prediction[]]

/** The predictions for one of many images; where `error` is set they are empty. */
export interface ClassifiedImage<I> {
  /** Of the image, from 0. */
  readonly index: number
  readonly image: I
  readonly predictions: readonly Prediction[]
  readonly error: Error | null
}

/** The embedding of one of many images; empty where `error` is set. */
export interface EmbeddedImage<I> {
  /** Of the image, from 0. */
  readonly index: number
  readonly image: I
  readonly embedding: Float32Array
  readonly error: Error | null
}

/** Of `classifyMany`: `top` predictions for each image. */
export interface ClassifyManyOptions extends ManyOptions {
  readonly top?: number
}

/**
 * A network ready for images, as `load` returns it. Calls may overlap and are answered in order.
 *
 * ```ts
 * const net = await load('mobilenet_v2_1.0_224')
 * const [best] = await net.classify('cat.jpg')
 * ```
 */
export interface Net extends AsyncDisposable {
  readonly info: NetInfo
  /** Graph and weights, for the other packages: cost, parity, writers. */
  readonly model: Model
  /**
   * The most probable classes, best first.
   * @throws ShapeError where the network gives no classes, FormatError or OptionError for what is no image
   */
  classify(image: ImageSource, options?: ClassifyOptions): Promise<Predictions>
  /** The probability of every class, in the order of the outputs. */
  probabilities(image: ImageSource, options?: RunOptions): Promise<Float32Array>
  /** The features in front of the classifier, at unit length: the dot product of two is the cosine of their angle. */
  embed(image: ImageSource, options?: RunOptions): Promise<Float32Array>
  /**
   * The objects on an image, best first, with boxes in pixels of that image, of networks that end in boxes: an SSD, BlazeFace.
   * @throws ShapeError where the network gives no boxes, saying what it gives; else as `classify`
   */
  detect(image: ImageSource, options?: DetectOptions): Promise<readonly Detection[]>
  /**
   * The class of every pixel, and of networks that separate one thing from its background its mask: DeepLab, selfie segmentation.
   * @throws ShapeError where the network gives no map, saying what it gives; else as `classify`
   */
  segment(image: ImageSource, options?: SegmentOptions): Promise<Segmentation>
  /**
   * The people or faces on an image, best first, with their keypoints in pixels of that image: MoveNet, PoseNet, BlazeFace.
   * @throws ShapeError where the network gives no keypoints, saying what it gives; else as `classify`
   */
  keypoints(image: ImageSource, options?: LocateOptions): Promise<readonly Pose[]>
  /** The cosine of the angle between the embeddings of two images, from -1 to 1. An embedding stands for its image. */
  similarity(a: ImageSource | Float32Array, b: ImageSource | Float32Array): Promise<number>
  /**
   * Classifies images on all cores in bounded memory: the next image is taken from the source when there is room for it. An
   * image that fails becomes a result with its `error`.
   * @param images any iterable or async iterable of images; in Node, text is the path of a folder and stands for the images
   * below it
   */
  classifyMany<I extends ImageSource>(
    images: Iterable<I> | AsyncIterable<I>,
    options?: ClassifyManyOptions,
  ): AsyncIterable<ClassifiedImage<I>>
  /** As `classifyMany`, for embeddings. */
  embedMany<I extends ImageSource>(
    images: Iterable<I> | AsyncIterable<I>,
    options?: ManyOptions,
  ): AsyncIterable<EmbeddedImage<I>>
  /**
   * Moves to another backend; calls already accepted are answered by the old one.
   * @throws BackendUnavailableError with its reason when it cannot take over; the network stays where it was
   */
  use(backend: BackendName | Backend): Promise<void>
  /** Frees everything once pending calls are answered. */
  close(): Promise<void>
}
