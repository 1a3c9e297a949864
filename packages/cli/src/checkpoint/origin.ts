import { readFile, stat } from 'node:fs/promises'
import { debug, type Metadata, type Size2 } from '@depthwise/core'
import { publishedCheckpoints, publishedMetadata } from '@depthwise/models/published'
import { writeWhole } from '../write-files.ts'

/** What is known of a file because of where it is from, and nothing in it says. */
export interface Origin {
  readonly metadata: Metadata
  /** What it was trained at, which bare weights do not tell. */
  readonly size?: Size2
}

/** Where a file was fetched from. It speaks of the bytes that have this sum, whatever lies beside it by now. */
interface OriginRecord {
  readonly sha256: string
  readonly url: string
  /** One of `publishedCheckpoints`. */
  readonly checkpoint?: string
}

const recordOf = (path: string): string => `${path}.origin.json`
/** Far above what a record takes: what is larger is none. */
const largestRecord = 2 ** 16

/**
 * Writes down, beside a file that was fetched, where it is from; of the address not what may be a secret.
 * @throws FileError
 */
export function writeOrigin(path: string, record: OriginRecord): Promise<void> {
  const { origin, pathname } = new URL(record.url)
  const text = JSON.stringify({ ...record, url: `${origin}${pathname}` })
  return writeWhole(recordOf(path), new TextEncoder().encode(`${text}\n`))
}

/** What is known of a file by its sum, else by what was written down beside it when it was fetched. */
export async function originOf(path: string, sha256: string): Promise<Origin | undefined> {
  const record = await readRecord(path)
  const fetched = record?.sha256 === sha256 ? record : undefined
  if (record && !fetched) debug(1, () => `checkpoints: ${recordOf(path)} speaks of other bytes`)
  const published = publishedCheckpoints.find(
    ({ name, sha256: known }) => known === sha256 || (fetched !== undefined && fetched.checkpoint === name),
  )
  if (!published) return fetched && { metadata: { source: fetched.url } }
  const { resolution } = published.architecture
  return { metadata: publishedMetadata(published), size: [resolution, resolution] }
}

async function readRecord(path: string): Promise<OriginRecord | undefined> {
  try {
    const entry = await stat(recordOf(path))
    if (!entry.isFile() || entry.size > largestRecord) return undefined
    const json: unknown = JSON.parse(await readFile(recordOf(path), 'utf8'))
    return isRecord(json) ? json : undefined
  } catch {
    // Files that nobody fetched have none.
    return undefined
  }
}

function isRecord(json: unknown): json is OriginRecord {
  if (typeof json !== 'object' || json === null) return false
  const { sha256, url, checkpoint = '' } = json as Record<string, unknown>
  return [sha256, url, checkpoint].every(field => typeof field === 'string')
}

/** A model with what is known of its file added to what the file says of itself, which goes before. */
export function withOrigin(metadata: Metadata, origin: Origin | undefined): Metadata {
  if (!origin) return metadata
  const preprocessing = { ...origin.metadata.preprocessing, ...metadata.preprocessing }
  const known = Object.keys(preprocessing).length > 0
  return { ...origin.metadata, ...metadata, ...(known && { preprocessing }) }
}
