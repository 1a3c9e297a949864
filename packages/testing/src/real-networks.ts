import { nodeIndex } from '../../core/src/backend.ts'
import {
  chainNetworks,
  type Graph,
  type Inputs,
  type Network,
  type Node,
  type NodeId,
  tensor,
} from '../../core/src/index.ts'
import { readManifest, readTFLite } from '../../formats/src/index.ts'
import { manifestGraph } from '../../models/src/weights/index.ts'
import type { RealNetwork } from '../../parity/src/index.ts'
import { golden } from './recordings.ts'
import { sharedBytes, testsShared } from './shared-folder.ts'
import { isSoak } from './soak.ts'

/** A real network, and how each photo is shown to it. */
export interface Shown extends Network {
  readonly photos: readonly string[]
  /** The whole input for one of them. */
  readonly inputs: (photo: string) => Inputs
}

const photos = ['cat', 'bird', 'burger', 'dragonfly', 'grace_hopper', 'parrot']
// Of V2 in float the answers were recorded for other files of the same subjects.
const photosOfV2 = ['cat', 'bird', 'burger-224', 'dragonfly', 'grace_hopper', 'parrot_jpg']

function shown(network: Network, names: readonly string[], pixels: (photo: string) => Float32Array): Shown {
  const input = nodeIndex(network.graph).get(network.graph.inputs[0] as NodeId)?.name as string
  return { ...network, photos: names, inputs: photo => ({ [input]: pixels(photo) }) }
}

/** Quantised ones as reals, which every backend computes. */
const tflite = (name: string): Promise<Network> =>
  readTFLite(sharedBytes(`checkpoints/${name}.tflite`), { arithmetic: 'real' })
const signedBytes = (photo: string): Float32Array => golden(`litert/${photo}.224.u8.input`).map(v => (v - 128) / 128)

/** The real networks that layer-by-layer tests run on, by name; read when they are asked for. */
export const realNetworks = {
  /** The folder of arrays with its manifest. */
  'V2 1.0 in float32': async (): Promise<Shown> => {
    const model = await readManifest(
      async file => sharedBytes(`checkpoints/mobilenet_v2_1.0_224_float/${file}`),
      manifestGraph,
    )
    return shown(model, photosOfV2, photo => golden(`${photo}.slim_central_224`).map(value => value / 127.5 - 1))
  },
  /** Quantised weights as the reals they stand for. */
  'V1 1.0, extractor and head': async (): Promise<Shown> => {
    const extractor = await tflite('mobilenet_v1_1.0_224_quant_embedding_extractor')
    return shown(chainNetworks(extractor, await tflite('mobilenet_quant_v1_224_head_layers')), photos, signedBytes)
  },
  'V1 0.25 in float32': async (): Promise<Shown> =>
    shown(await tflite('mobilenet_v1_0.25_224_1_default_1'), photos, photo => golden(`litert/${photo}.224.f11.input`)),
  /** Clamps where the integers of the file end, besides its activations. */
  'V2 1.0, per-channel integers': async (): Promise<Shown> =>
    shown(await tflite('tf2_mobilenet_v2_1.0_224_ptq'), photos, photo => golden(`litert/${photo}.224.f11.input`)),
} as const satisfies Readonly<Record<string, () => Promise<Shown>>>

/** The value in front of a final softmax, else the output itself. */
export function logitsOf(graph: Graph): NodeId {
  const output = nodeIndex(graph).get(graph.outputs[0] as NodeId)
  return output?.op.kind === 'softmax' ? (output.inputs[0] as NodeId) : (graph.outputs[0] as NodeId)
}

/** A network with what another runtime answered, by photo: its value in front of the softmax, or behind it. */
function answeredBy(
  name: string,
  load: () => Promise<Shown>,
  answers: (photo: string) => string,
  logits: boolean,
): RealNetwork {
  return {
    name,
    async load() {
      const { graph, params, photos, inputs } = await load()
      const output = logits ? logitsOf(graph) : (graph.outputs[0] as NodeId)
      const node = nodeIndex(graph).get(output) as Node
      const images = (isSoak ? photos : photos.slice(0, 1)).map(photo => ({
        name: photo,
        inputs: inputs(photo),
        expected: { [node.name]: tensor(node.shape, golden(answers(photo))) },
      }))
      return { graph: { ...graph, outputs: [output] }, params, images }
    },
  }
}

/** For the conformance kit: real networks whose answers were recorded by other runtimes; one photo, in a soak all six. */
export const answeredNetworks: readonly RealNetwork[] = !testsShared
  ? []
  : [
      answeredBy(
        'V2 1.0 in float32, logits by onnxruntime',
        realNetworks['V2 1.0 in float32'],
        photo => `${photo}.v2_float_logits`,
        true,
      ),
      answeredBy(
        'V1 0.25 in float32, probabilities by LiteRT',
        realNetworks['V1 0.25 in float32'],
        photo => `litert/mobilenet_v1_0.25_224_1_default_1.${photo}.output`,
        false,
      ),
    ]
