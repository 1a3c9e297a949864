import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Sight } from './page/main.ts'

/** Scripts of the page's own and WebAssembly, nothing inline and no `eval`. */
export const policy = "script-src 'self' 'wasm-unsafe-eval'"

const html =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="main.js"></script>'

/** Types of files by their ending; as servers send what they know nothing of. */
const types: Readonly<Record<string, string>> = {
  '': 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  wasm: 'application/wasm',
}
const unknownType = 'application/octet-stream'

async function script(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page/main.ts', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  return outputFiles[0]!.text
}

/** What is served: files by name, and whether the server knows what `.wasm` is. */
export interface Serving {
  readonly files: (name: string) => Uint8Array | undefined
  readonly knowsWasm: boolean
}

/** Serves the page under the policy, and resolves `report` with what it posts. */
export async function open({
  files,
  knowsWasm,
}: Serving): Promise<AsyncDisposable & { readonly url: string; readonly report: Promise<Sight> }> {
  const main = await script()
  let resolve: (sight: Sight) => void
  const report = new Promise<Sight>(done => {
    resolve = done
  })
  const server = createServer((request, response) => void answer(request, response))
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = (request.url ?? '').slice(1)
    if (name === 'report') {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      response.writeHead(204).end()
      return resolve(JSON.parse(Buffer.concat(chunks).toString()))
    }
    const body = name === '' ? html : name === 'main.js' ? main : files(name)
    if (body === undefined) return void response.writeHead(404).end()
    const ending = /[^.]*$/.exec(name)?.[0] ?? ''
    const type = ending === 'wasm' && !knowsWasm ? undefined : types[ending]
    response.writeHead(200, { 'Content-Type': type ?? unknownType, 'Content-Security-Policy': policy }).end(body)
  }
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    report,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise<void>(done => server.close(() => done()))
    },
  }
}
