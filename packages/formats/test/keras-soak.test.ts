import { type Tensor, tensor } from '@depthwise/core'
import { writeArchive, writeLegacy } from '@depthwise/testing/files/hdf5-writer'
import { functional2, functional3, type LayerSpec, sequential } from '@depthwise/testing/files/keras-configs'
import { graphModel, type StoredWeight, tfjsFolder } from '@depthwise/testing/files/tfjs-folder'
import { strToU8 } from 'fflate'
import { afterAll, test } from 'vitest'
import { readKeras, readKerasWeights, readTfjs } from '../src/index.ts'
import { readConfig } from '../src/keras/model.ts'
import { survive } from './hostile.ts'
import { type ModelSpec, writeModel } from './keras-dialects.ts'
import { modelOf } from './keras-single.ts'
import { jsonMutant } from './mutate-json.ts'

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
  figures.push(`h5: ${await survive([await writeLegacy(legacy, functional2(layers))], readKeras)}`)
  const bare = [await writeLegacy(legacy), await writeLegacy(legacy, undefined, packed)]
  figures.push(`h5, weights: ${await survive(bare, readKerasWeights)}`)
}, 600_000)

test('.keras and .weights.h5 of version 3, stored and deflated', async () => {
  const seeds = [await writeArchive(slots, functional3(layers)), await writeArchive(slots, functional3(layers), 6)]
  figures.push(`keras: ${await survive(seeds, readKeras)}`)
})

/** A model within the model, called twice, behind what is put in front of networks. */
const fronted: ModelSpec = {
  kind: 'functional',
  name: 'fronted',
  layers: [
    { className: 'InputLayer', name: 'photo', config: { batch_input_shape: [null, 6, 6, 3] } },
    {
      model: {
        kind: 'sequential',
        name: 'front',
        layers: [
          { className: 'RandomFlip', name: 'flip', config: { mode: 'horizontal' } },
          { className: 'Rescaling', name: 'scale', config: { scale: [1, 2, 3], offset: -1 } },
          { className: 'Normalization', name: 'norm', config: { axis: [-1], mean: [1, 2, 3], variance: 1 } },
          {
            className: 'Cropping2D',
            name: 'crop',
            config: {
              cropping: [
                [1, 0],
                [0, 1],
              ],
            },
          },
          {
            className: 'ZeroPadding2D',
            name: 'back',
            config: {
              padding: [
                [1, 0],
                [0, 1],
              ],
            },
          },
        ],
      },
      inputs: [['photo'], ['front']],
    },
    { model: { kind: 'functional', name: 'net', layers }, inputs: [['front'], [['front', 1, 0]]] },
    { className: 'Subtract', name: 'end', config: {}, inputs: [['net', ['net', 1, 0]]] },
    { className: 'LeakyReLU', name: 'leak', config: { alpha: 0.1 }, inputs: [['end']] },
    { className: 'Activation', name: 'swish', config: { activation: 'swish' }, inputs: [['leak']] },
  ],
}

/** What a configuration of Keras 3 has besides: operations with constants among their arguments. */
function withOperations(json: unknown): unknown {
  const copy = structuredClone(json) as { config: { layers: object[]; output_layers: unknown } }
  const from = (name: string) => ({ class_name: '__keras_tensor__', config: { keras_history: [name, 0, 0] } })
  const operation = (className: string, name: string, args: readonly unknown[]) => ({
    class_name: className,
    name,
    config: { name },
    inbound_nodes: [{ args, kwargs: {} }],
  })
  copy.config.layers.push(
    operation('TrueDivide', 'by', [from('fc'), 2]),
    operation('Subtract', 'off', [
      { class_name: '__numpy__', config: { value: [1, 2, 3], dtype: 'float32' } },
      from('by'),
    ]),
  )
  copy.config.output_layers = ['off', 0, 0]
  return copy
}

/** Functions of TensorFlow among the layers of Keras 2, in both of their forms. */
const functions = [
  {
    className: 'TFOpLambda',
    config: { name: 'tf.math.truediv', function: 'math.truediv' },
    inbound: ['x', 0, 0, { y: [1, 2, 4], name: null }],
  },
  {
    className: 'TFOpLambda',
    config: { name: 'tf.math.subtract', function: 'math.subtract' },
    inbound: ['_CONSTANT_VALUE', -1, 2, { y: ['x', 0, 0], name: null }],
  },
  {
    className: 'TFOpLambda',
    config: { name: 'tf.nn.leaky_relu', function: 'nn.leaky_relu' },
    inbound: ['x', 0, 0, { alpha: 0.1, name: null }],
  },
  {
    className: 'TensorFlowOpLayer',
    config: { node_def: { name: 'n', op: 'RealDiv', input: ['a', 'b'], attr: {} }, constants: { 1: 127.5 } },
    inbound: [['x', 0, 0, {}]],
  },
]

test('configurations', async () => {
  const chain = layers.filter(({ className }) => className !== 'Add')
  const seeds = [
    functional2(layers),
    functional3(layers),
    sequential(chain),
    writeModel(fronted, 'Keras 2'),
    writeModel(fronted, 'Keras 3'),
    withOperations(functional3(layers)),
    ...functions.map(layer => modelOf(layer, { batch_input_shape: [null, 1, 2, 3] })),
  ].map(config => strToU8(JSON.stringify(config)))
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
  const shapes = [
    ...nodes.slice(0, 4),
    { name: 'half', op: 'Const' },
    { name: 'scaled', op: 'RealDiv', input: ['x', 'half'] },
    { name: 'sized', op: 'Shape', input: ['scaled'] },
    { name: 'item', op: 'GatherV2', input: ['sized', 'axes', 'axes'] },
    { name: 'count', op: 'Prod', input: ['item', 'axes'] },
    { name: 'row', op: 'StridedSlice', input: ['sized', 'first', 'second', 'second'] },
    { name: 'first', op: 'Const' },
    { name: 'second', op: 'Const' },
    { name: 'rest', op: 'Const' },
    { name: 'target', op: 'ConcatV2', input: ['row', 'rest', 'first'] },
    { name: 'flat', op: 'Reshape', input: ['scaled', 'target'] },
    { name: 'sum', op: 'AddN', input: ['flat', 'flat'] },
  ]
  const constants = [
    stored('half', tensor([], Float32Array.of(0.5))),
    stored('first', tensor([1], Int32Array.of(0))),
    stored('second', tensor([1], Int32Array.of(1))),
    stored('rest', tensor([1], Int32Array.of(-1))),
    stored('w', ones(3, 3, 3, 2)),
    stored('b', ones(2)),
    stored('axes', tensor([2], Int32Array.of(1, 2))),
  ]
  const folders = [layersModel, tfjsFolder(graphModel(nodes), [constants]), tfjsFolder(graphModel(shapes), [constants])]
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
