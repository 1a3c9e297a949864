import type { InferenceSession, TypedTensor } from 'onnxruntime-web'
import type { LoadOptions, Material, Peer, Runner, Values } from './peer.ts'

type Ort = typeof import('onnxruntime-web')

/** ONNX Runtime Web on WebAssembly: its Node build in Node, its wasm-only build in pages, as its documentation advises. */
export const ortWeb: Peer = {
  runtime: 'ort-web',
  form: 'onnx',
  places: ['node', 'chromium'],
  threadedIn: ['node', 'chromium'],
  integers: false,
  gpu: false,
  async load(material, options) {
    const ort: Ort = options.where === 'node' ? await import('onnxruntime-web') : await import('onnxruntime-web/wasm')
    options.lap('import')
    return openOrt(ort, material, options, { executionProviders: ['wasm'] })
  },
}

/** The same library on WebGPU; where there is no page, `navigator.gpu` has to be provided before. */
export const ortWebGpu: Peer = {
  runtime: 'ort-web-webgpu',
  form: 'onnx',
  places: ['node', 'chromium'],
  threadedIn: [],
  integers: false,
  gpu: true,
  async load(material, options) {
    const ort: Ort =
      options.where === 'node'
        ? await import(`${options.folder('ort')}/ort.webgpu.min.mjs`)
        : await import('onnxruntime-web/webgpu')
    options.lap('import')
    return openOrt(ort, material, options, { executionProviders: ['webgpu'] })
  },
}

async function openOrt(
  ort: Ort,
  material: Material,
  options: LoadOptions,
  settings: InferenceSession.SessionOptions,
): Promise<Runner> {
  ort.env.logLevel = 'error'
  ort.env.wasm.numThreads = options.threads
  if (options.where === 'chromium') ort.env.wasm.wasmPaths = `${options.folder('ort')}/`
  const session = await ort.InferenceSession.create(material.file as Uint8Array, {
    graphOptimizationLevel: 'all',
    ...settings,
  })
  options.lap('create')
  return {
    // Set to 1 by the library itself where it can have no threads.
    threads: ort.env.wasm.numThreads,
    run: input => runOrt(ort, session, material, input),
    dispose: () => session.release(),
  }
}

async function runOrt(ort: Ort, session: InferenceSession, material: Material, input: Values): Promise<Values> {
  const feed = new ort.Tensor('float32', input as Float32Array, material.inputShape)
  const results = await session.run({ [material.inputName]: feed })
  return (results[material.outputName] as TypedTensor<'float32'>).data
}
