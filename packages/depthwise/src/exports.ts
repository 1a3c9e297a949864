// What `depthwise` exports on every host, besides `load`.

export {
  type Backend,
  BackendUnavailableError,
  type Crop,
  DepthwiseError,
  FormatError,
  type Model,
  type Normalization,
  OptionError,
  type Preprocessing,
  ShapeError,
  UnsupportedOpError,
  WeightsError,
} from '@depthwise/core'
export type { ClassifyOptions, PixelImage, Prediction } from '@depthwise/models'
export type {
  Box,
  Detection,
  DetectOptions,
  Keypoint,
  LocateOptions,
  Pose,
  Segmentation,
  SegmentedClass,
  SegmentOptions,
} from '@depthwise/models/heads'
export type { BackendChoice, BackendName } from './backends.ts'
export type { BlobLike, DrawableLike, ImageSource, UrlLike } from './image/source.ts'
export type { Load, LoadOptions, NetworkLike, NetworkSource } from './load.ts'
export type { ManyOptions } from './many/many.ts'
export type { WorkerLike } from './many/pool.ts'
export type {
  ClassifiedImage,
  ClassifyManyOptions,
  EmbeddedImage,
  Net,
  NetInfo,
  Predictions,
} from './net.ts'
export type { SettledBy } from './preprocessing.ts'
export type { DetectionSetup, Task } from './task.ts'
