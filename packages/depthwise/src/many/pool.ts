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

/** What a job gives, by its kind. */
export interface JobResults {
  readonly classify: readonly Prediction[]
  readonly embed: Float32Array
}

/** Workers that share out jobs. */
export interface JobPool {
  /** @throws what the job failed with, by name and message */
  run<J extends Job>(job: J): Promise<JobResults[J['kind']]>
  /** Ends the workers; jobs under way are dropped. */
  close(): Promise<void>
}
