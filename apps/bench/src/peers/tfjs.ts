import type { Network } from '@depthwise/core'
import type { LoadOptions, Material, Peer, Runner } from './peer.ts'
import { type Tfjs, tfjsProgram } from './tfjs-closure.ts'

/** TensorFlow.js on its XNNPACK build. In Node it declines threads; in pages it takes at most half the cores it is told of. */
export const tfjsWasm: Peer = {
  runtime: 'tfjs-wasm',
  form: 'clamped',
  places: ['node', 'chromium'],
  threadedIn: ['chromium'],
  integers: false,
  gpu: false,
  async load(material, options) {
    if (options.where === 'chromium') claimCores(2 * options.threads)
    const tf = await import('@tensorflow/tfjs-core')
    const wasm = await import('@tensorflow/tfjs-backend-wasm')
    options.lap('import')
    if (options.where === 'chromium') wasm.setWasmPaths(`${options.folder('tfjs')}/`)
    wasm.setThreadsCount(options.threads)
    await tf.setBackend('wasm')
    await tf.ready()
    options.lap('backend')
    return openTfjs(tf, material, options, wasm.getThreadsCount())
  },
}

export const tfjsWebGpu: Peer = {
  runtime: 'tfjs-webgpu',
  form: 'clamped',
  places: ['node', 'chromium'],
  threadedIn: [],
  integers: false,
  gpu: true,
  async load(material, options) {
    const tf = await import('@tensorflow/tfjs-core')
    await import('@tensorflow/tfjs-backend-webgpu')
    options.lap('import')
    const found = await tf.setBackend('webgpu')
    if (!found) throw new Error('tfjs found no WebGPU adapter')
    await tf.ready()
    options.lap('backend')
    return openTfjs(tf, material, options, 1)
  },
}

/** What the library halves is `navigator.hardwareConcurrency`: told of twice as many cores it takes the threads it is asked for. */
function claimCores(count: number): void {
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: count, configurable: true })
}

function openTfjs(tf: Tfjs, material: Material, options: LoadOptions, threads: number): Runner {
  const program = tfjsProgram(tf, material.network as Network)
  options.lap('create')
  return {
    threads,
    async run(input) {
      const output = tf.tidy(() => program.run(tf.tensor(input as Float32Array, [...material.inputShape])))
      const values = (await output.data()) as Float32Array
      output.dispose()
      return values
    },
    async dispose() {
      program.dispose()
    },
  }
}
