import { FormatError } from '@depthwise/core'
import { debug } from '@depthwise/core/backend'
import { sha256Of } from '../checkpoint/origin.ts'
import { readRemote } from '../checkpoint/remote.ts'
import type { FetchOptions } from '../platform.ts'

// Downloads in the browser's own cache, which outlives the page.

interface StoredResponse {
  arrayBuffer(): Promise<ArrayBuffer>
}
interface Store {
  match(url: string): Promise<StoredResponse | undefined>
  put(url: string, response: object): Promise<void>
  delete(url: string): Promise<boolean>
}
interface Host {
  readonly caches?: { open(name: string): Promise<Store> }
}

/** Null where there is none, as on pages that were not served securely, or where it is denied. */
const open = async (name: string): Promise<Store | null> =>
  (await (globalThis as Host).caches?.open(name).catch(() => null)) ?? null

/**
 * The bytes at an address, from the cache where they are.
 * @param sha256 what they must hash to; a cached file that does not is fetched again
 * @throws FormatError for bytes of another sum, and what `readRemote` throws
 */
export async function download(
  url: string,
  expected: string,
  sha256: string | undefined,
  { cache = 'depthwise', ...options }: FetchOptions,
): Promise<Uint8Array> {
  const store = await open(cache)
  const kept = await store?.match(url)
  if (kept) {
    const bytes = new Uint8Array(await kept.arrayBuffer())
    if (await isSum(bytes, sha256)) return bytes
    await store?.delete(url)
  }
  const bytes = await readRemote(url, expected, options)
  if (!(await isSum(bytes, sha256))) {
    throw new FormatError({ where: url, expected: `SHA-256 ${sha256}`, found: `${await sha256Of(bytes)}` })
  }
  // Where there is no room it is fetched again the next time.
  await store
    ?.put(url, new Response(Uint8Array.from(bytes), { headers: { 'Content-Length': `${bytes.length}` } }))
    .catch((error: unknown) => debug(1, () => `depthwise: ${url} is not kept: ${error}`))
  return bytes
}

/** A host that cannot hash cannot compare either. */
async function isSum(bytes: Uint8Array, sha256: string | undefined): Promise<boolean> {
  if (sha256 === undefined) return true
  const found = await sha256Of(bytes)
  return found === null || found === sha256
}
