import { writeLegacy } from '@depthwise/testing/files/hdf5-writer'
import { describe, expect, test } from 'vitest'
import { readKeras } from '../src/index.ts'
import { args, keras2, keras3, type Layer, numpy, tensor3 } from './keras-single.ts'

describe('what is refused, and by which words', () => {
  const own = [['x', 0, 0, {}]]
  const cases: readonly (readonly [string, Layer, RegExp])[] = [
    ['Python', { className: 'Lambda', inbound: own }, /found Lambda, whose Python code is not read/],
    [
      'a class of the author',
      { className: 'Custom>Mine', inbound: own },
      /found Custom>Mine, a custom class, whose code is not in the file/,
    ],
    [
      'a layer that is not random',
      { className: 'AutoContrast', inbound: own },
      /a supported layer, found AutoContrast/,
    ],
    [
      'a function',
      { className: 'TFOpLambda', config: { function: 'image.resize' }, inbound: own },
      /a supported function of TensorFlow, found image.resize/,
    ],
    ...(
      [
        ['nn.silu', { beta: 2 }, /silu without beta, found 2/],
        ['nn.softmax', { axis: 1 }, /the last axis, found axis 1/],
        ['nn.relu6', { unheard_of: true }, /relu6 without unheard_of, found true/],
        ['keras.activations.relu', { threshold: 1 }, /threshold 0, found 1/],
        ['nn.bias_add', { bias: [1, 2, 3], data_format: 'NCHW' }, /data_format channels_last, found "NCHW"/],
      ] as const
    ).map(([name, kwargs, message]): readonly [string, Layer, RegExp] => [
      `${name} of ${JSON.stringify(kwargs)}`,
      {
        className: 'TFOpLambda',
        config: { name: `tf.${name}`, function: name },
        inbound: ['x', 0, 0, { ...kwargs, name: null }],
      },
      message,
    ]),
    [
      'Flatten of channels first',
      { className: 'Flatten', config: { data_format: 'channels_first' }, inbound: own },
      /data_format channels_last, found channels_first/,
    ],
    [
      'a bias of channels first, as an op',
      {
        className: 'TensorFlowOpLayer',
        config: {
          node_def: { name: 'n', op: 'BiasAdd', input: ['a', 'b'], attr: { data_format: { s: btoa('NCHW') } } },
          constants: { 1: [1, 2, 3] },
        },
        inbound: own,
      },
      /data_format channels_last, found another/,
    ],
    [
      'a function of a module that means another',
      { className: 'TFOpLambda', config: { function: 'strings.add' }, inbound: own },
      /found strings.add/,
    ],
    [
      'a constant of more axes',
      { className: 'Add', inbound: args(tensor3, [[[[[1]]]], [[[[2]]]]]) },
      /a constant that broadcasts to 1x1x2x3, the same for every item of a batch, found 2x1x1x1x1/,
    ],
    [
      'a value by a value',
      { className: 'Divide', inbound: args([tensor3, tensor3]) },
      /to divide by, found a computed value/,
    ],
    ['texts', { className: 'Add', inbound: args(tensor3, 'one') }, /a number, or an array of numbers, found "one"/],
    [
      'a ragged array',
      { className: 'Add', inbound: args(tensor3, numpy([[1], 2])) },
      /an array of numbers, found an object/,
    ],
    [
      'a constant for a convolution',
      { className: 'Flatten', inbound: args(tensor3, 3) },
      /computed operands, found a constant/,
    ],
    [
      'integers',
      { className: 'Cast', config: { dtype: 'uint8' }, inbound: args(tensor3) },
      /a cast to floats, found uint8/,
    ],
    ['a step', { className: 'ReLU', config: { threshold: 1 }, inbound: own }, /threshold 0, found 1/],
    ['gelu', { className: 'Activation', config: { activation: 'gelu' }, inbound: own }, /hard_sigmoid.*found gelu/],
    [
      'statistics along another axis',
      { className: 'Normalization', config: { axis: [1], mean: 0, variance: 1 }, inbound: own },
      /the last axis, or none, found axis 1/,
    ],
  ]
  test.each(cases)('%s', async (_, layer, message) => {
    await expect(keras2(layer)).rejects.toThrow(message)
    await expect(keras2(layer)).rejects.toThrow(/^keras "m", layer "it"/)
  })
})

describe('files of some lines that would make millions of numbers', () => {
  const many = (extent: number, count: number): unknown => ({
    class_name: 'Sequential',
    config: {
      layers: Array.from({ length: count }, (_, n) => ({
        class_name: 'Rescaling',
        config: { name: `r${n}`, scale: 2, batch_input_shape: [null, 1, 1, extent] },
      })),
    },
  })
  test.each([
    [2 ** 30, 1],
    [2 ** 16, 5000],
  ])('%i channels, in %i layers', async (extent, count) => {
    const bytes = await writeLegacy([['x', {}]], many(extent, count))
    await expect(readKeras(bytes)).rejects.toThrow(/at most 1048576 channels in all layers of arithmetic/)
  })

  test('a constant beyond any number of channels', async () => {
    const layer = { className: 'Add', inbound: args(tensor3, new Array(5000).fill(1)) }
    await expect(keras3(layer)).rejects.toThrow(/at most 4096 numbers, found 5000/)
  })
})
