import type { LoadOptions, Peer, Runtime } from '@depthwise/bench/peer'
import { runnerOf, threadsOf } from '@depthwise/bench/runner'
import type { Backend, Network } from '@depthwise/core'
// Under the page's policy no worker may start from a Blob.
import workerUrl from '@depthwise/ops-cpu/worker?worker&url'

type Bundle = typeof import('@depthwise/bench/bundles/wasm')

function ours(
  runtime: Runtime,
  open: (options: LoadOptions) => Promise<readonly [Pick<Bundle, 'createSession'>, Backend]>,
): Peer {
  return {
    runtime,
    form: 'authored',
    places: ['chromium'],
    threadedIn: ['chromium'],
    integers: false,
    gpu: runtime === 'depthwise-webgpu',
    async load(material, options) {
      const [bundle, backend] = await open(options)
      options.lap('import')
      const { graph, params } = material.network as Network
      const session = await bundle.createSession(graph, params, { backends: [backend] })
      options.lap('compile')
      return runnerOf(session, material, await threadsOf(backend))
    },
  }
}

async function onWasm(simd: 'auto' | 'plain', threads: number): Promise<readonly [Bundle, Backend]> {
  const bundle = await import('@depthwise/bench/bundles/wasm')
  return [bundle, bundle.wasm({ simd, threads, workerUrl })]
}

/** Ours as the bench measures them, but bundled with the page. */
export const peers: readonly Peer[] = [
  ours('depthwise-wasm', ({ threads }) => onWasm('auto', threads)),
  ours('depthwise-wasm-norelaxed', ({ threads }) => onWasm('plain', threads)),
  ours('depthwise-webgpu', async () => {
    const bundle = await import('@depthwise/bench/bundles/webgpu')
    return [bundle, bundle.webgpu()]
  }),
]
