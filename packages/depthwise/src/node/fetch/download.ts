import { createWriteStream } from 'node:fs'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { Signal } from '@depthwise/core'
import type { Fetch } from '../../platform.ts'
import { FileError, maxFileBytes } from '../file-system.ts'

export interface DownloadOptions {
  /** Instead of Node's own: any function that answers as it does. */
  readonly fetch?: Fetch
  /** Told of the bytes that are there, and of how many there will be, where the server says. */
  readonly onProgress?: (received: number, total: number | undefined) => void
  readonly signal?: Signal
}

/** What an earlier attempt left: so many bytes, and by which tag the server knows the file they are of. */
interface Beginning {
  readonly size: number
  readonly tag: string
}

const nothing: Beginning = { size: 0, tag: '' }

/**
 * Fetches a file, going on where an earlier attempt was cut. What was cut stays, for the next.
 * @param checked whether a checksum will tell if the two halves are of one file; else only a server's tag can
 * @throws FileError for an answer that is not the file, and whatever `fetch` throws
 */
export async function download(url: string, path: string, checked: boolean, options: DownloadOptions): Promise<void> {
  const tagged = `${path}.etag`
  const left = await beginning(path, tagged)
  const from = left.tag !== '' || checked ? left : nothing
  const response = await request(url, from, options)
  const { body, status, headers } = response
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '')
  const resumed = status === 206 && range !== null && Number(range[1]) === from.size
  if ((status === 416 || status === 206) && !resumed && from.size > 0) {
    // What is left is no part of the file as it now stands.
    await body?.cancel()
    await rm(path, { force: true })
    return download(url, path, checked, options)
  }
  if ((!resumed && status !== 200) || body === null) {
    await body?.cancel()
    throw new FileError({ where: url, expected: 'the file', found: `HTTP ${status} ${response.statusText}`.trim() })
  }
  if (!resumed) {
    await rm(path, { force: true })
    await writeFile(tagged, strongTag(headers.get('etag')))
  }
  const start = resumed ? from.size : 0
  const total = resumed ? Number(range[2]) : lengthOf(headers)
  if (total !== undefined && total > maxFileBytes) {
    await body.cancel()
    throw tooLarge(url, total)
  }
  const size = await append(body, path, start, received => options.onProgress?.(received, total))
  if (size > maxFileBytes) {
    await rm(path, { force: true })
    throw tooLarge(url, size)
  }
  if (total !== undefined && size !== total) {
    throw new FileError({ where: url, expected: `${total} bytes`, found: `${size}; the rest can be fetched later` })
  }
  await rm(tagged, { force: true })
}

/**
 * Writes what comes behind what is there.
 * @returns the bytes there are then, more than `maxFileBytes` where it was stopped for that
 * @throws what cut it short, with all that had come written
 */
async function append(
  body: AsyncIterable<Uint8Array>,
  path: string,
  start: number,
  onProgress: (received: number) => void,
): Promise<number> {
  let size = start
  let cut: unknown
  // To the file, an end that comes too soon is an end like any other: what is on its way is still written.
  async function* counted(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of body) {
        size += chunk.length
        if (size > maxFileBytes) return
        onProgress(size)
        yield chunk
      }
    } catch (error) {
      cut = error
    }
  }
  await pipeline(counted, createWriteStream(path, { flags: start > 0 ? 'r+' : 'w', start }))
  if (cut !== undefined) throw cut
  return size
}

async function beginning(path: string, tagged: string): Promise<Beginning> {
  const size = await stat(path).then(
    entry => entry.size,
    () => 0,
  )
  return size === 0 ? nothing : { size, tag: await readFile(tagged, 'utf8').catch(() => '') }
}

/** With `If-Range` a server sends all of a file that has changed meanwhile (RFC 9110, section 13.1.5). */
function request(url: string, { size, tag }: Beginning, options: DownloadOptions): Promise<Response> {
  // Our types need none of the DOM's: they accept any function that answers as fetch does.
  const { fetch, signal } = options as { readonly fetch?: typeof globalThis.fetch; readonly signal?: AbortSignal }
  const rest = size > 0 ? { Range: `bytes=${size}-`, ...(tag && { 'If-Range': tag }) } : {}
  // Lengths and ranges are to count the bytes of the file, not of a compressed form of it.
  return (fetch ?? globalThis.fetch)(url, {
    headers: { 'Accept-Encoding': 'identity', ...rest },
    ...(signal && { signal }),
  })
}

/** A weak tag promises no equal bytes, so it serves no range (RFC 9110, section 8.8.1). */
function strongTag(tag: string | null): string {
  return tag?.startsWith('"') ? tag : ''
}

/** Of the file; the length of a compressed body says nothing about it. */
function lengthOf(headers: Headers): number | undefined {
  const length = headers.has('content-encoding') ? null : headers.get('content-length')
  return length === null ? undefined : Number(length)
}

function tooLarge(where: string, found: number): FileError {
  return new FileError({ where, expected: `at most ${maxFileBytes} bytes`, found: `${found}` })
}
