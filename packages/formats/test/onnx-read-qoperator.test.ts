import { type FileSpec, floats, type NodeSpec, narrow, onnxFile } from '@depthwise/testing/files/onnx-file'
import { describe, expect, test } from 'vitest'
import { readOnnx } from '../src/index.ts'
import { expectAsRuntime, kinds } from './onnx-agreement.ts'
import { image, onImage } from './onnx-image.ts'

// Networks whose every operator takes and gives integers (onnxruntime's QuantFormat.QOperator): real numbers differ from what
// the runtime computes by half a step a rounding.

const spread = (count: number, min: number, max: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => min + ((i * 37 + 11) % (max - min + 1)))

/**
 * Signed weights keep to 7 bits: on processors without dot product instructions the runtime adds pairs of products of unsigned
 * and signed bytes in 16 bits, which saturate beyond that.
 */
const signed = (count: number): readonly number[] => spread(count, -64, 63)

/** Scale and zero point of the input, of results, and of a second kind of results. */
const constants = {
  xs: floats([2 / 255], []),
  xz: narrow('UINT8', [128], []),
  ys: floats([0.02], []),
  yz: narrow('UINT8', [128], []),
  ps: floats([0.002], []),
  ms: floats([0.004], []),
  zs: floats([0.01], []),
  zz: narrow('UINT8', [0], []),
  w: narrow('INT8', signed(4 * 3), [4, 3, 1, 1]),
  d: narrow('INT8', signed(3 * 9), [3, 1, 3, 3]),
  u: narrow('UINT8', spread(4 * 3, 0, 255), [4, 3, 1, 1]),
  ws: floats([0.01, 0.008, 0.006, 0.01]),
  wz: narrow('INT8', [0, 0, 0, 0]),
  us: floats([0.006], []),
  uz: narrow('UINT8', [130], []),
  ds: floats([0.004, 0.005, 0.003]),
  dz: narrow('INT8', [0, 0, 0]),
  k: narrow('UINT8', [0, 255, 100, 200], [1, 4, 1, 1]),
  one: narrow('UINT8', [90], []),
  b: narrow('INT32', [1000, -2000, 3000, 500]),
  f: narrow('INT8', signed(4 * 5), [4, 5]),
  ft: narrow('INT8', signed(5 * 4), [5, 4]),
  fs: floats([0.01], []),
  fz: narrow('INT8', [0], []),
  fss: floats([0.01, 0.02, 0.01, 0.005, 0.01]),
  fzs: narrow('INT8', [0, 0, 0, 0, 0]),
  fb: narrow('INT32', [500, 0, -500, 100, 7]),
  fr: floats([0.1, -0.2, 0.3, 0.4, -0.5]),
}
const entry: NodeSpec = ['QuantizeLinear', ['x', 'xs', 'xz'], 'q']
const X = ['q', 'xs', 'xz'] as const
const Y = ['ys', 'yz'] as const
const Z = ['zs', 'zz'] as const
/** Of means, and of what a dense layer makes of these, which are small. */
const P = ['ps', 'yz'] as const
const M = ['ms', 'yz'] as const
const conv: NodeSpec = ['QLinearConv', [...X, 'w', 'ws', 'wz', ...Y, 'b'], 'c']
const C = ['c', ...Y] as const
const exit = (name: string, from: readonly [string, string]): NodeSpec => ['DequantizeLinear', [name, ...from], 'y']
const through = (...nodes: readonly NodeSpec[]): FileSpec => onImage([entry, ...nodes], { constants })
/** A step and a half of the result, and what the steps of the input make of it. */
const loose = 0.045
const pool: readonly NodeSpec[] = [
  conv,
  ['com.microsoft.QLinearGlobalAveragePool', [...C, ...P], 'p', { channels_last: 0 }],
  ['Flatten', ['p'], 'r'],
]
const R = ['r', ...P] as const

