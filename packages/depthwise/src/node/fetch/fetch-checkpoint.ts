import { createHash } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DepthwiseError, FormatError, OptionError } from '@depthwise/core'
import { debug } from '@depthwise/core/backend'
import { detectFormat } from '@depthwise/formats'
import type { PublishedCheckpoint } from '@depthwise/models/published'
import { describe } from '../../checkpoint/read.ts'
import { exists, FileError, fileError, readBytes } from '../file-system.ts'
import { writeOrigin } from '../origin-record.ts'
import { type DownloadOptions, download } from './download.ts'
import { cacheFolder, type Place, placeOf } from './place.ts'

/** Where a checkpoint is kept, what it must be, and how it is fetched. */
export interface FetchCheckpointOptions extends DownloadOptions {
  /** What the file must hash to; default what is known of a published checkpoint. */
  readonly sha256?: string
  /** Folder that fetched files are kept in; default `depthwise` in the user's cache folder. */
  readonly cache?: string
}

/**
 * A checkpoint from the web, fetched unless it has been. An attempt that was cut is gone on with; the file gets its name only
 * when it is whole and its checksum is right, or, where none is known, when its bytes are those of a checkpoint. Where it is
 * from is written down beside it, so that what is known of it is known when it is read.
 * @param what one of `publishedCheckpoints`, or an address
 * @returns the path of the file
 * @throws OptionError for what is no address or no checksum; FileError or FormatError where the file cannot be had, naming
 * address and place, so that it can be put there by hand; the signal's reason when it is aborted
 */
export async function fetchCheckpoint(
  what: PublishedCheckpoint | string,
  options: FetchCheckpointOptions = {},
): Promise<string> {
  const place = placeOf(what, options.cache ?? cacheFolder())
  const checksum = (options.sha256 ?? (typeof what === 'string' ? undefined : what.sha256))?.toLowerCase()
  if (checksum !== undefined && !/^[0-9a-f]{64}$/.test(checksum)) {
    throw new OptionError({ where: 'sha256', expected: '64 hexadecimal digits', found: checksum || '""' })
  }
  const { path } = place
  const keep = (sum: string): Promise<void> =>
    writeOrigin(path, { sha256: sum, url: place.url, ...(typeof what !== 'string' && { checkpoint: what.name }) })
  if (await exists(path)) {
    const sum = await check(path, path, checksum)
    // Perhaps put there by hand; a cache that cannot be written to serves all the same.
    await keep(sum).catch((error: unknown) => debug(1, () => `fetch: ${error}`))
    return path
  }
  const partial = `${path}.partial`
  try {
    options.signal?.throwIfAborted()
    await mkdir(dirname(path), { recursive: true })
    await download(place.url, partial, checksum !== undefined, options)
    const sum = await check(partial, place.url, checksum).catch(async (error: unknown) => {
      await rm(partial, { force: true })
      throw error
    })
    await keep(sum)
    await rename(partial, path)
    return path
  } catch (error) {
    options.signal?.throwIfAborted()
    throw inWords(error, place)
  }
}

/** The sum of a file. Throws unless it is the one that was meant. */
async function check(path: string, where: string, checksum: string | undefined): Promise<string> {
  const bytes = await readBytes(path, 'a checkpoint')
  const found = createHash('sha256').update(bytes).digest('hex')
  if (checksum !== undefined && found !== checksum) {
    throw new FileError({ where, expected: `SHA-256 ${checksum}`, found })
  }
  if (checksum === undefined && detectFormat(bytes) === null) {
    throw new FormatError({ where, expected: 'a checkpoint', found: await describe(bytes) })
  }
  return found
}

/** `fetch` throws a TypeError for whatever the network does; what is behind it knows more. */
function inWords(error: unknown, { url, path }: Place): unknown {
  if (error instanceof DepthwiseError && !error.found.startsWith('HTTP ')) return error
  const byHand = `the file (or put there by hand: ${path})`
  if (error instanceof DepthwiseError)
    return new FileError({ where: url, expected: byHand, found: error.found, cause: error })
  if (!(error instanceof TypeError)) return fileError(path, 'a file that can be written', error)
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException
  return new FileError({ where: url, expected: byHand, found: `no answer: ${code ?? message}`, cause: error })
}
