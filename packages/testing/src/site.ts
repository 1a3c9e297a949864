import { readFile, stat } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

/** Types of files by their ending, as servers and CDNs send them. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
}

/** As servers send what they know nothing of. */
export const unknownType = 'application/octet-stream'

/** The type that servers send a file with; a path that ends in a slash is a page. */
export const typeOf = (path: string): string =>
  path.endsWith('/') ? 'text/html; charset=utf-8' : (types[extname(path)] ?? unknownType)

/** Headers that make a page cross-origin isolated. */
export const isolation: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** A policy that allows a page's own scripts and WebAssembly: nothing inline, and no `eval`. */
export const strictPolicy = "script-src 'self' 'wasm-unsafe-eval'"

export interface Site extends AsyncDisposable {
  /** Ends in a slash. */
  readonly url: string
}

/** A request. */
export interface Asked {
  /** Of the address, without the query. */
  readonly path: string
  /** What came with it, as JSON. */
  json(): Promise<unknown>
}

/** An answer; `Content-Type` follows from the path unless `headers` have one. */
export interface Answer {
  /** Default 200. */
  readonly status?: number
  readonly body?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

/** A web server on 127.0.0.1; what has no answer (`null`) is not found. */
export async function serveAnswers(answer: (asked: Asked) => Answer | null | Promise<Answer | null>): Promise<Site> {
  const server = createServer(async (request, response) => {
    const { pathname: path } = new URL(request.url ?? '/', 'http://localhost')
    const given = await answer({ path, json: () => jsonOf(request) })
    if (given === null) return void response.writeHead(404).end()
    const { status = 200, body, headers } = given
    const length = body === undefined ? 0 : Buffer.byteLength(body)
    response.writeHead(status, { 'Content-Type': typeOf(path), 'Content-Length': length, ...headers }).end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString())
}

/** The bytes of a file in a folder; null where there is none. */
export async function fileIn(folder: string, path: string): Promise<Uint8Array | null> {
  const file = join(folder, normalize(path.endsWith('/') ? `${path}index.html` : path))
  return (await stat(file).catch(() => null))?.isFile() ? readFile(file) : null
}

/** Serves a folder on 127.0.0.1, with these headers on every file. */
export function serve(folder: string, headers: Readonly<Record<string, string>> = {}): Promise<Site> {
  return serveAnswers(async ({ path }) => {
    const body = await fileIn(folder, path)
    return body === null ? null : { body, headers }
  })
}
