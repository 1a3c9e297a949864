import { type BytesLike, type Tensor, tensor } from '@depthwise/core'
import { ggufFile } from '@depthwise/testing/files/gguf-file'
import { writeArchive, writeLegacy } from '@depthwise/testing/files/hdf5-writer'
import { functional2, functional3, type LayerSpec } from '@depthwise/testing/files/keras-configs'
import { floats, onnxFile, reals } from '@depthwise/testing/files/onnx-file'
import { tfjsFolder } from '@depthwise/testing/files/tfjs-folder'
import { sharedBytes, testsShared } from '@depthwise/testing/shared-folder'
import { readOnnx, readTfjs, writeModel, writeNpy, writeNpz, writeSafetensors } from '../src/index.ts'
import { folder, layers } from './manifest-folder.ts'
import { readManifestNetwork } from './manifest-network.ts'
import { littleNetwork, onnxSeeds, piecewiseSeeds, roundedSeeds } from './onnx-seeds.ts'
import { type Reader, readers } from './readers.ts'
import { seeds as tfliteSeeds } from './tflite-seeds.ts'

type Files = ReadonlyMap<string, Uint8Array>
/** Gives a file by its name, as the caller holds it. */
type Open = (file: string) => BytesLike

/** What a public function that takes bytes is given: a file, or several. */
export interface SoundFiles {
  readonly reader: string
  readonly files: Files
  readonly read: (open: Open) => unknown
}

const image: LayerSpec = { className: 'InputLayer', name: 'x', config: { batch_input_shape: [null, 6] } }
const dense: LayerSpec = { className: 'Dense', name: 'a', config: { units: 2, use_bias: false }, inputs: [['x']] }
const kernel = tensor(
  [6, 2],
  Float32Array.from({ length: 12 }, (_, i) => i - 3.5),
)
const arrays = new Map<string, Tensor>([
  ['features.0.0.weight', kernel],
  ['b', tensor([3], Int8Array.of(-1, 2, 3))],
  ['c', tensor([1, 2], Int32Array.of(1, -2))],
])
const legacy = [['a', { 'a/kernel:0': kernel }]] as const
const littleEndian = (value: Tensor): Uint8Array => new Uint8Array(value.data.buffer.slice(0))

const weights = reals([2, 3, 1, 1])
const external = onnxFile({
  inputs: { x: [1, 3, 4, 5] },
  outputs: ['y'],
  constants: {
    w: { dims: weights.dims ?? [], dataType: 1, dataLocation: 1, externalData: [{ key: 'location', value: 'w.bin' }] },
    b: floats([1, 2]),
  },
  nodes: [['Conv', ['x', 'w', 'b'], 'y']],
})

/** One file for each of several calls of a reader. */
function single(reader: string, files: readonly Uint8Array[]): readonly SoundFiles[] {
  const { read } = readers[reader] as Reader
  return files.map(file => ({ reader, files: new Map([['file', file]]), read: open => read(open('file')) }))
}

/** Files for every public function that takes bytes, by every way through it. */
export async function soundFiles(): Promise<readonly SoundFiles[]> {
  const net = littleNetwork()
  const npy = [...arrays.values()].map(writeNpy)
  const npz = [writeNpz(arrays)]
  const gguf = [ggufFile(arrays, [['general.name', { type: 8, value: 'net' }]])]
  const safetensors = [writeSafetensors(arrays), writeSafetensors(arrays, { dtype: 'float16' })]
  const saved = [writeModel(net), writeModel(net, { dtype: 'float16' })]
  const kerasModels = [
    await writeLegacy(legacy, functional2([image, dense])),
    await writeArchive({ 'layers/dense/vars/0': kernel }, functional3([image, dense])),
    await writeArchive({ 'layers/dense/vars/0': kernel }, functional3([image, dense]), 6),
    // Shuffled, but not deflated: what the library cannot be asked to write.
    ...(testsShared ? [sharedBytes('cases/bytes-shuffled.h5')] : []),
  ]
  const keras = [...kerasModels, await writeLegacy(legacy, undefined, { chunks: [4, 1], compression: 4 })]
  const stored = { name: 'a/kernel', shape: [6, 2], dtype: 'float32', bytes: littleEndian(kernel) }
  const tfjs = [Infinity, 10].map(shard =>
    tfjsFolder({ modelTopology: functional2([image, dense]) }, [[stored]], shard),
  )
  const manifest = folder(layers(1)).files
  const any = [
    ...npy,
    ...npz,
    ...gguf,
    ...safetensors,
    ...saved,
    ...keras,
    ...onnxSeeds,
    ...tfliteSeeds(),
    manifest.get('manifest.json') as Uint8Array,
  ]
  return [
    ...single('detectFormat', any),
    ...single('identifyFile', any),
    ...single('readNpy', npy),
    ...single('readNpz', npz),
    ...single('readGguf', gguf),
    ...single('readSafetensors', [...safetensors, ...saved]),
    ...single('readModel', saved),
    ...single('readKeras', kerasModels),
    ...single('readKerasWeights', keras),
    ...single('hasKerasModel', keras),
    ...single('readTFLite', tfliteSeeds()),
    ...single('readOnnx', [...onnxSeeds, ...piecewiseSeeds, ...roundedSeeds]),
    ...single('externalDataFiles', [external]),
    {
      reader: 'readOnnx',
      files: new Map([
        ['model', external],
        ['w.bin', weights.rawData as Uint8Array],
      ]),
      read: open => readOnnx(open('model'), { externalData: open }),
    },
    ...tfjs.map(({ files }) => ({
      reader: 'readTfjs',
      files,
      read: (open: Open) => readTfjs(async file => open(file)),
    })),
    {
      reader: 'readManifest',
      files: manifest,
      read: open => readManifestNetwork(async file => open(file), { resolution: 32 }),
    },
  ]
}
