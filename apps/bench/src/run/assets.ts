import { copyFileSync, mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { AssetFolder } from '../peers/peer.ts'
import { packageFolder } from './packages.ts'

/** Where the peers' packages keep the files that are loaded at run time. */
const assetFolders: { readonly [F in Exclude<AssetFolder, 'ours'>]: readonly [name: string, folder: string] } = {
  ort: ['onnxruntime-web', 'dist'],
  tfjs: ['@tensorflow/tfjs-backend-wasm', 'dist'],
  litert: ['@litertjs/core', 'wasm'],
}

/** That folder; null where the package is not installed. */
export function assetFolder(name: keyof typeof assetFolders): string | null {
  const [owner, folder] = assetFolders[name]
  const found = packageFolder(owner)
  return found === null ? null : join(realpathSync(found), folder)
}

/** Bundles ours and lays the installed peers' files out under `WORKSPACE/assets/`. */
export async function layAssets(workspace: string): Promise<void> {
  const assets = join(workspace, 'assets')
  mkdirSync(assets, { recursive: true })
  await bundleOurs(join(assets, 'ours'))
  for (const name of ['ort', 'tfjs'] as const) {
    const folder = assetFolder(name)
    if (folder) symlinkSync(folder, join(assets, name), 'dir')
  }
  const litert = assetFolder('litert')
  if (litert) copyAsScripts(litert, join(assets, 'litert'))
}

/** A copy, since LiteRT's package calls itself a module and these files are scripts: Node needs to be told. */
function copyAsScripts(from: string, to: string): void {
  mkdirSync(to)
  for (const file of readdirSync(from)) copyFileSync(join(from, file), join(to, file))
  writeFileSync(join(to, 'package.json'), '{ "type": "commonjs" }\n')
}

/** One minified module a backend, for Node and pages alike; it imports nothing but what Node itself has. */
export async function bundleOurs(folder: string): Promise<void> {
  await build({
    entryPoints: ['wasm', 'webgpu', 'tune'].map(name =>
      fileURLToPath(new URL(`../bundles/${name}.ts`, import.meta.url)),
    ),
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
