import { GraphBuilder, type Model, type Tensor, type Value } from '@depthwise/core'
import { writeArchive, writeLegacy } from '@depthwise/testing/files/hdf5-writer'
import { functional2, functional3, type LayerSpec, sequential } from '@depthwise/testing/files/keras-configs'
import { describe, expect, test } from 'vitest'
import { readKeras } from '../src/index.ts'
import { counting, image, ops } from './keras-layers.ts'

interface Case {
  readonly layer: Omit<LayerSpec, 'name'>
  readonly weights?: Record<string, Tensor>
  readonly expected: (b: GraphBuilder, x: Value) => Value
}

const name = 'it'
const conv = { filters: 3, kernel_size: [3, 2], strides: [2, 1], padding: 'same', use_bias: true }
const kernel = { kernel: counting([3, 2, 2, 3]), bias: counting([3]) }
const norms = {
  gamma: counting([2]),
  beta: counting([2], 2),
  moving_mean: counting([2], 4),
  moving_variance: counting([2], 6),
}

const cases: Readonly<Record<string, Case>> = {
  Conv2D: {
    layer: { className: 'Conv2D', config: conv },
    weights: kernel,
    expected: (b, x) => b.conv2d(x, { name, filters: 3, kernel: [3, 2], strides: [2, 1] }),
  },
  'Conv2D, valid, dilated, without bias': {
    layer: {
      className: 'Conv2D',
      config: { ...conv, strides: [1, 1], padding: 'valid', dilation_rate: [1, 2], use_bias: false },
    },
    weights: kernel,
    expected: (b, x) =>
      b.conv2d(x, { name, filters: 3, kernel: [3, 2], padding: 'valid', dilations: [1, 2], bias: false }),
  },
  'Conv2D in groups': {
    layer: { className: 'Conv2D', config: { filters: 4, kernel_size: 1, groups: 2 } },
    weights: { kernel: counting([1, 1, 1, 4]), bias: counting([4]) },
    expected: (b, x) => b.conv2d(x, { name, filters: 4, kernel: 1, groups: 2, padding: 'valid' }),
  },
  'Conv2D with relu': {
    layer: { className: 'Conv2D', config: { ...conv, activation: 'relu' } },
    weights: kernel,
    expected: (b, x) => b.relu(b.conv2d(x, { name, filters: 3, kernel: [3, 2], strides: [2, 1] })),
  },
  'Conv2D with an activation written as an object': {
    layer: {
      className: 'Conv2D',
      config: { ...conv, activation: { class_name: 'function', config: 'relu6', module: 'builtins' } },
    },
    weights: kernel,
    expected: (b, x) => b.relu6(b.conv2d(x, { name, filters: 3, kernel: [3, 2], strides: [2, 1] })),
  },
  DepthwiseConv2D: {
    layer: { className: 'DepthwiseConv2D', config: { kernel_size: [3, 3], padding: 'same', depth_multiplier: 2 } },
    weights: { depthwise_kernel: counting([3, 3, 2, 2]), bias: counting([4]) },
    expected: (b, x) => b.depthwiseConv2d(x, { name, kernel: 3, multiplier: 2 }),
  },
  SeparableConv2D: {
    layer: {
      className: 'SeparableConv2D',
      config: { filters: 3, kernel_size: [3, 2], strides: 2, padding: 'same', depth_multiplier: 2, activation: 'relu' },
    },
    weights: {
      depthwise_kernel: counting([3, 2, 2, 2]),
      pointwise_kernel: counting([1, 1, 4, 3]),
      bias: counting([3]),
    },
    expected: (b, x) => {
      const options = { kernel: [3, 2], strides: 2, multiplier: 2, bias: false, weights: 'it/depthwise' } as const
      const places = b.depthwiseConv2d(x, options)
      return b.relu(b.conv2d(places, { name, filters: 3, kernel: 1, weights: 'it/pointwise' }))
    },
  },
  'SeparableConv2D, dilated, without bias, its multiplier left out as TensorFlow.js does': {
    layer: { className: 'SeparableConv2D', config: { filters: 3, kernel_size: 2, dilation_rate: 2, use_bias: 0 } },
    weights: { depthwise_kernel: counting([2, 2, 2, 3]), pointwise_kernel: counting([1, 1, 6, 3]) },
    expected: (b, x) => {
      const window = { kernel: 2, dilations: 2, padding: 'valid' } as const
      const places = b.depthwiseConv2d(x, { ...window, multiplier: 3, bias: false, weights: 'it/depthwise' })
      return b.conv2d(places, { name, filters: 3, kernel: 1, bias: false, weights: 'it/pointwise' })
    },
  },
  'DepthwiseConv2D of Keras 3, whose kernel has no name of its own': {
    layer: { className: 'DepthwiseConv2D', config: { kernel_size: [3, 3], padding: 'same', use_bias: 1 } },
    weights: { kernel: counting([3, 3, 2, 1]), bias: counting([2]) },
    expected: (b, x) => b.depthwiseConv2d(x, { name, kernel: 3 }),
  },
  BatchNormalization: {
    layer: { className: 'BatchNormalization', config: { axis: [3], epsilon: 0.01 } },
    weights: norms,
    expected: (b, x) => b.batchNorm(x, { name, epsilon: 0.01 }),
  },
  'BatchNormalization without gamma': {
    layer: { className: 'BatchNormalization', config: { axis: -1, scale: false } },
    weights: { beta: norms.beta, moving_mean: norms.moving_mean, moving_variance: norms.moving_variance },
    expected: (b, x) => b.batchNorm(x, { name, scale: false }),
  },
  Dense: {
    layer: { className: 'Dense', config: { units: 3, activation: 'linear' } },
    weights: { kernel: counting([2, 3]), bias: counting([3]) },
    // Over an image it is a 1x1 convolution.
    expected: (b, x) => b.conv2d(x, { name, filters: 3, kernel: 1 }),
  },
  ReLU: { layer: { className: 'ReLU', config: {} }, expected: (b, x) => b.relu(x) },
  'ReLU of 6': { layer: { className: 'ReLU', config: { max_value: 6 } }, expected: (b, x) => b.relu6(x) },
  'ReLU of 3': {
    layer: { className: 'ReLU', config: { max_value: 3, negative_slope: 0, threshold: 0 } },
    expected: (b, x) => b.clamp(x, { min: 0, max: 3 }),
  },
  'Activation relu': {
    layer: { className: 'Activation', config: { activation: 'relu' } },
    expected: (b, x) => b.relu(x),
  },
  'Activation sigmoid': {
    layer: { className: 'Activation', config: { activation: 'sigmoid' } },
    expected: (b, x) => b.sigmoid(x),
  },
  Softmax: { layer: { className: 'Softmax', config: { axis: -1 } }, expected: (b, x) => b.softmax(x) },
  ZeroPadding2D: {
    layer: {
      className: 'ZeroPadding2D',
      config: {
        padding: [
          [0, 1],
          [2, 3],
        ],
      },
    },
    expected: (b, x) => b.pad(x, { top: 0, bottom: 1, left: 2, right: 3 }),
  },
  'ZeroPadding2D by one number': {
    layer: { className: 'ZeroPadding2D', config: { padding: 2 } },
    expected: (b, x) => b.pad(x, 2),
  },
  AveragePooling2D: {
    layer: { className: 'AveragePooling2D', config: { pool_size: [2, 3], padding: 'valid' } },
    expected: (b, x) => b.averagePool(x, { kernel: [2, 3], strides: [2, 3], padding: 'valid' }),
  },
  MaxPooling2D: {
    layer: { className: 'MaxPooling2D', config: { pool_size: 3, strides: 2, padding: 'same' } },
    expected: (b, x) => b.maxPool(x, { kernel: 3, strides: 2 }),
  },
  GlobalAveragePooling2D: {
    layer: { className: 'GlobalAveragePooling2D', config: {} },
    expected: (b, x) => b.globalAveragePool(x),
  },
  'GlobalAveragePooling2D that keeps its axes': {
    layer: { className: 'GlobalAveragePooling2D', config: { keepdims: true } },
    expected: (b, x) => b.globalAveragePool(x, { keepDims: true }),
  },
  GlobalMaxPooling2D: {
    layer: { className: 'GlobalMaxPooling2D', config: {} },
    expected: (b, x) => b.flatten(b.maxPool(x, { kernel: [4, 6], padding: 'valid' })),
  },
  Reshape: {
    layer: { className: 'Reshape', config: { target_shape: [3, -1] } },
    expected: (b, x) => b.reshape(x, [3, 16]),
  },
  Flatten: { layer: { className: 'Flatten', config: {} }, expected: (b, x) => b.flatten(x) },
  Dropout: { layer: { className: 'Dropout', config: { rate: 0.25 } }, expected: (b, x) => b.dropout(x, 0.25) },
  Rescaling: {
    layer: { className: 'Rescaling', config: { scale: 0.5, offset: [-1, 1] } },
    expected: (b, x) => b.affine(x, { scale: [0.5, 0.5], offset: [-1, 1] }),
  },
}

