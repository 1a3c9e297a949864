import { DepthwiseError } from '@depthwise/core'
import { FileError } from './file-system.ts'

/** Largest image that is downloaded: well above any photo. */
export const maxImageBytes: number = 2 ** 28
const expected = 'an image'

/** How an image is downloaded. */
export interface DownloadImageOptions {
  /** Default: the host's own. */
  readonly fetch?: typeof globalThis.fetch
  readonly signal?: AbortSignal
  /** How long to wait for the server, and for each further part of the answer. Default 30 000. */
  readonly timeoutMilliseconds?: number
}

/**
 * The bytes of an image at an http or https address; nothing is kept on disk.
 * @throws FileError naming the address for another answer than the file, for more than 256 MiB, and where the server stops
 * answering; the signal's reason when it is aborted
 */
export async function downloadImage(
  url: string,
  { fetch = globalThis.fetch, signal, timeoutMilliseconds = 30_000 }: DownloadImageOptions = {},
): Promise<Uint8Array> {
  const wrong = (found: string, cause?: unknown): FileError => new FileError({ where: url, expected, found, cause })
  const stop = new AbortController()
  const onAbort = (): void => stop.abort(signal?.reason)
  signal?.throwIfAborted()
  signal?.addEventListener('abort', onAbort)
  let timer: ReturnType<typeof setTimeout> | undefined
  const wait = (): void => {
    clearTimeout(timer)
    timer = setTimeout(
      () => stop.abort(wrong(`no answer for ${timeoutMilliseconds / 1000} seconds`)),
      timeoutMilliseconds,
    )
  }
  try {
    wait()
    const response = await fetch(url, { signal: stop.signal })
    if (!response.ok || !response.body) {
      await response.body?.cancel()
      throw wrong(`HTTP ${response.status} ${response.statusText}`.trim())
    }
    const parts: Uint8Array[] = []
    let size = Number(response.headers.get('content-length') ?? 0)
    if (size > maxImageBytes) throw wrong(`${size} bytes, more than ${maxImageBytes}`)
    size = 0
    for await (const part of response.body as AsyncIterable<Uint8Array>) {
      wait()
      parts.push(part)
      size += part.length
      if (size > maxImageBytes) throw wrong(`more than ${maxImageBytes} bytes`)
    }
    if (size === 0) throw wrong('an empty answer')
    return Buffer.concat(parts)
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (stop.signal.aborted) throw stop.signal.reason
    if (error instanceof DepthwiseError) throw error
    // What `fetch` throws for any failure of the network is a TypeError; its cause has the reason.
    const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException
    throw wrong(`no answer (${code ?? message})`, error)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
    // Ends the transfer of an answer that was refused.
    stop.abort()
  }
}
