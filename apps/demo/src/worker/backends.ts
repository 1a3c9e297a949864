import { type Backend, createRegistry, type Registry } from '@depthwise/core'
import { reference, wasm } from '@depthwise/ops-cpu'
import type { BackendFacts } from './protocol.ts'

let gpu: Promise<Backend> | null = null

/** Made once: networks that use it share one device. Its code is fetched when it is first asked for. */
function webgpu(): Promise<Backend> {
  gpu ??= import('@depthwise/ops-webgpu').then(module => module.webgpu())
  return gpu
}

const onWasm = wasm()
const plain = reference()

export const backendNames = ['wasm', 'webgpu', 'reference'] as const

/** By name, for `session.use`. */
export const registry: Registry = createRegistry({ wasm: () => onWasm, webgpu, reference: () => plain })

/** In order of preference where nobody chose: WebAssembly starts at once, and everywhere. */
export const defaults: readonly Backend[] = [onWasm, plain]

/** What each backend says of itself here. */
export async function surveyBackends(): Promise<readonly BackendFacts[]> {
  return Promise.all(
    backendNames.map(async name => {
      try {
        const { available, features, reasons } = await (await registry.create(name)).probe()
        return { name, available, features, reasons }
      } catch (error) {
        // Code that could not be fetched, without a network before it was ever kept.
        return { name, available: false, features: [], reasons: [error instanceof Error ? error.message : `${error}`] }
      }
    }),
  )
}
