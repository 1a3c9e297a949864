import { type Model, tensor } from '@depthwise/core'
import { writeLegacy } from '@depthwise/testing/files/hdf5-writer'
import { describe, expect, test } from 'vitest'
import { arithmeticOperators, identityOperators } from '../src/affine-operators.ts'
import { readKeras } from '../src/index.ts'
import { layerImporters } from '../src/keras/layers/table.ts'
import { args, keras2, keras3, type Layer, modelOf, numpy, tensor3 } from './keras-single.ts'
import { run } from './tflite-run.ts'

// What people put in front of a network, and activations that are made of several ops: by their numbers, not by their graphs.

const pixels = [-3, -1, 0, 0.5, 2, 7]
const channels = 3
type Formula = (x: number, channel: number) => number
async function check(reading: Promise<Model>, formula: Formula): Promise<void> {
  const found = Array.from(await run(await reading, pixels))
  const expected = pixels.map((x, i) => formula(x, i % channels))
  for (const [i, value] of expected.entries()) expect(found[i], `of ${pixels[i]}`).toBeCloseTo(value, 5)
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const clamp = (x: number, min: number, max: number): number => Math.min(Math.max(x, min), max)
const means = [1, -2, 0.5]
/** Of a pixel, by the value of one of its channels. */
function softmaxed(value: number): number {
  const pixel = pixels.indexOf(value) < channels ? pixels.slice(0, channels) : pixels.slice(channels)
  return Math.exp(value) / pixel.reduce((sum, each) => sum + Math.exp(each), 0)
}

describe('operations of Keras 3', () => {
  const cases: readonly (readonly [string, Layer, Formula])[] = [
    ['x / 127.5', { className: 'TrueDivide', inbound: args(tensor3, 127.5) }, x => x / 127.5],
    ['x / 2, by the layer', { className: 'Divide', inbound: args(tensor3, 2) }, x => x / 2],
    ['x - 1', { className: 'Subtract', inbound: args(tensor3, 1) }, x => x - 1],
    ['2 - x', { className: 'Subtract', inbound: args(2, tensor3) }, x => 2 - x],
    ['x - x', { className: 'Subtract', inbound: args([tensor3, tensor3]) }, () => 0],
    [
      'x - mean, an array',
      { className: 'Subtract', inbound: args(tensor3, numpy(means)) },
      (x, c) => x - (means[c] as number),
    ],
    ['mean + x, a list', { className: 'Add', inbound: args(means, tensor3) }, (x, c) => x + (means[c] as number)],
    [
      'x * mean, of the rank of x',
      { className: 'Multiply', inbound: args(tensor3, numpy([[[means]]])) },
      (x, c) => x * (means[c] as number),
    ],
    ['by keyword', { className: 'Add', inbound: { args: [tensor3], kwargs: { x2: 3 } } }, x => x + 3],
    ['-x', { className: 'Negative', inbound: args(tensor3) }, x => -x],
    ['a cast to halves', { className: 'Cast', config: { dtype: 'float16' }, inbound: args(tensor3) }, x => x],
    ['Clip', { className: 'Clip', config: { x_min: -1, x_max: 2 }, inbound: args(tensor3) }, x => clamp(x, -1, 2)],
    ['Relu6', { className: 'Relu6', inbound: args(tensor3) }, x => clamp(x, 0, 6)],
    ['Silu', { className: 'Silu', inbound: args(tensor3) }, x => x * sigmoid(x)],
    ['Sigmoid', { className: 'Sigmoid', inbound: args(tensor3) }, sigmoid],
    ['Tanh', { className: 'Tanh', inbound: args(tensor3) }, Math.tanh],
    ['HardSigmoid', { className: 'HardSigmoid', inbound: args(tensor3) }, x => clamp(x / 6 + 0.5, 0, 1)],
    ['HardSilu', { className: 'HardSilu', inbound: args(tensor3) }, x => x * clamp(x / 6 + 0.5, 0, 1)],
    ['LeakyRelu', { className: 'LeakyRelu', inbound: args(tensor3) }, x => (x < 0 ? 0.2 * x : x)],
  ]
  test.each(cases)('%s', async (_, layer, formula) => check(keras3(layer), formula))
})

describe('functions of TensorFlow', () => {
  const lambda = (name: string, inbound: unknown): Layer => ({
    className: 'TFOpLambda',
    config: { name: `tf.${name}`, function: name },
    inbound,
  })
  const x = (kwargs: object = {}): unknown => ['x', 0, 0, { ...kwargs, name: null }]
  const opLayer = (op: string, constants: object, attr: object = {}): Layer => ({
    className: 'TensorFlowOpLayer',
    config: { node_def: { name: 'n', op, input: ['a', 'b'], attr }, constants },
    inbound: x(),
  })
  const cases: readonly (readonly [string, Layer, Formula])[] = [
    ['truediv', lambda('math.truediv', x({ y: 127.5 })), v => v / 127.5],
    ['subtract', lambda('math.subtract', x({ y: 1 })), v => v - 1],
    ['multiply', lambda('math.multiply', x({ y: means })), (v, c) => v * (means[c] as number)],
    ['a constant first', lambda('math.subtract', ['_CONSTANT_VALUE', -1, 2, { y: ['x', 0, 0] }]), v => 2 - v],
    ['add', lambda('__operators__.add', x({ y: 3 })), v => v + 3],
    ['add of two values', lambda('__operators__.add', x({ y: ['x', 0, 0] })), v => 2 * v],
    [
      'bias_add',
      lambda('nn.bias_add', x({ bias: means, data_format: 'channels_last' })),
      (v, c) => v + (means[c] as number),
    ],
    ['negative', lambda('math.negative', x()), v => -v],
    ['cast', lambda('cast', x({ dtype: 'float32' })), v => v],
    ['clip_by_value', lambda('clip_by_value', x({ clip_value_min: -1, clip_value_max: 2 })), v => clamp(v, -1, 2)],
    ['relu6', lambda('nn.relu6', x()), v => clamp(v, 0, 6)],
    ['silu', lambda('nn.silu', x()), v => v * sigmoid(v)],
    ['sigmoid', lambda('math.sigmoid', x()), sigmoid],
    ['leaky_relu', lambda('nn.leaky_relu', x()), v => (v < 0 ? 0.2 * v : v)],
    ['leaky_relu of a slope', lambda('nn.leaky_relu', x({ alpha: 0.1 })), v => (v < 0 ? 0.1 * v : v)],
    ['relu up to a bound', lambda('keras.activations.relu', x({ max_value: 2, threshold: 0 })), v => clamp(v, 0, 2)],
    ['relu of a slope', lambda('keras.backend.relu', x({ alpha: 0.5 })), v => (v < 0 ? 0.5 * v : v)],
    ['silu of beta 1', lambda('nn.silu', x({ beta: 1 })), v => v * sigmoid(v)],
    ['softmax over the last axis', lambda('nn.softmax', x({ axis: -1 })), softmaxed],
    ['an activation of Keras', lambda('keras.activations.hard_sigmoid', x()), v => clamp(0.2 * v + 0.5, 0, 1)],
    ['RealDiv, as an op', opLayer('RealDiv', { 1: 127.5 }), v => v / 127.5],
    ['Sub from a constant, as an op', opLayer('Sub', { 0: 2 }), v => 2 - v],
    ['Cast, as an op', opLayer('Cast', {}, { DstT: { type: 'DT_FLOAT' } }), v => v],
  ]
  test.each(cases)('%s', async (_, layer, formula) => check(keras2(layer), formula))
})

describe('layers', () => {
  const own = [['x', 0, 0, {}]]
  const cases: readonly (readonly [string, Layer, Formula])[] = [
    ['Rescaling', { className: 'Rescaling', config: { scale: 0.5, offset: -1 }, inbound: own }, x => x / 2 - 1],
    [
      'Rescaling by arrays',
      { className: 'Rescaling', config: { scale: numpy(means), offset: means }, inbound: own },
      (x, c) => (x + 1) * (means[c] as number),
    ],
    ['Average', { className: 'Average', inbound: [own[0], own[0], own[0]] }, x => x],
    ['LeakyReLU', { className: 'LeakyReLU', inbound: own }, x => (x < 0 ? 0.3 * x : x)],
    ['LeakyReLU, alpha', { className: 'LeakyReLU', config: { alpha: 0.1 }, inbound: own }, x => (x < 0 ? 0.1 * x : x)],
    [
      'LeakyReLU, negative_slope, as an array',
      { className: 'LeakyReLU', config: { negative_slope: numpy(0.1) }, inbound: own },
      x => (x < 0 ? 0.1 * x : x),
    ],
    [
      'ReLU with a slope and a bound',
      { className: 'ReLU', config: { negative_slope: 0.5, max_value: 1 }, inbound: own },
      x => Math.min(x < 0 ? 0.5 * x : x, 1),
    ],
    [
      'an activation that is a layer',
      {
        className: 'Activation',
        config: { activation: { class_name: 'LeakyReLU', config: { alpha: 0.1 } } },
        inbound: own,
      },
      x => (x < 0 ? 0.1 * x : x),
    ],
    ...(
      [
        ['swish', x => x * sigmoid(x)],
        ['silu', x => x * sigmoid(x)],
        ['tanh', Math.tanh],
        ['relu6', x => clamp(x, 0, 6)],
        ['leaky_relu', x => (x < 0 ? 0.2 * x : x)],
        ['hard_silu', x => x * clamp(x / 6 + 0.5, 0, 1)],
        ['linear', x => x],
      ] as readonly (readonly [string, Formula])[]
    ).map(([name, formula]): readonly [string, Layer, Formula] => [
      `Activation ${name}`,
      { className: 'Activation', config: { activation: name }, inbound: own },
      formula,
    ]),
    [
      'Normalization',
      { className: 'Normalization', config: { axis: [-1], mean: means, variance: [4, 9, 0] }, inbound: own },
      (x, c) => (x - (means[c] as number)) / ([2, 3, 1e-7][c] as number),
    ],
    [
      'Normalization over all',
      { className: 'Normalization', config: { axis: null, mean: 1, variance: 4 }, inbound: own },
      x => (x - 1) / 2,
    ],
    [
      'Normalization, inverted',
      { className: 'Normalization', config: { axis: 3, mean: means, variance: [4, 9, 0], invert: 1 }, inbound: own },
      (x, c) => x * ([2, 3, 1e-7][c] as number) + (means[c] as number),
    ],
  ]
  test.each(cases)('%s', async (_, layer, formula) => check(keras2(layer), formula))

  test('hard_sigmoid is one function before Keras 3 and another since', async () => {
    const layer = { className: 'Activation', config: { activation: 'hard_sigmoid' }, inbound: own }
    await check(keras2(layer), x => clamp(0.2 * x + 0.5, 0, 1))
    await check(keras3(layer), x => clamp(x / 6 + 0.5, 0, 1))
  })

  test('statistics that were taken of data', async () => {
    const layer = { className: 'Normalization', config: { axis: [-1] }, inbound: own }
    const statistics = { mean: tensor([3], Float32Array.from(means)), variance: tensor([3], Float32Array.of(4, 9, 16)) }
    const formula: Formula = (x, c) => (x - (means[c] as number)) / (c + 2)
    await check(keras2(layer, { 'it/mean:0': statistics.mean, 'it/variance:0': statistics.variance }), formula)
    const slots = { 'layers/normalization/vars/0': statistics.mean, 'layers/normalization/vars/1': statistics.variance }
    await check(keras3(layer, slots), formula)
  })

  test('PReLU of one slope for each channel', async () => {
    const layer = { className: 'PReLU', config: { shared_axes: [1, 2] }, inbound: own }
    const alpha = tensor([1, 1, 3], Float32Array.of(0.1, 0.2, 0.3))
    const formula: Formula = (x, c) => (x < 0 ? ((c + 1) / 10) * x : x)
    await check(keras2(layer, { 'it/alpha:0': alpha }), formula)
    await check(keras3(layer, { 'layers/p_re_lu/vars/0': alpha }), formula)
    const places = keras2(layer, { 'it/alpha:0': tensor([1, 2, 3], new Float32Array(6)) })
    await expect(places).rejects.toThrow(/a slope for each of 3 channels \(shared_axes 1 and 2\), found 1x2x3/)
  })
})

describe('layers that do nothing at inference', () => {
  test.each(identityOperators.keras)('%s', async className => {
    const layer = { className, config: { factor: 0.2, seed: null }, inbound: [['x', 0, 0, {}]] }
    for (const reading of [
      keras2(layer),
      keras3(layer),
      keras2({ ...layer, className: `Preprocessing>${className}` }),
    ]) {
      const found = await reading
      expect(found.graph.nodes.map(node => node.name)).not.toContain('it')
      await check(Promise.resolve(found), x => x)
    }
  })

  test('every operator of the shared tables has an importer', () => {
    const names = [...identityOperators.keras, ...Object.keys(arithmeticOperators.keras)]
    expect(names.filter(name => !Object.hasOwn(layerImporters, name))).toEqual([])
  })

  test('Resizing to the size it has already', async () => {
    const layer = { className: 'Resizing', config: { height: 1, width: 2 }, inbound: [['x', 0, 0, {}]] }
    await check(keras2(layer), x => x)
  })

  test.each(['RandomCrop', 'CenterCrop'])('%s to the size it has already', async className => {
    const sized = (height: number, width: number): Layer => ({
      className,
      config: { height, width },
      inbound: [['x', 0, 0, {}]],
    })
    await check(keras2(sized(1, 2)), x => x)
    await expect(keras2(sized(3, 2))).rejects.toThrow(
      /layer "it" \(.*\): expected an image of 3x2 already \(resize before the network\), found 1x2/,
    )
  })
})

test('Cropping2D and CenterCrop cut rows and columns off', async () => {
  const image = Float32Array.from({ length: 5 * 6 * 2 }, (_, i) => i + 0.1)
  const read = async (className: string, config: object): Promise<Model> => {
    const layer = { className, config: config as Layer['config'], inbound: [['x', 0, 0, {}]] as unknown }
    const json = modelOf(layer as Layer, { batch_input_shape: [null, 5, 6, 2] })
    return await readKeras(await writeLegacy([['x', {}]], json))
  }
  const cut = (top: number, left: number, height: number, width: number): Float32Array =>
    Float32Array.from({ length: height * width * 2 }, (_, i) => {
      const [row, rest] = [Math.floor(i / (2 * width)), i % (2 * width)]
      return image[(top + row) * 12 + 2 * left + rest] as number
    })
  const rows = {
    cropping: [
      [1, 2],
      [0, 3],
    ],
  }
  expect(await run(await read('Cropping2D', rows), image)).toEqual(cut(1, 0, 2, 3))
  expect(await run(await read('Cropping2D', { cropping: 2 }), image)).toEqual(cut(2, 2, 1, 2))
  expect(await run(await read('Cropping2D', { cropping: 0 }), image)).toEqual(image)
  expect(await run(await read('CenterCrop', { height: 2, width: 4 }), image)).toEqual(cut(1, 1, 2, 4))
  await expect(
    read('Cropping2D', {
      cropping: [
        [3, 2],
        [0, 0],
      ],
    }),
  ).rejects.toThrow(/less than 1x5x6x2, found 5 rows/)
  await expect(read('CenterCrop', { height: 6, width: 6 })).rejects.toThrow(/an image of 6x6 already/)
})

describe('whether pixels are wanted as they are', () => {
  const own = [['x', 0, 0, {}]]
  const rescaling = (scale: unknown, offset: unknown): Layer => ({
    className: 'Rescaling',
    config: { scale, offset },
    inbound: own,
  })
  const normalizing = (mean: unknown, variance: unknown): Layer => ({
    className: 'Normalization',
    config: { axis: -1, mean, variance },
    inbound: own,
  })
  const cases: readonly (readonly [string, Layer, boolean])[] = [
    ['x / 255', rescaling(1 / 255, 0), true],
    ['x / 127.5 - 1', rescaling(1 / 127.5, -1), true],
    ['x / 127.5, by an operation', { className: 'TrueDivide', inbound: args(tensor3, 127.5) }, true],
    ['x - the means of bytes', { className: 'Subtract', inbound: args(tensor3, [123.68, 116.78, 103.94]) }, true],
    ['statistics of bytes', normalizing([120, 110, 100], 4900), true],
    ['2 x - 1', rescaling(2, -1), false],
    ['x - the means of reals', { className: 'Subtract', inbound: args(tensor3, [0.485, 0.456, 0.406]) }, false],
    ['statistics of reals', normalizing([0.485, 0.456, 0.406], 0.05), false],
    ['an activation', { className: 'Activation', config: { activation: 'relu' }, inbound: own }, false],
  ]
  test.each(cases)('%s', async (_, layer, isRaw) => {
    const { metadata } = await keras3(layer)
    expect(metadata.preprocessing).toEqual(isRaw ? { normalization: 'raw' } : undefined)
  })
})
