import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import { build } from 'esbuild'
import type { Runtime } from '../peers/peer.ts'
import { assetFolder } from '../run/assets.ts'
import { packageFolder } from '../run/packages.ts'

const compress = promisify(brotliCompress)
/** Compressing the peers' modules at the highest quality takes a minute: sizes are kept by content. */
const cacheFile = fileURLToPath(new URL('../../node_modules/.cache/brotli.json', import.meta.url))
/** Beyond this many bytes (native libraries) the highest quality would take minutes and win little. */
const largest = 30e6

/** Files that a runtime downloads or installs, and code that a bundler makes of its modules. */
interface Needs {
  readonly files: readonly string[]
  /** Modules to be bundled, as import statements. */
  readonly code: readonly string[]
}

/** What each runtime needs beside the weights, by threads: some ship a second build for them. */
function needsOf(runtime: Runtime, threads: number, assets: string): Needs {
  const ort = (...names: string[]): readonly string[] => names.map(name => join(assetFolder('ort') ?? '', name))
  const litert = (name: string): readonly string[] =>
    ['js', 'wasm'].map(ending => join(assetFolder('litert') ?? '', `${name}.${ending}`))
  const threaded = threads > 1
  switch (runtime) {
    case 'depthwise-wasm':
    case 'depthwise-wasm-norelaxed':
      return { files: [join(assets, 'ours', 'wasm.js')], code: [] }
    case 'depthwise-webgpu':
      return { files: [join(assets, 'ours', 'webgpu.js')], code: [] }
    case 'ort-web':
      return {
        files: ort('ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'),
        code: [],
      }
    case 'ort-web-webgpu':
      return {
        files: ort('ort.webgpu.min.mjs', 'ort-wasm-simd-threaded.asyncify.mjs', 'ort-wasm-simd-threaded.asyncify.wasm'),
        code: [],
      }
    case 'ort-node': {
      const folder = join(packageFolder('onnxruntime-node') ?? '', 'bin', 'napi-v6', process.platform, process.arch)
      const library = ['libonnxruntime.so.1', 'libonnxruntime.1.dylib', 'onnxruntime.dll']
      const names = ['onnxruntime_binding.node', ...library].map(name => join(folder, name))
      return { files: names.filter(existsSync), code: [] }
    }
    case 'tfjs-wasm': {
      const name = threaded ? 'tfjs-backend-wasm-threaded-simd.wasm' : 'tfjs-backend-wasm-simd.wasm'
      return { files: [join(assetFolder('tfjs') ?? '', name)], code: tfjsCode('@tensorflow/tfjs-backend-wasm') }
    }
    case 'tfjs-webgpu':
      return { files: [], code: tfjsCode('@tensorflow/tfjs-backend-webgpu') }
    case 'litert':
      return {
        files: litert(threaded ? 'litert_wasm_threaded_internal' : 'litert_wasm_internal'),
        code: [
          "import { loadLiteRt, loadAndCompile, Tensor } from '@litertjs/core'",
          'globalThis.used = [loadLiteRt, loadAndCompile, Tensor]',
        ],
      }
  }
}

/** The ops of the closures, so that a bundler may leave out what MobileNets don't need. */
function tfjsCode(backend: string): readonly string[] {
  return [
    "import { add, fused, mean, pad, relu, relu6, reshape, setBackend, softmax, tensor, tidy } from '@tensorflow/tfjs-core'",
    `import '${backend}'`,
    'globalThis.used = [add, fused, mean, pad, relu, relu6, reshape, setBackend, softmax, tensor, tidy]',
  ]
}

/** Brotli bytes of everything a runtime needs; `quality` 11 is what one compresses with once and for all. */
export async function downloadBytes(
  runtime: Runtime,
  threads: number,
  assets: string,
  quality: number,
): Promise<number> {
  const { files, code } = needsOf(runtime, threads, assets)
  const parts: Uint8Array[] = files.map(file => readFileSync(file))
  if (code.length > 0) parts.push(await bundled(code))
  const sizes = await Promise.all(parts.map(part => brotliSize(part, quality)))
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function bundled(code: readonly string[]): Promise<Uint8Array> {
  const result = await build({
    stdin: { contents: code.join('\n'), resolveDir: dirname(fileURLToPath(import.meta.url)) },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    write: false,
    logLevel: 'error',
  })
  return result.outputFiles[0]?.contents ?? new Uint8Array(0)
}

/** Sizes that are being found out: several rows need the same files. */
const pending = new Map<string, Promise<number>>()

function brotliSize(data: Uint8Array, quality: number): Promise<number> {
  const chosen = data.length > largest ? Math.min(quality, 9) : quality
  const key = `${createHash('sha256').update(data).digest('hex')} ${chosen}`
  const size = pending.get(key) ?? measureBrotli(data, chosen, key)
  pending.set(key, size)
  return size
}

async function measureBrotli(data: Uint8Array, chosen: number, key: string): Promise<number> {
  const known = readCache()[key]
  if (known !== undefined) return known
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants
  const params = { [BROTLI_PARAM_QUALITY]: chosen, [BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: data.length }
  const { length } = await compress(data, { params })
  mkdirSync(dirname(cacheFile), { recursive: true })
  writeFileSync(cacheFile, JSON.stringify({ ...readCache(), [key]: length }))
  return length
}

function readCache(): Readonly<Record<string, number>> {
  try {
    return JSON.parse(readFileSync(cacheFile, 'utf8')) as Readonly<Record<string, number>>
  } catch {
    return {}
  }
}
