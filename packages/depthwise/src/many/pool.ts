import type { Model, Preprocessing } from '@depthwise/core'
import type { Prediction } from '@depthwise/models'
import type { ImageSource } from '../image/source.ts'

/** What each worker of a pool opens: plain data, which a worker can be handed. */
export interface PoolSetup {
  readonly model: Model
  readonly preprocessing: Preprocessing
  readonly labels: readonly string[]
  /** Names of backends, in order of preference. */
  readonly backends: readonly string[]
}

/** One piece of work. */
export type Job =
  | { readonly kind: 'classify'; readonly image: ImageSource; readonly top: number }
  | { readonly kind: 'embed'; readonly image: ImageSource }
  | MeasuredJob

/** An image whose run is timed. */
export interface MeasuredJob {
  readonly kind: 'measured'
  readonly output: 'probabilities' | 'embedding'
  readonly image: ImageSource
  /** How errors refer to the image. */
  readonly name: string
}

/** The values of a timed run. Decoding the image is not part of its times. */
export interface MeasuredRun {
  readonly values: Float32Array
  /** From the decoded image to the values. */
  readonly milliseconds: number
  /**
   * The first run of this network on this thread, which is slower; `milliseconds` is then the median of the runs that follow it,
   * or the first run itself where that took more than a second. Null for later images.
   */
  readonly firstMilliseconds: number | null
}

/** What a job gives, by its kind. */
export interface JobResults {
  readonly classify: readonly Prediction[]
  readonly embed: Float32Array
  readonly measured: MeasuredRun
}

/** Workers that share out jobs. */
export interface JobPool {
  /** @throws what the job failed with, by name and message */
  run<J extends Job>(job: J): Promise<JobResults[J['kind']]>
  /** Ends the workers; jobs under way are dropped. */
  close(): Promise<void>
}

/** The part of a `Worker` that is used. */
export interface WorkerLike {
  postMessage(message: unknown): void
  addEventListener(type: string, listener: (event: never) => void): void
  terminate(): void
}
