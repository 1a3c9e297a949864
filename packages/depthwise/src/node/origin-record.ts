import { readFile, stat } from 'node:fs/promises'
import { debug } from '@depthwise/core/backend'
import type { DownloadRecord } from '../checkpoint/files.ts'
import { writeWhole } from './write-whole.ts'

/** What is written beside a file that was fetched. It is about the bytes of this sum, whatever is beside it by now. */
interface OriginRecord extends DownloadRecord {
  readonly sha256: string
}

const recordOf = (path: string): string => `${path}.origin.json`
/** Far above what a record takes: a larger file is none. */
const largestRecord = 2 ** 16

/**
 * Writes beside a file that was fetched where it is from, without the parts of the address that may be secret.
 * @throws FileError
 */
export function writeOrigin(path: string, record: OriginRecord): Promise<void> {
  const { origin, pathname } = new URL(record.url)
  const text = JSON.stringify({ ...record, url: `${origin}${pathname}` })
  return writeWhole(recordOf(path), new TextEncoder().encode(`${text}\n`))
}

/** The record beside a file, if it is about the bytes of this sum. */
export async function readOrigin(path: string, sha256: string): Promise<DownloadRecord | undefined> {
  const record = await readRecord(path)
  if (record === undefined || record.sha256 === sha256) return record
  debug(1, () => `checkpoints: ${recordOf(path)} is about other bytes`)
  return undefined
}

async function readRecord(path: string): Promise<OriginRecord | undefined> {
  try {
    const entry = await stat(recordOf(path))
    if (!entry.isFile() || entry.size > largestRecord) return undefined
    const json: unknown = JSON.parse(await readFile(recordOf(path), 'utf8'))
    return isRecord(json) ? json : undefined
  } catch {
    // Files that were not fetched have none.
    return undefined
  }
}

function isRecord(json: unknown): json is OriginRecord {
  if (typeof json !== 'object' || json === null) return false
  const { sha256, url, checkpoint = '' } = json as Record<string, unknown>
  return [sha256, url, checkpoint].every(field => typeof field === 'string')
}
