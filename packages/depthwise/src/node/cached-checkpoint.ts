import type { PublishedCheckpoint } from '@depthwise/models/published'
import { publishedBy } from '../published.ts'
import { cacheFolder, placeOf } from './fetch/place.ts'
import { exists } from './file-system.ts'

/** A published checkpoint, and where its file is or would be. */
export interface CachedCheckpoint {
  readonly checkpoint: PublishedCheckpoint
  readonly path: string
  readonly isCached: boolean
}

/**
 * Looks a published checkpoint up in the cache. Nothing is downloaded.
 * @param name as `filesNamed` takes it: of the list, or plain, such as `mobilenet_v2_1.0_224`
 * @returns null for a name that is not published
 * @throws OptionError for the plain name of a network of a size that is not published
 */
export async function cachedCheckpoint(name: string, cache: string = cacheFolder()): Promise<CachedCheckpoint | null> {
  const checkpoint = await publishedBy(name)
  if (!checkpoint) return null
  const { path } = placeOf(checkpoint, cache)
  return { checkpoint, path, isCached: await exists(path) }
}
