import { type FileSpec, floats, type NodeSpec, narrow } from '@depthwise/testing/files/onnx-file'
import { image } from './onnx-image.ts'

// Networks of one quantised operator, or a few, in every form that quantisers write.

const spread = (count: number, min: number, max: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => min + ((i * 37 + 11) % (max - min + 1)))

/**
 * Weights keep to 7 bits: on processors without dot product instructions the runtime adds pairs of products of unsigned and
 * signed bytes in 16 bits, which saturate beyond that.
 */
const signed = (count: number): readonly number[] => spread(count, -64, 63)

export type Byte = 'UINT8' | 'INT8'

/** Zero points of the input and of results. */
export type Kind = readonly [label: string, type: Byte, x: number, y: number]

export const inputScale = 2 / 255
const weightScales = [0.01, 0.008, 0.006, 0.01]
const f = Math.fround

function constantsFor(type: Byte, x: number, y: number) {
  return {
    xs: floats([inputScale], []),
    xz: narrow(type, [x], []),
    ys: floats([0.02], []),
    yz: narrow(type, [y], []),
    // Of means and of what is made of them; of probabilities.
    ps: floats([0.008], []),
    ss: floats([1 / 256], []),
    sz: narrow(type, [type === 'UINT8' ? 0 : -128], []),
    w: narrow('INT8', signed(4 * 3), [4, 3, 1, 1]),
    ws: floats(weightScales),
    wz: narrow('INT8', [0, 0, 0, 0]),
    one: floats([0.008], []),
    oz: narrow('INT8', [3], []),
    u: narrow('UINT8', spread(4 * 3, 66, 190), [4, 3, 1, 1]),
    uz: narrow('UINT8', [130], []),
    d: narrow('INT8', signed(6 * 9), [6, 1, 3, 3]),
    ds: floats([0.004, 0.005, 0.003, 0.004, 0.005, 0.006]),
    dz: narrow('INT8', [0, 0, 0, 0, 0, 0]),
    b: narrow('INT32', [1000, -2000, 3000, 500]),
    bs: floats(weightScales.map(scale => f(f(inputScale) * f(scale)))),
    bz: narrow('INT32', [0, 0, 0, 0]),
    ones: floats([f(f(inputScale) * f(0.008))], []),
    m: narrow('INT8', signed(3 * 5), [3, 5]),
    mt: narrow('INT8', signed(3 * 5), [5, 3]),
    ms: floats([0.01, 0.02, 0.01, 0.005, 0.01]),
    mz: narrow('INT8', [0, 0, 0, 0, 0]),
    mb: narrow('INT32', [500, 0, -500, 100, 7]),
    mbs: floats([0.01, 0.02, 0.01, 0.005, 0.01].map(scale => f(f(0.008) * f(scale)))),
    lo: floats([-0.5], []),
    hi: floats([0.7], []),
    zero: floats([0], []),
    six: floats([6], []),
    pads: { dims: [8], dataType: 7, int64Data: [0, 0, 1, 2, 0, 0, 2, 1] },
    rows: { dims: [2], dataType: 7, int64Data: [0, -1] },
  }
}

const X = ['xs', 'xz'] as const
const Y = ['ys', 'yz'] as const
const P = ['ps', 'yz'] as const
const S = ['ss', 'sz'] as const
type Pair = readonly [string, string]

const into = (name: string, by: Pair, output: string): NodeSpec => ['QuantizeLinear', [name, ...by], output]
const outOf = (name: string, by: Pair, output: string): NodeSpec => ['DequantizeLinear', [name, ...by], output]
const enter = outOf('x', X, 'xf')
const weights: NodeSpec = ['DequantizeLinear', ['w', 'ws', 'wz'], 'wf', { axis: 0 }]
const bias: NodeSpec = ['DequantizeLinear', ['b', 'bs', 'bz'], 'bf', { axis: 0 }]
const leave = (name: string, by: Pair = Y): NodeSpec => into(name, by, 'y')
const conv: NodeSpec = ['Conv', ['xf', 'wf', 'bf'], 'c']
/** A mean for each channel, quantised. */
const pooled: readonly NodeSpec[] = [
  enter,
  ['GlobalAveragePool', ['xf'], 'p'],
  into('p', P, 'pq'),
  outOf('pq', P, 'pf'),
]

