import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const tests = fileURLToPath(new URL('../', import.meta.url))

/** What a site copies from the packages, since their scripts fetch it: by the path that the programs name. */
const copied: Readonly<Record<string, string>> = {
  '/tfjs/': `${tests}node_modules/@tensorflow/tfjs-backend-wasm/dist/`,
  '/mediapipe/': `${tests}node_modules/@mediapipe/tasks-vision/wasm/`,
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  wasm: 'application/wasm',
  json: 'application/json',
  png: 'image/png',
  jpg: 'image/jpeg',
}

/** A page whose module script is bundled, as by any bundler; the rest stands as it is. */
async function bundled(page: string): Promise<string> {
  const [, before = '', script = '', after = ''] = /^(.*<script type="module">\n)(.*)(<\/script>.*)$/s.exec(page) ?? []
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: tests, sourcefile: 'page.js' },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  })
  const text = outputFiles[0]?.text.replaceAll('</script', '<\\/script') ?? ''
  return `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${before}${text}${after}`
}

export interface Site extends AsyncDisposable {
  /** An address of a page with this source. */
  add(page: string): Promise<string>
}

/** Serves pages on 127.0.0.1 beside the files of a folder and what the libraries fetch. */
export async function serve(folder: string): Promise<Site> {
  const pages = new Map<string, string>()
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const page = pages.get(pathname)
    const [prefix = '/', root = folder] = Object.entries(copied).find(([start]) => pathname.startsWith(start)) ?? []
    const file = join(root, normalize(`/${pathname.slice(prefix.length)}`))
    if (page === undefined && !(await stat(file).catch(() => null))?.isFile()) {
      response.writeHead(404).end()
      return
    }
    const type = types[page === undefined ? file.slice(file.lastIndexOf('.') + 1) : 'html']
    response.writeHead(200, { 'Content-Type': type ?? 'application/octet-stream' }).end(page ?? (await readFile(file)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    async add(page) {
      const path = `/page-${pages.size}.html`
      pages.set(path, await bundled(page))
      return `http://127.0.0.1:${port}${path}`
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
