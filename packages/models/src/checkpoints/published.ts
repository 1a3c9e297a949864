import type { Metadata } from '@depthwise/core'
import type { PublishedCheckpoint } from './checkpoint.ts'
import { coralCheckpoints } from './published-coral.ts'
import { hubCheckpoints } from './published-hub.ts'
import { kerasCheckpoints } from './published-keras.ts'

export type { PublishedCheckpoint } from './checkpoint.ts'

/** Published checkpoints that the formats package reads, by publisher, version, alpha and resolution. */
export const publishedCheckpoints: readonly PublishedCheckpoint[] = [
  ...kerasCheckpoints,
  ...hubCheckpoints,
  ...coralCheckpoints,
]

/** What a model made from a published checkpoint can say of itself. */
export function publishedMetadata({ name, licence, page, preprocessing }: PublishedCheckpoint): Metadata {
  return { name, licence, source: page, preprocessing }
}
