import { type Tensor, tensor } from '@depthwise/core'
import { strToU8 } from 'fflate'
import { afterAll, test } from 'vitest'
import { readKeras, readTfjs } from '../src/index.ts'
import { readConfig } from '../src/keras/model.ts'
import { writeArchive, writeLegacy } from './hdf5-writer.ts'
import { survive } from './hostile.ts'
import { functional2, functional3, type LayerSpec, sequential } from './keras-configs.ts'
import { jsonMutant } from './mutate-json.ts'
import { graphModel, type StoredWeight, tfjsFolder } from './tfjs-folder.ts'

const figures: string[] = []
afterAll(() => {
  if (process.env['DEPTHWISE_SOAK']) console.info(figures.join('\n'))
})

const ones = (...shape: readonly number[]): Tensor =>
  tensor(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1))

/** A MobileNet in little: stem, depthwise block with a shortcut, pool, classifier. */
const layers: readonly LayerSpec[] = [
  { className: 'InputLayer', name: 'x', config: { batch_input_shape: [null, 6, 6, 3] } },
  {
    className: 'ZeroPadding2D',
    name: 'pad',
    config: {
      padding: [
        [0, 1],
        [0, 1],
      ],
    },
    inputs: [['x']],
  },
  {
    className: 'Conv2D',
    name: 'stem',
    config: { filters: 2, kernel_size: [3, 3], strides: [2, 2], use_bias: false },
    inputs: [['pad']],
  },
  { className: 'BatchNormalization', name: 'bn', config: { axis: [3], epsilon: 0.001 }, inputs: [['stem']] },
  { className: 'ReLU', name: 'relu', config: { max_value: 6 }, inputs: [['bn']] },
  { className: 'DepthwiseConv2D', name: 'dw', config: { kernel_size: 3, padding: 'same' }, inputs: [['relu']] },
  { className: 'Add', name: 'add', config: {}, inputs: [['dw', 'relu']] },
  { className: 'GlobalAveragePooling2D', name: 'pool', config: {}, inputs: [['add']] },
  { className: 'Dense', name: 'fc', config: { units: 3, activation: 'softmax' }, inputs: [['pool']] },
]
const legacy = [
  ['stem', { 'stem/kernel:0': ones(3, 3, 3, 2) }],
  ['bn', { 'bn/gamma:0': ones(2), 'bn/beta:0': ones(2), 'bn/moving_mean:0': ones(2), 'bn/moving_variance:0': ones(2) }],
  ['dw', { 'dw/depthwise_kernel:0': ones(3, 3, 2, 1), 'dw/bias:0': ones(2) }],
  ['fc', { 'fc/kernel:0': ones(2, 3), 'fc/bias:0': ones(3) }],
] as const
const slots = {
  'layers/conv2d/vars/0': ones(3, 3, 3, 2),
  ...Object.fromEntries([0, 1, 2, 3].map(i => [`layers/batch_normalization/vars/${i}`, ones(2)])),
  'layers/depthwise_conv2d/vars/0': ones(3, 3, 2, 1),
  'layers/depthwise_conv2d/vars/1': ones(2),
  'layers/dense/vars/0': ones(2, 3),
  'layers/dense/vars/1': ones(3),
}

test('.h5, with and without a model', async () => {
  const packed = { chunks: 'whole', compression: 4 } as const
  const seeds = [
    await writeLegacy(legacy, functional2(layers)),
    await writeLegacy(legacy),
    await writeLegacy(legacy, undefined, packed),
  ]
  figures.push(`h5: ${await survive(seeds, readKeras)}`)
}, 600_000)

test('.keras and .weights.h5 of version 3, stored and deflated', async () => {
  const seeds = [await writeArchive(slots, functional3(layers)), await writeArchive(slots, functional3(layers), 6)]
  figures.push(`keras: ${await survive(seeds, readKeras)}`)
})

test('configurations', async () => {
  const chain = layers.filter(({ className }) => className !== 'Add')
  const seeds = [functional2(layers), functional3(layers), sequential(chain)].map(config =>
    strToU8(JSON.stringify(config)),
  )
  const weights = new Map(legacy.flatMap(([, named]) => Object.entries<Tensor>(named)))
  const read = (bytes: Uint8Array): void => {
    const json: unknown = JSON.parse(Buffer.from(bytes).toString())
    readConfig(json, {
      format: 'soak',
      weightsFor:
        () =>
        (path, { name }) =>
          weights.get(`${path.at(-1)?.name}/${name}:0`),
    })
  }
  figures.push(`configurations: ${await survive(seeds, read, jsonMutant)}`)
})

test('folders of TensorFlow.js: model.json and its weights, of either kind', async () => {
  const stored = (name: string, value: Tensor): StoredWeight => ({
    name,
    shape: value.shape,
    dtype: value.dtype,
    bytes: new Uint8Array(value.data.buffer),
  })
  const named = legacy.flatMap(([, weights]) => Object.entries<Tensor>(weights))
  const layersModel = tfjsFolder({ modelTopology: functional2(layers) }, [
    named.map(([name, value]) => stored(name.replace(':0', ''), value)),
  ])
  const nodes = [
    { name: 'x', op: 'Placeholder', attr: { shape: [-1, 6, 6, 3] } },
    { name: 'w', op: 'Const' },
    { name: 'b', op: 'Const' },
    { name: 'axes', op: 'Const' },
    {
      name: 'conv',
      op: '_FusedConv2D',
      input: ['x', 'w', 'b'],
      attr: { strides: [1, 2, 2, 1], padding: 'SAME', fused_ops: ['BiasAdd', 'Relu6'] },
    },
    { name: 'mean', op: 'Mean', input: ['conv', 'axes'], attr: { keep_dims: false } },
    { name: 'out', op: 'Softmax', input: ['mean'] },
  ]
  const constants = [
    stored('w', ones(3, 3, 3, 2)),
    stored('b', ones(2)),
    stored('axes', tensor([2], Int32Array.of(1, 2))),
  ]
  const folders = [layersModel, tfjsFolder(graphModel(nodes), [constants])]
  const seeds = folders.map(folder => folder.files.get('model.json') as Uint8Array)
  const shards = folders.map(folder => folder.files.get('group1-shard1.bin') as Uint8Array)
  let isGraph = false
  const read = async (bytes: Uint8Array): Promise<void> => {
    isGraph = Buffer.from(bytes).includes('graph-model')
    await readTfjs(async file => (file === 'model.json' ? bytes : (shards[isGraph ? 1 : 0] as Uint8Array)))
  }
  figures.push(`tfjs: ${await survive(seeds, read)}`)
  figures.push(`tfjs, as JSON: ${await survive(seeds, read, jsonMutant)}`)
})
