import { copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { AssetFolder } from '../peers/peer.ts'

const require = createRequire(import.meta.url)

/** Where the peers' packages keep the files that are loaded at run time. */
export const packageFolders: { readonly [F in Exclude<AssetFolder, 'ours'>]: () => string } = {
  ort: () => dirname(require.resolve('onnxruntime-web')),
  tfjs: () => dirname(require.resolve('@tensorflow/tfjs-backend-wasm')),
  litert: () => join(dirname(require.resolve('@litertjs/core')), '..', 'wasm'),
}

/** Bundles ours and lays the peers' files out under `WORKSPACE/assets/`. */
export async function layAssets(workspace: string): Promise<void> {
  const assets = join(workspace, 'assets')
  mkdirSync(assets, { recursive: true })
  await bundleOurs(join(assets, 'ours'))
  for (const name of ['ort', 'tfjs'] as const) symlinkSync(packageFolders[name](), join(assets, name), 'dir')
  // A copy, since its package calls itself a module and its files are scripts: Node needs to be told.
  const [from, to] = [packageFolders.litert(), join(assets, 'litert')]
  mkdirSync(to)
  for (const file of readdirSync(from)) copyFileSync(join(from, file), join(to, file))
  writeFileSync(join(to, 'package.json'), '{ "type": "commonjs" }\n')
}

/** One minified module a backend, for Node and pages alike; it imports nothing but what Node itself has. */
export async function bundleOurs(folder: string): Promise<void> {
  await build({
    entryPoints: ['wasm', 'webgpu'].map(name => fileURLToPath(new URL(`../bundles/${name}.ts`, import.meta.url))),
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2023',
    external: ['node:*'],
    logLevel: 'error',
  })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
}
