import type { Backend, Graph, Network } from '@depthwise/core'
import { builderOptions } from '../subject/builder-options.ts'
import type { LoadOptions, Material, Peer, Runner } from './peer.ts'
import { runnerOf, threadsOf } from './runner.ts'

type WasmBundle = typeof import('../bundles/wasm.ts')
type WebGpuBundle = typeof import('../bundles/webgpu.ts')
type TuneBundle = typeof import('../bundles/tune.ts')
/** What both bundles have. */
type Bundle = Pick<WasmBundle, 'createSession' | 'onSpan' | 'mobileNetV1' | 'mobileNetV2'>

/** Ours as it comes: the network from its builder, batch norms folded while compiling, relaxed SIMD where the engine has it. */
export const depthwiseWasm: Peer = {
  runtime: 'depthwise-wasm',
  form: 'authored',
  places: ['node', 'chromium'],
  threadedIn: ['node', 'chromium'],
  integers: true,
  gpu: false,
  load: (material, options) => loadWasm(material, options, 'auto'),
}

/** Without relaxed SIMD: what engines get that do not have it. */
export const depthwiseWasmPlain: Peer = {
  ...depthwiseWasm,
  runtime: 'depthwise-wasm-norelaxed',
  load: (material, options) => loadWasm(material, options, 'plain'),
}

async function loadWasm(material: Material, options: LoadOptions, simd: 'auto' | 'plain'): Promise<Runner> {
  const bundle: WasmBundle = await import(`${options.folder('ours')}/wasm.js`)
  options.lap('import')
  const { images, threads: wished } = options
  const backend = bundle.wasm({ simd, threads: wished, ...(images && { share: 'images' }) })
  return open(bundle, backend, material, options, await threadsOf(backend))
}

/** On WebGPU, whatever adapter the place has. */
export const depthwiseWebGpu: Peer = {
  ...depthwiseWasm,
  runtime: 'depthwise-webgpu',
  threadedIn: [],
  integers: false,
  gpu: true,
  async load(material, options) {
    const bundle: WebGpuBundle = await import(`${options.folder('ours')}/webgpu.js`)
    options.lap('import')
    const runner = await open(bundle, bundle.webgpu(), material, options, 1)
    return {
      ...runner,
      async tune() {
        const { tune }: TuneBundle = await import(`${options.folder('ours')}/tune.js`)
        return (await tune(graphOf(bundle, material), (material.network as Network).params)).toJSON()
      },
    }
  },
}

/** Builds the graph, then compiles it; the compiler's own spans become stages. */
async function open(
  bundle: Bundle,
  backend: Backend,
  material: Material,
  options: LoadOptions,
  threads: number,
): Promise<Runner> {
  const { params } = material.network as Network
  const graph = graphOf(bundle, material)
  options.lap('graph')
  const forget = bundle.onSpan(({ name, start, end }) => options.span(name, end - start))
  const batch = options.images ?? 1
  const session = await bundle.createSession(graph, params, { backends: [backend], batch })
  forget()
  options.lap('compile')
  return runnerOf(session, material, threads)
}

/** Networks of the two builders are built anew, as a page would; others come as a graph. */
function graphOf(bundle: Bundle, { subject, network, built }: Material): Graph {
  if (!built) return (network as Network).graph
  return (subject.model === 'v1' ? bundle.mobileNetV1 : bundle.mobileNetV2)(builderOptions(subject))
}
