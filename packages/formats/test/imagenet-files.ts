import { type Model, type Params, type Tensor, tensor } from '@depthwise/core'
import { paramSpecs } from '@depthwise/core/backend'
import { buildArchitecture } from '@depthwise/models'
import { nameWeights, weightsOf } from '@depthwise/models/weights'
import { type FileOptions, writeArchive, writeLegacy, writeVersion3 } from '@depthwise/testing/files/hdf5-writer'
import { functional2, functional3 } from '@depthwise/testing/files/keras-configs'
import { tfjsFolder } from '@depthwise/testing/files/tfjs-folder'
import { randomIntegers } from '@depthwise/testing/random-integers'
import * as formats from '../src/index.ts'
import { layersOf, legacyLayersOf, slotsOf } from './keras-of.ts'

/** A file of a whole network, and what a program does to have the model. */
export interface ImagenetFile {
  readonly name: string
  readonly size: number
  readonly load: () => Promise<Params>
}

type Network = 'mobilenet_v1' | 'mobilenet_v2'

/** Files of V1 or V2 at alpha 1 with 1000 classes in every format that is written here; weights are noise, which shrinks least. */
export async function imagenetFiles(network: Network): Promise<readonly ImagenetFile[]> {
  const keras = model(network, 'keras')
  const torch = model(network, 'torch')
  const slim = model(network, 'slim')
  const bare = (file: formats.WeightsFile): Params => {
    const weights = weightsOf(file)
    return weights.onto(buildArchitecture(weights.architecture))
  }
  const files: ImagenetFile[] = []
  const add = (name: string, bytes: Uint8Array, load: (bytes: Uint8Array) => Params | Promise<Params>): void => {
    files.push({ name, size: bytes.length, load: async () => load(bytes) })
  }
  const safetensors = (bytes: Uint8Array): Params => bare(formats.readSafetensors(bytes))
  const ofKeras = async (bytes: Uint8Array): Promise<Params> => {
    if (await formats.hasKerasModel(bytes)) return (await formats.readKeras(bytes)).params
    return bare(await formats.readKerasWeights(bytes))
  }
  for (const [naming, from] of [
    ...(network === 'mobilenet_v2' ? ([['torchvision', torch]] as const) : []),
    ['timm', torch],
    ['huggingface', slim],
    ['keras', keras],
  ] as const) {
    add(`safetensors, ${naming}`, formats.writeSafetensors(nameWeights(from, naming)), safetensors)
  }
  const half = formats.writeSafetensors(nameWeights(torch, 'timm'), { dtype: 'float16' })
  add('safetensors, timm, halves', half, safetensors)
  add('npz', formats.writeNpz(nameWeights(torch, 'timm')), bytes => bare({ tensors: formats.readNpz(bytes) }))
  add('own form', formats.writeModel(keras), async bytes => (await formats.readModel(bytes)).params)
  add(
    'own form, halves',
    formats.writeModel(keras, { dtype: 'float16' }),
    async bytes => (await formats.readModel(bytes)).params,
  )
  add('ONNX', formats.writeOnnx(keras), async bytes => (await formats.readOnnx(bytes)).params)
  const layers = layersOf(keras.graph)
  const [two, three] = [functional2(layers), functional3(layers)]
  const old = (config?: unknown, options?: FileOptions) => writeLegacy(legacyLayersOf(keras), config, options)
  add('Keras .h5, weights', await old(), ofKeras)
  add('Keras .h5, model', await old(two), ofKeras)
  add('Keras .h5, model, compressed', await old(two, { chunks: 'whole', compression: 4 }), ofKeras)
  add('Keras .weights.h5', await writeVersion3(slotsOf(keras)), ofKeras)
  add('Keras .keras, stored', await writeArchive(slotsOf(keras), three), ofKeras)
  add('Keras .keras, deflated', await writeArchive(slotsOf(keras), three, 6), ofKeras)
  const folder = tfjsFolder(
    { format: 'layers-model', modelTopology: { model_config: two } },
    [[...nameWeights(keras, 'keras')].map(([name, value]) => stored(name, value))],
    2 ** 22,
  )
  files.push({
    name: 'TensorFlow.js, layers',
    size: [...folder.files.values()].reduce((sum, { length }) => sum + length, 0),
    load: async () => (await formats.readTfjs(folder.read)).params,
  })
  return files
}

function model(network: Network, preset: 'keras' | 'torch' | 'slim'): Model {
  const graph = buildArchitecture({ network, alpha: 1, preset, classes: 1000 })
  const below = randomIntegers(7)
  const params = paramSpecs(graph).map(({ name, shape }): [string, Tensor] => {
    const length = shape.reduce((product, extent) => product * extent, 1)
    return [
      name,
      tensor(
        shape,
        Float32Array.from({ length }, () => below(2 ** 24) / 2 ** 24 - 0.4),
      ),
    ]
  })
  return { graph, params: new Map(params), metadata: {} }
}

function stored(name: string, { shape, data }: Tensor) {
  const depthwise = /dw_\d+\/kernel|depthwise\/kernel/.test(name)
  return {
    name: depthwise ? name.replace('/kernel', '/depthwise_kernel') : name,
    shape,
    dtype: 'float32',
    bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  }
}
