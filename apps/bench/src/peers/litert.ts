import type { Peer } from './peer.ts'

/** LiteRT.js, the TFLite runtime for pages, on its relaxed SIMD build; its threaded build where threads are asked for. */
export const litert: Peer = {
  runtime: 'litert',
  form: 'tflite',
  places: ['node', 'chromium'],
  threadedIn: ['node', 'chromium'],
  integers: true,
  gpu: false,
  async load(material, options) {
    if (options.where === 'node') await lookLikeAWorker()
    const library = await import('@litertjs/core')
    options.lap('import')
    const { liteRtWasm } = await library.loadLiteRt(options.folder('litert'), { threads: options.threads > 1 })
    options.lap('backend')
    const cpuOptions = { numThreads: options.threads }
    const model = await library.loadAndCompile(material.file as Uint8Array, { accelerator: 'wasm', cpuOptions })
    options.lap('create')
    return {
      threads: options.threads > 1 ? Math.min(options.threads, liteRtWasm.getThreadCount()) : 1,
      async run(input) {
        const feed = library.Tensor.fromTypedArray(input as Float32Array<ArrayBuffer>, [...material.inputShape])
        const [output] = await model.run([feed])
        const values = output?.toTypedArray().slice() as Float32Array | Uint8Array
        feed.delete()
        output?.delete()
        return values
      },
      async dispose() {
        model.delete()
      },
    }
  },
}

/**
 * It knows pages and their workers, and loads its emscripten module as workers do, through `importScripts`. In Node
 * `require` does the same, from a copy of the folder that is marked as CommonJS.
 */
async function lookLikeAWorker(): Promise<void> {
  const { createRequire } = await import('node:module')
  const require = createRequire(import.meta.url)
  const host = globalThis as unknown as Record<string, unknown>
  host['self'] = globalThis
  host['importScripts'] = (path: string) => {
    host['ModuleFactory'] = require(path)
  }
}
