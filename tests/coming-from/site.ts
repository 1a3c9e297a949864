import { fileURLToPath } from 'node:url'
import { fileIn, serveAnswers } from '@depthwise/testing/site'
import { build } from 'esbuild'

const tests = fileURLToPath(new URL('../', import.meta.url))

/** What a site copies from the packages, since their scripts fetch it: by the path that the programs name. */
const copied: Readonly<Record<string, string>> = {
  '/tfjs/': `${tests}node_modules/@tensorflow/tfjs-backend-wasm/dist/`,
  '/mediapipe/': `${tests}node_modules/@mediapipe/tasks-vision/wasm/`,
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
  const site = await serveAnswers(async ({ path }) => {
    const [prefix = '/', root = folder] = Object.entries(copied).find(([start]) => path.startsWith(start)) ?? []
    const body = pages.get(path) ?? (await fileIn(root, `/${path.slice(prefix.length)}`))
    return body === null ? null : { body }
  })
  return {
    async add(page) {
      const name = `page-${pages.size}.html`
      pages.set(`/${name}`, await bundled(page))
      return site.url + name
    },
    [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
  }
}
