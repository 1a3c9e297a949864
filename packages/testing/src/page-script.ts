import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Scripts bundled and minified as a site would ship them, by the names of their files (`main.js`). */
export async function pageScripts(sources: Readonly<Record<string, URL>>): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, fileURLToPath(source)])),
    outdir: 'site',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  return new Map(outputFiles.map(({ path, text }) => [path.slice(path.lastIndexOf('/') + 1), text]))
}

/** A page with nothing but a script. */
export const pageOf = (script: string): string =>
  `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="${script}"></script>`
