import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { headers } from '../build/headers.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
}

export interface Site extends AsyncDisposable {
  readonly url: string
  /** Bytes that the page was sent since the last time this was asked; it is the browser that looks for a newer service worker. */
  sent(): number
}

/** Builds the page into a folder, as `demo` does. */
export async function buildPage(outDir: string): Promise<void> {
  // Vitest's `test` would make it a page for development, which keeps nothing for offline.
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  await build({ root, logLevel: 'error', build: { outDir, emptyOutDir: true } })
  process.env['NODE_ENV'] = before
}

/**
 * Serves the built page on 127.0.0.1 under its content policy. `also`: further files by their address, such as a checkpoint
 * to fetch.
 */
export async function servePage(
  folder: string,
  { isolated, also = new Map() }: { readonly isolated: boolean; readonly also?: ReadonlyMap<string, string> },
): Promise<Site> {
  let bytes = 0
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname
    const file = also.get(pathname) ?? join(folder, normalize(decodeURIComponent(path)))
    const found = also.has(pathname) || file.startsWith(folder) ? await stat(file).catch(() => null) : null
    if (!found?.isFile()) {
      response.writeHead(404).end()
      return
    }
    const body = await readFile(file)
    if (request.headers['service-worker'] !== 'script') bytes += body.length
    response.writeHead(200, {
      ...headers({ isolated }),
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Content-Length': body.length,
    })
    response.end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    sent() {
      const sum = bytes
      bytes = 0
      return sum
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
