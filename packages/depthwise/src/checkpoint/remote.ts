import { FormatError } from '@depthwise/core'
import type { FetchOptions } from '../platform.ts'
import type { CheckpointFiles } from './files.ts'

/** Largest file that is fetched: far above any MobileNet or photo. */
const maxBytes = 2 ** 30

/**
 * The bytes at an address.
 * @param expected what is there, in words, for the error
 * @throws FormatError naming the address where there is no answer, or one that is not the file; the signal's reason
 */
export async function readRemote(
  url: string,
  expected: string,
  { fetch = globalThis.fetch, onProgress, signal }: FetchOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const where = url.startsWith('data:') ? 'a data: URL' : url
  const get = fetch as typeof globalThis.fetch
  const response = await get(url, signal instanceof AbortSignal ? { signal } : {}).catch((cause: unknown) => {
    signal?.throwIfAborted()
    const found = `no answer (${cause instanceof Error ? cause.message : cause}): offline, or its server blocks cross-origin requests (CORS)`
    throw new FormatError({ where, expected, found, cause })
  })
  if (!response.ok || !response.body) {
    throw new FormatError({ where, expected, found: `HTTP ${response.status} ${response.statusText}`.trim() })
  }
  // The length of a compressed answer says nothing about the file.
  const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length')
  const total = length === null ? undefined : Number(length)
  const parts: Uint8Array[] = []
  let size = 0
  const reader = response.body.getReader()
  for (;;) {
    const { value, done } = await reader.read()
    if (signal?.aborted) await reader.cancel().catch(() => {})
    signal?.throwIfAborted()
    if (done) break
    parts.push(value)
    size += value.length
    if (size > maxBytes) {
      await reader.cancel()
      throw new FormatError({ where, expected: `at most ${maxBytes} bytes`, found: 'more' })
    }
    onProgress?.(size, total)
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** A checkpoint at an address, and the files beside it. */
export function filesAtAddress(
  url: string,
  read: (url: string, expected: string) => Promise<Uint8Array>,
): CheckpointFiles {
  const main = fileNameOf(url)
  const addressOf = (file: string): string => (file === main ? url : new URL(file, url).href)
  const kept = new Map<string, Promise<Uint8Array>>()
  const readOnce = (file: string, expected: string): Promise<Uint8Array> => {
    const reading = kept.get(file) ?? read(addressOf(file), expected)
    kept.set(file, reading)
    return reading
  }
  return {
    name: url,
    main,
    where: addressOf,
    // A server has no list of its files: a neighbour is there if it is answered.
    has: file =>
      readOnce(file, 'a file of the checkpoint').then(
        () => true,
        () => false,
      ),
    read: readOnce,
    list: async () => [],
  }
}

/** The last part of an address. */
function fileNameOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '') || 'checkpoint'
}
