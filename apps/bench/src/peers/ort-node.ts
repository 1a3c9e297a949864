import type { Peer, Values } from './peer.ts'

/** Native ONNX Runtime: what a Node server can have that no page can. */
export const ortNode: Peer = {
  runtime: 'ort-node',
  form: 'onnx',
  places: ['node'],
  threadedIn: ['node'],
  integers: false,
  gpu: false,
  async load(material, options) {
    const ort = await import('onnxruntime-node')
    options.lap('import')
    const session = await ort.InferenceSession.create(material.file as Uint8Array, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    })
    options.lap('create')
    return {
      threads: options.threads,
      async run(input) {
        const feed = new ort.Tensor('float32', input as Float32Array, material.inputShape)
        const results = await session.run({ [material.inputName]: feed })
        return results[material.outputName]?.data as Values
      },
      dispose: () => session.release(),
    }
  },
}
