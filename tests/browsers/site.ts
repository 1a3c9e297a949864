import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Report } from './page/main.ts'

/** How a page is served. */
export interface Serving {
  /** With the headers that make it cross-origin isolated (COOP and COEP). */
  readonly isolated: boolean
  /** Under a content security policy that allows the page's own scripts and WebAssembly, and nothing else. */
  readonly strict: boolean
}

export const policy = "script-src 'self' 'wasm-unsafe-eval'"

const html =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="main.js"></script>'

const source = (name: string): string => fileURLToPath(new URL(`page/${name}`, import.meta.url))

/** The page's scripts, bundled and minified as a site would ship them, by file name. */
async function bundle(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: { main: source('main.ts'), inside: source('inside.ts'), threads: '@depthwise/ops-cpu/worker' },
    absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
    outdir: 'site',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  return new Map(outputFiles.map(({ path, text }) => [path.slice(path.lastIndexOf('/') + 1), text]))
}

/**
 * A web server on 127.0.0.1 with one page in every manner of serving. Pages lie in folders of their own, so that each
 * report is known by the folder it comes from.
 */
export class Site {
  readonly #files: ReadonlyMap<string, string>
  readonly #server = createServer((request, response) => void this.#answer(request, response))
  readonly #visits: { readonly serving: Serving; readonly resolve: (report: Report) => void }[] = []

  private constructor(files: ReadonlyMap<string, string>) {
    this.#files = files
  }

  static async open(): Promise<Site> {
    const site = new Site(await bundle())
    await new Promise<void>(resolve => site.#server.listen(0, '127.0.0.1', resolve))
    return site
  }

  /** A fresh address of the page, and what it will report. */
  invite(serving: Serving, query: Readonly<Record<string, string>>): { url: string; report: Promise<Report> } {
    const { port } = this.#server.address() as AddressInfo
    const index = this.#visits.length
    const report = new Promise<Report>(resolve => this.#visits.push({ serving, resolve }))
    return { url: `http://127.0.0.1:${port}/${index}/?${new URLSearchParams(query)}`, report }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, index = '', file = ''] = new URL(request.url ?? '', 'http://localhost').pathname.split('/')
    const visit = this.#visits[Number(index)]
    const text = file === '' ? html : this.#files.get(file)
    if (visit && file === 'report' && request.method === 'POST') {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      response.writeHead(204).end()
      visit.resolve(JSON.parse(Buffer.concat(chunks).toString()))
      return
    }
    if (!visit || text === undefined) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, {
      'Content-Type': `text/${file === '' ? 'html' : 'javascript'}; charset=utf-8`,
      ...(visit.serving.isolated && {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      }),
      ...(visit.serving.strict && { 'Content-Security-Policy': policy }),
    })
    response.end(text)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>(resolve => this.#server.close(() => resolve()))
  }
}
