import { DepthwiseError, FormatError } from '@depthwise/core'
import type { FetchOptions } from '../platform.ts'
import type { CheckpointFiles } from './files.ts'

/** Largest file that is fetched by default: far above any MobileNet. */
const largest = 2 ** 30

/** How the bytes at an address are read. */
export interface RemoteOptions extends FetchOptions {
  /** Default 1 GiB. */
  readonly maxBytes?: number
  /** How long to wait for the server, and for each further part of the answer. Default 30 000. */
  readonly timeoutMilliseconds?: number
}

/**
 * The bytes at an address.
 * @param expected what is there, in words, for the error
 * @throws FormatError naming the address where there is no answer, one that is not the file or is too large, and where the server
 * stops answering; the signal's reason
 */
export async function readRemote(
  url: string,
  expected: string,
  {
    fetch = globalThis.fetch,
    onProgress,
    signal,
    maxBytes = largest,
    timeoutMilliseconds = 30_000,
  }: RemoteOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const where = url.startsWith('data:') ? 'a data: URL' : url
  const wrong = (found: string, cause?: unknown): FormatError => new FormatError({ where, expected, found, cause })
  const tooLarge = (size: string): FormatError => wrong(`${size} bytes, more than ${maxBytes}`)
  const transfer = new Transfer(timeoutMilliseconds, signal, () =>
    wrong(`no answer for ${timeoutMilliseconds / 1000} seconds`),
  )
  try {
    const get = fetch as typeof globalThis.fetch
    const response = await transfer.next(() => get(url, { signal: transfer.signal }))
    if (!response.ok || !response.body) throw wrong(`HTTP ${response.status} ${response.statusText}`.trim())
    // The length of a compressed answer says nothing about the file.
    const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length')
    const total = length === null ? undefined : Number(length)
    if (total !== undefined && total > maxBytes) throw tooLarge(`${total}`)
    const parts: Uint8Array[] = []
    let size = 0
    const reader = response.body.getReader()
    for (;;) {
      const { value, done } = await transfer.next(() => reader.read())
      if (done) break
      parts.push(value)
      size += value.length
      if (size > maxBytes) throw tooLarge(`${size} or more`)
      onProgress?.(size, total)
    }
    if (size === 0) throw wrong('an empty answer')
    return joined(parts, size)
  } catch (error) {
    transfer.stop()
    signal?.throwIfAborted()
    if (error instanceof DepthwiseError) throw error
    throw wrong(`no answer (${reasonOf(error)})${hint()}`, error)
  } finally {
    transfer.close()
  }
}

/** A transfer that ends when its server is silent for too long, or when its caller says so. */
class Transfer {
  readonly #controller = new AbortController()
  readonly #stopped: Promise<never>
  readonly #close: () => void
  readonly #wait: () => void

  constructor(milliseconds: number, caller: FetchOptions['signal'], silent: () => Error) {
    const { signal } = this.#controller
    this.#stopped = new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    this.#stopped.catch(() => {})
    let timer: ReturnType<typeof setTimeout> | undefined
    this.#wait = () => {
      clearTimeout(timer)
      caller?.throwIfAborted()
      timer = setTimeout(() => this.#controller.abort(silent()), milliseconds)
    }
    const onAbort = (): void => this.stop()
    if (caller instanceof AbortSignal) caller.addEventListener('abort', onAbort)
    this.#close = () => {
      clearTimeout(timer)
      if (caller instanceof AbortSignal) caller.removeEventListener('abort', onAbort)
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The next step. A `fetch` of the caller's may know nothing of signals, so the step is not relied on to end by itself. */
  next<T>(step: () => Promise<T>): Promise<T> {
    this.#wait()
    return Promise.race([step(), this.#stopped])
  }

  stop(): void {
    this.#controller.abort()
  }

  close(): void {
    this.#close()
  }
}

/** What `fetch` throws for any failure of the network is a TypeError; in Node its cause has the reason. */
function reasonOf(error: unknown): string {
  const { code, message } = ((error as Error).cause ?? error) as { readonly code?: string; readonly message?: string }
  return code ?? message ?? `${error}`
}

/** Browsers do not say why they keep an answer from a page. */
const hint = (): string =>
  'location' in globalThis ? ': offline, or its server blocks cross-origin requests (CORS)' : ''

function joined(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
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