describe('operators from integers to integers, as reals', () => {
  test.each<[string, readonly NodeSpec[], readonly string[]]>([
    ['QLinearConv, scales by channel, a bias', [conv, exit('c', Y)], ['conv2d', 'clamp']],
    [
      'QLinearConv of bytes, one scale, no bias',
      [['QLinearConv', [...X, 'u', 'us', 'uz', ...Y], 'c'], exit('c', Y)],
      ['conv2d', 'clamp'],
    ],
    [
      'QLinearConv in groups',
      [['QLinearConv', [...X, 'd', 'ds', 'dz', ...Y], 'c', { group: 3, pads: [1, 1, 1, 1] }], exit('c', Y)],
      ['depthwiseConv2d', 'clamp'],
    ],
    [
      'QLinearConv whose result starts at 0: a ReLU',
      [['QLinearConv', [...X, 'w', 'ws', 'wz', ...Z, 'b'], 'c'], exit('c', Z)],
      ['conv2d', 'clamp'],
    ],
    [
      'QLinearAdd',
      [conv, ['com.microsoft.QLinearAdd', [...C, ...C, ...Y], 'a'], exit('a', Y)],
      ['conv2d', 'clamp', 'add', 'clamp'],
    ],
    [
      'QLinearAdd of a constant for each channel',
      [conv, ['com.microsoft.QLinearAdd', [...C, 'k', ...P, ...Y], 'a'], exit('a', Y)],
      ['conv2d', 'clamp', 'affine', 'clamp'],
    ],
    [
      'QLinearMul of a constant, which stands first',
      [conv, ['com.microsoft.QLinearMul', ['one', ...Z, ...C, ...Y], 'a'], exit('a', Y)],
      ['conv2d', 'clamp', 'affine', 'clamp'],
    ],
    [
      'QLinearLeakyRelu',
      [conv, ['com.microsoft.QLinearLeakyRelu', [...C, ...Y], 'a', { alpha: { real: 0.2 } }], exit('a', Y)],
      ['conv2d', 'clamp', 'relu', 'clamp', 'affine', 'add', 'clamp'],
    ],
    [
      'QLinearSoftmax',
      [...pool, ['com.microsoft.QLinearSoftmax', [...R, ...Z], 'a', { axis: -1, opset: 17 }], exit('a', Z)],
      ['globalAveragePool', 'clamp', 'reshape', 'softmax'],
    ],
    [
      'QLinearMul',
      [conv, ['com.microsoft.QLinearMul', [...C, ...C, ...Y], 'a'], exit('a', Y)],
      ['conv2d', 'clamp', 'mul', 'clamp'],
    ],
    [
      'QLinearSigmoid',
      [conv, ['com.microsoft.QLinearSigmoid', [...C, ...Z], 'a'], exit('a', Z)],
      ['conv2d', 'clamp', 'sigmoid'],
    ],
    [
      'QLinearConcat',
      [conv, ['com.microsoft.QLinearConcat', [...Y, ...C, ...X], 'a', { axis: 1 }], exit('a', Y)],
      ['conv2d', 'clamp', 'concat'],
    ],
    [
      'QLinearAveragePool',
      [conv, ['com.microsoft.QLinearAveragePool', [...C, ...Y], 'a', { kernel_shape: [3, 2] }], exit('a', Y)],
      ['conv2d', 'clamp', 'averagePool'],
    ],
    [
      'MaxPool',
      [conv, ['MaxPool', ['c'], 'a', { kernel_shape: [2, 2] }], exit('a', Y)],
      ['conv2d', 'clamp', 'maxPool'],
    ],
    ['QLinearGlobalAveragePool', [...pool, exit('r', P)], ['conv2d', 'clamp', 'globalAveragePool', 'clamp', 'reshape']],
    [
      'QLinearMatMul',
      [...pool, ['QLinearMatMul', [...R, 'f', 'fs', 'fz', ...M], 'm'], exit('m', M)],
      ['conv2d', 'clamp', 'globalAveragePool', 'clamp', 'reshape', 'dense', 'clamp'],
    ],
    [
      'QGemm',
      [...pool, ['com.microsoft.QGemm', [...R, 'ft', 'fss', 'fzs', 'fb', ...M], 'm', { transB: 1 }], exit('m', M)],
      ['conv2d', 'clamp', 'globalAveragePool', 'clamp', 'reshape', 'dense', 'clamp'],
    ],
    [
      'QGemm to reals',
      [...pool, ['com.microsoft.QGemm', [...R, 'f', 'fs', 'fz', 'fb'], 'y', { alpha: { real: 0.5 } }]],
      ['conv2d', 'clamp', 'globalAveragePool', 'clamp', 'reshape', 'dense'],
    ],
  ])('%s', async (_, nodes, expected) => {
    const model = await expectAsRuntime(through(...nodes), loose)
    expect(
      kinds(model)
        .filter(kind => kind !== 'input')
        .slice(-expected.length),
    ).toEqual(expected)
  })

  test('bytes in', async () => {
    const spec = onImage([conv, exit('c', Y)], { inputs: { 'q:UINT8': image.x }, constants })
    const model = await expectAsRuntime(spec, 0.02)
    expect(kinds(model)).toEqual(['input', 'affine', 'conv2d', 'clamp'])
  })

  test('a dense layer that measures its rows at run time', async () => {
    const nodes: readonly NodeSpec[] = [
      ...pool,
      ['DequantizeLinear', ['r', ...P], 'rr'],
      ['com.microsoft.DynamicQuantizeMatMul', ['rr', 'f', 'fs', 'fz', 'fr'], 'y'],
    ]
    await expectAsRuntime(through(...nodes), loose)
  })
})

describe('what does not fit together', () => {
  const read =
    (...nodes: readonly NodeSpec[]) =>
    () =>
      readOnnx(onnxFile(through(...nodes)))

  test.each<[string, () => Promise<unknown>, string]>([
    [
      'the scale of another',
      read(['QLinearConv', ['q', 'ys', 'xz', 'w', 'ws', 'wz', ...Y], 'c'], exit('c', Y)),
      'the scale and zero point of its QuantizeLinear',
    ],
    [
      'reals',
      read(['QLinearConv', ['x', 'xs', 'xz', 'w', 'ws', 'wz', ...Y], 'c'], exit('c', Y)),
      'expected an operand 0 of integers, found one of reals',
    ],
    [
      'as many scales as are not channels',
      read(['QLinearConv', [...X, 'w', 'fss', 'wz', ...Y], 'c'], exit('c', Y)),
      'one number, or one for each channel, as operand 4',
    ],
    [
      'channels last',
      read(conv, ['com.microsoft.QLinearGlobalAveragePool', [...C, ...Y], 'p', { channels_last: 1 }], exit('p', Y)),
      'found channels_last',
    ],
    [
      'a batch joined',
      read(['com.microsoft.QLinearConcat', [...Y, ...X, ...X], 'a', { axis: 0 }], exit('a', Y)),
      'an axis other than the batch',
    ],
  ])('%s', async (_, wrong, message) => {
    await expect(wrong).rejects.toThrow(message)
  })
})
