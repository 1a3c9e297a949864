import { readFile, stat } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import { headers } from './headers.ts'

const compress = promisify(brotliCompress)

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
}

/** One file that was sent. */
export interface Sent {
  readonly path: string
  /** As it lies in the folder, and as it went over the wire. */
  readonly bytes: number
  readonly wireBytes: number
}

export interface Site extends AsyncDisposable {
  readonly url: string
  /** What the page was sent since the last time this was asked; it is the browser that looks for a newer service worker. */
  sent(): readonly Sent[]
}

export interface SiteOptions {
  /** Under the headers that give the page shared memory, and so threads. */
  readonly isolated: boolean
  /** Default 0: any that is free. */
  readonly port?: number
  /** Further files by their address, such as a checkpoint to fetch. */
  readonly also?: ReadonlyMap<string, string>
}

/**
 * Serves the built page on 127.0.0.1 as a host of static files would: under its content policy, compressed where the browser
 * takes it, and kept by the browser where the name tells the content.
 */
export async function servePage(folder: string, { isolated, port = 0, also = new Map() }: SiteOptions): Promise<Site> {
  let sent: Sent[] = []
  const compressed = new Map<string, Promise<Buffer>>()
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const file = also.get(pathname) ?? fileOf(folder, pathname)
    const found = file === null ? null : await stat(file).catch(() => null)
    if (file === null || !found?.isFile()) {
      response.writeHead(404).end()
      return
    }
    const whole = await readFile(file)
    const isOurs = !also.has(pathname)
    const brotli = isOurs && /\bbr\b/.test(String(request.headers['accept-encoding']))
    if (brotli && !compressed.has(file)) compressed.set(file, squeeze(whole))
    const body = (brotli && (await compressed.get(file))) || whole
    if (request.headers['service-worker'] !== 'script') {
      sent.push({ path: pathname, bytes: whole.length, wireBytes: body.length })
    }
    response.writeHead(200, {
      ...headers({ isolated }),
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Content-Length': body.length,
      'Cache-Control': pathname.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(isOurs && { Vary: 'Accept-Encoding' }),
      ...(brotli && { 'Content-Encoding': 'br' }),
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  })
  await listen(server, port)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    sent() {
      const all = sent
      sent = []
      return all
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** Null for what is no name of a file in the folder. */
function fileOf(folder: string, pathname: string): string | null {
  try {
    const path = normalize(decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname))
    return path.includes('\0') || path.includes('..') ? null : join(folder, path)
  } catch {
    // No escape sequence.
    return null
  }
}

const squeeze = (bytes: Buffer): Promise<Buffer> =>
  compress(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })

/** At a port that is taken already, at another. */
async function listen(server: Server, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
  } catch (error) {
    if ((error as { code?: string }).code !== 'EADDRINUSE' || port === 0) throw error
    await listen(server, 0)
  }
}