const slot = (className: string): string =>
  className
    .replace('BatchNormalization', 'batch_normalization')
    .replace('DepthwiseConv', 'depthwise_conv')
    .replace('SeparableConv', 'separable_conv')
    .toLowerCase()

describe.each(Object.entries(cases))('%s', (_, { layer, weights = {}, expected }) => {
  const spec: LayerSpec = { ...layer, name, inputs: [['image']] }
  const prefixed = Object.fromEntries(Object.entries(weights).map(([key, value]) => [`${name}/${key}:0`, value]))
  const numbered = Object.fromEntries(
    Object.values(weights).map((value, index) => [`layers/${slot(layer.className)}/vars/${index}`, value]),
  )

  function check(model: Model | null): void {
    const b = new GraphBuilder()
    const graph = b.build([expected(b, b.input([1, 4, 6, 2], { name: 'image' }))])
    expect(ops((model as Model).graph)).toEqual(ops(graph))
    const given = Object.values(weights).map(({ data }) => Array.from(data))
    const used = given.slice(0, model?.params.size)
    expect([...(model as Model).params.values()].map(({ data }) => Array.from(data))).toEqual(used)
  }

  test('Keras 2', async () => {
    const bytes = await writeLegacy(
      [
        ['image', {}],
        [name, prefixed],
      ],
      functional2([image, spec]),
    )
    check(await readKeras(bytes))
  })
  test('Keras 3', async () => {
    check(await readKeras(await writeArchive(numbered, functional3([image, spec]))))
  })
  test('in a sequence', async () => {
    const bytes = await writeLegacy([[name, prefixed]], sequential([image, spec]))
    check(await readKeras(bytes))
  })
})
