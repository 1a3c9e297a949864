import type { Metadata, Preprocessing } from '@depthwise/core'
import { debug, type Size2 } from '@depthwise/core/backend'
import { knownCheckpoints } from '@depthwise/models'
import type { DownloadRecord } from './files.ts'

/** What is known of a file because of where it is from, and nothing in it says. */
export interface Origin {
  readonly metadata: Metadata
  /** What it was trained at, which bare weights do not state. */
  readonly size?: Size2
}

/** What is known of a file by its sum, else by the record of its download. */
export async function originOf(sha256: string | null, record: DownloadRecord | undefined): Promise<Origin | undefined> {
  const { publishedCheckpoints, publishedMetadata } = await import('@depthwise/models/published')
  const published = publishedCheckpoints.find(
    ({ name, sha256: known }) => (known !== undefined && known === sha256) || record?.checkpoint === name,
  )
  if (!published) return record && { metadata: { source: record.url } }
  const { resolution } = published.architecture
  return { metadata: publishedMetadata(published), size: [resolution, resolution] }
}

/** Who states how a network wants its images, in order of authority. */
export type Authority = 'file' | 'known file' | 'download'

/** What each authority states. */
export type StatedPreprocessing = Readonly<Partial<Record<Authority, Partial<Preprocessing>>>>

/** The metadata of a file, with what is known of it besides: what the file says of itself goes first, field by field. */
export function withKnowledge(
  own: Metadata,
  sha256: string | null,
  origin: Origin | undefined,
): { readonly metadata: Metadata; readonly stated: StatedPreprocessing; readonly isKnown: boolean } {
  const known = sha256 === null ? undefined : knownCheckpoints[sha256]
  const layers = [origin?.metadata, known, own]
  const preprocessing = Object.assign({}, ...layers.map(layer => layer?.preprocessing)) as Partial<Preprocessing>
  const isStated = Object.keys(preprocessing).length > 0
  const metadata: Metadata = Object.assign({}, ...layers, isStated && { preprocessing })
  const stated = {
    ...(own.preprocessing && { file: own.preprocessing }),
    ...(known?.preprocessing && { 'known file': known.preprocessing }),
    ...(origin?.metadata.preprocessing && { download: origin.metadata.preprocessing }),
  }
  return { metadata, stated, isKnown: known !== undefined || origin?.size !== undefined }
}

/** The part of Web Cryptography that is used; pages that were not served securely have none. */
interface Host {
  readonly crypto?: { readonly subtle?: { digest(algorithm: 'SHA-256', data: Uint8Array): Promise<ArrayBuffer> } }
}

/** SHA-256 of bytes in lower-case hex; null where the host cannot hash. */
export async function sha256Of(bytes: Uint8Array): Promise<string | null> {
  const subtle = (globalThis as Host).crypto?.subtle
  if (!subtle) {
    debug(1, () => 'checkpoints: this host has no crypto.subtle, so no file is recognised')
    return null
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes))
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')
}
