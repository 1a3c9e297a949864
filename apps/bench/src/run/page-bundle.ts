import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const html = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Depthwise bench</title><link rel="icon" href="data:,">
<body><script type="module" src="page.js"></script></body></html>
`

/** Bundles the page under `WORKSPACE/page/`; every runtime is a chunk of its own, which is fetched when it is imported. */
export async function layPage(workspace: string): Promise<void> {
  const folder = join(workspace, 'page')
  await build({
    entryPoints: { page: fileURLToPath(new URL('./page.ts', import.meta.url)) },
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    // What only Node's branches import.
    external: ['node:*', 'onnxruntime-node', 'fs', 'path', 'os', 'worker_threads', 'perf_hooks', 'util', 'crypto'],
    logLevel: 'error',
  })
  writeFileSync(join(folder, 'index.html'), html)
}