export const patterns: readonly (readonly [title: string, nodes: readonly NodeSpec[], expected: readonly string[]])[] =
  [
    ['a convolution, scales by channel, a bias', [enter, weights, bias, conv, leave('c')], ['conv2d']],
    ['a convolution without a bias', [enter, weights, ['Conv', ['xf', 'wf'], 'c'], leave('c')], ['conv2d']],
    [
      'a convolution of asymmetric bytes',
      [enter, outOf('u', ['one', 'uz'], 'uf'), ['Conv', ['xf', 'uf'], 'c'], leave('c')],
      ['conv2d'],
    ],
    [
      'a convolution, one scale, a zero point, strides and padding',
      [
        enter,
        ['DequantizeLinear', ['w', 'one', 'oz'], 'wf'],
        ['DequantizeLinear', ['b', 'ones'], 'bf'],
        ['Conv', ['xf', 'wf', 'bf'], 'c', { strides: [2, 1], pads: [1, 0, 0, 1] }],
        leave('c'),
      ],
      ['conv2d'],
    ],
    [
      'a depthwise convolution, two filters a channel',
      [
        enter,
        ['DequantizeLinear', ['d', 'ds', 'dz'], 'df', { axis: 0 }],
        ['Conv', ['xf', 'df'], 'c', { group: 3, pads: [1, 1, 1, 1] }],
        leave('c'),
      ],
      ['depthwiseConv2d'],
    ],
    ['Conv, Relu', [enter, weights, bias, conv, ['Relu', ['c'], 'r'], leave('r')], ['conv2d']],
    ['Conv, Clip', [enter, weights, bias, conv, ['Clip', ['c', 'lo', 'hi'], 'r'], leave('r')], ['conv2d']],
    [
      'Conv, Relu, Clip',
      [enter, weights, bias, conv, ['Relu', ['c'], 'r'], ['Clip', ['r', 'lo', 'hi'], 't'], leave('t')],
      ['conv2d'],
    ],
    [
      'Gemm of flattened means',
      [
        ...pooled,
        ['Flatten', ['pf'], 'r'],
        ['DequantizeLinear', ['m', 'ms', 'mz'], 'mf', { axis: 1 }],
        ['DequantizeLinear', ['mb', 'mbs'], 'bf', { axis: 0 }],
        ['Gemm', ['r', 'mf', 'bf'], 'g'],
        leave('g', P),
      ],
      ['globalAveragePool', 'reshape', 'dense'],
    ],
    [
      'Gemm, weights transposed',
      [
        ...pooled,
        ['Reshape', ['pf', 'rows'], 'r'],
        ['DequantizeLinear', ['mt', 'ms', 'mz'], 'mf', { axis: 0 }],
        ['Gemm', ['r', 'mf'], 'g', { transB: 1 }],
        leave('g', P),
      ],
      ['globalAveragePool', 'reshape', 'dense'],
    ],
    [
      'MatMul, and the bias that is added',
      [
        ...pooled,
        ['Flatten', ['pf'], 'r'],
        ['DequantizeLinear', ['mt', 'ms', 'mz'], 'mf', { axis: 0 }],
        ['Transpose', ['mf'], 'mft'],
        ['DequantizeLinear', ['mb', 'mbs'], 'bf', { axis: 0 }],
        ['MatMul', ['r', 'mft'], 'g'],
        ['Add', ['g', 'bf'], 'a'],
        leave('a', P),
      ],
      ['globalAveragePool', 'reshape', 'dense'],
    ],
    [
      'Gemm of an image, its features in another order',
      [
        enter,
        weights,
        bias,
        ['Conv', ['xf', 'wf', 'bf'], 'c', { strides: [8, 3] }],
        into('c', Y, 'cq'),
        outOf('cq', Y, 'cf'),
        ['Flatten', ['cf'], 'r'],
        ['DequantizeLinear', ['k', 'one', 'oz'], 'kf'],
        ['Gemm', ['r', 'kf'], 'g'],
        leave('g'),
      ],
      ['conv2d', 'reshape', 'dense'],
    ],
    [
      'Add',
      [enter, weights, bias, conv, into('c', Y, 'cq'), outOf('cq', Y, 'cf'), ['Add', ['cf', 'cf'], 'a'], leave('a')],
      ['conv2d', 'add'],
    ],
    [
      'Add of two scales, Relu',
      [
        enter,
        weights,
        bias,
        conv,
        into('c', Y, 'cq'),
        outOf('cq', Y, 'cf'),
        ['GlobalAveragePool', ['cf'], 'g'],
        into('g', P, 'gq'),
        outOf('gq', P, 'gf'),
        ['Add', ['cf', 'gf'], 'a'],
        ['Relu', ['a'], 'r'],
        leave('r'),
      ],
      ['conv2d', 'globalAveragePool', 'add', 'relu'],
    ],
    ['Mul', [enter, ['Mul', ['xf', 'xf'], 'a'], leave('a')], ['mul']],
    ['Relu', [enter, ['Relu', ['xf'], 'r'], leave('r')], ['relu']],
    ['Clip', [enter, ['Clip', ['xf', 'lo', 'hi'], 'r'], leave('r')], ['clamp']],
    ['AveragePool', [enter, ['AveragePool', ['xf'], 'a', { kernel_shape: [3, 2] }], leave('a', X)], ['averagePool']],
    ['GlobalAveragePool', [...pooled, ['Identity', ['pq'], 'y']], ['globalAveragePool']],
    ['MaxPool', [enter, ['MaxPool', ['xf'], 'a', { kernel_shape: [3, 2] }], leave('a', X)], ['maxPool']],
    [
      'MaxPool, another scale',
      [enter, ['MaxPool', ['xf'], 'a', { kernel_shape: [3, 2] }], leave('a')],
      ['maxPool', 'quantize'],
    ],
    ['GlobalMaxPool', [enter, ['GlobalMaxPool', ['xf'], 'a'], leave('a', X)], ['maxPool']],
    ['Pad', [enter, ['Pad', ['xf', 'pads'], 'a'], leave('a', X)], ['pad']],
    ['Transpose', [enter, ['Transpose', ['xf'], 'a', { perm: [0, 2, 3, 1] }], leave('a', X)], ['reshape']],
    [
      'Reshape',
      [enter, ['GlobalMaxPool', ['xf'], 'p'], ['Reshape', ['p', 'rows'], 'a'], leave('a', X)],
      ['maxPool', 'reshape'],
    ],
    [
      'Dropout',
      [enter, ['Dropout', ['xf'], 'a'], ['MaxPool', ['a'], 't', { kernel_shape: [2, 2] }], leave('t', X)],
      ['maxPool'],
    ],
    [
      'Concat of two scales',
      [
        enter,
        weights,
        bias,
        conv,
        into('c', Y, 'cq'),
        outOf('cq', Y, 'cf'),
        ['Concat', ['xf', 'cf'], 'a', { axis: 1 }],
        leave('a'),
      ],
      ['conv2d', 'concat'],
    ],
    ['Sigmoid', [enter, ['Sigmoid', ['xf'], 'a'], leave('a', S)], ['sigmoid']],
    ['HardSwish', [enter, ['HardSwish', ['xf'], 'a'], leave('a')], ['hardSwish']],
    [
      'means that are flattened before they are quantised',
      [enter, ['GlobalAveragePool', ['xf'], 'p'], ['Flatten', ['p'], 'r'], leave('r', P)],
      ['globalAveragePool', 'reshape'],
    ],
    [
      'Softmax',
      [...pooled, ['Flatten', ['pf'], 'r'], ['Softmax', ['r'], 'a'], leave('a', S)],
      ['globalAveragePool', 'reshape', 'softmax'],
    ],
    ['another scale', [enter, leave('xf')], ['quantize']],

    ['QLinearConv', [['QLinearConv', ['x', ...X, 'w', 'ws', 'wz', ...Y, 'b'], 'y']], ['conv2d']],
    ['QLinearConv, asymmetric bytes', [['QLinearConv', ['x', ...X, 'u', 'one', 'uz', ...Y], 'y']], ['conv2d']],
    [
      'QLinearConv in groups',
      [['QLinearConv', ['x', ...X, 'd', 'ds', 'dz', ...Y], 'y', { group: 3, pads: [1, 1, 1, 1] }]],
      ['depthwiseConv2d'],
    ],
    [
      'QLinearMatMul',
      [
        ['com.microsoft.QLinearGlobalAveragePool', ['x', ...X, ...P], 'p', { channels_last: 0 }],
        ['Flatten', ['p'], 'r'],
        ['QLinearMatMul', ['r', ...P, 'm', 'one', 'oz', ...P], 'y'],
      ],
      ['globalAveragePool', 'reshape', 'dense'],
    ],
    [
      'QGemm',
      [
        ['com.microsoft.QLinearGlobalAveragePool', ['x', ...X, ...P], 'p', { channels_last: 0 }],
        ['Flatten', ['p'], 'r'],
        ['com.microsoft.QGemm', ['r', ...P, 'mt', 'ms', 'mz', 'mb', ...P], 'y', { transB: 1 }],
      ],
      ['globalAveragePool', 'reshape', 'dense'],
    ],
    ['QLinearAdd', [['com.microsoft.QLinearAdd', ['x', ...X, 'x', ...X, ...Y], 'y']], ['add']],
    ['QLinearMul', [['com.microsoft.QLinearMul', ['x', ...X, 'x', ...X, ...Y], 'y']], ['mul']],
    [
      'QLinearAveragePool',
      [['com.microsoft.QLinearAveragePool', ['x', ...X, ...X], 'y', { kernel_shape: [3, 2] }]],
      ['averagePool'],
    ],
    ['QLinearSigmoid', [['com.microsoft.QLinearSigmoid', ['x', ...X, ...S], 'y']], ['sigmoid']],
    [
      'QLinearConcat',
      [
        ['QLinearConv', ['x', ...X, 'w', 'ws', 'wz', ...Y, 'b'], 'c'],
        ['com.microsoft.QLinearConcat', [...Y, 'c', ...Y, 'x', ...X], 'y', { axis: 1 }],
      ],
      ['conv2d', 'concat'],
    ],
    [
      'QLinearSoftmax',
      [
        ['com.microsoft.QLinearGlobalAveragePool', ['x', ...X, ...P], 'p', { channels_last: 0 }],
        ['Flatten', ['p'], 'r'],
        ['com.microsoft.QLinearSoftmax', ['r', ...P, ...S], 'y', { axis: -1, opset: 17 }],
      ],
      ['globalAveragePool', 'reshape', 'softmax'],
    ],
    [
      'MaxPool of integers',
      [['MaxPool', ['x'], 'y', { kernel_shape: [2, 2] }], outOf('y', X, 'z'), into('z', X, 'q')],
      ['maxPool'],
    ],
  ]

export const quantizedFile = ([, type, x, y]: Kind, nodes: readonly NodeSpec[]): FileSpec => ({
  inputs: { [`x:${type}`]: image.x },
  outputs: [`y:${type}`],
  constants: { ...constantsFor(type, x, y), k: narrow('INT8', signed(8 * 5), [8, 5]) },
  nodes,
})

/** onnxruntime multiplies signed bytes by signed bytes alone. */
export const runs = (type: Byte, title: string): boolean =>
  type === 'UINT8' || title !== 'QLinearConv, asymmetric bytes'
