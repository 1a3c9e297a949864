import { GraphBuilder, type Model } from '@depthwise/core'
import { floats, ints, narrow, onnxFile, reals } from '@depthwise/testing/files/onnx-file'
import { randomParams } from '@depthwise/testing/random-params'
import { writeOnnx } from '../src/index.ts'
import { dataTypes } from '../src/onnx/schema.ts'

/** A MobileNet in little, with what else the builders know. */
export function littleNetwork(): Model {
  const b = new GraphBuilder()
  const x = b.input([1, 6, 5, 3], { name: 'image', dtype: 'uint8' })
  const pixels = b.affine(x, { scale: [1 / 128, 1 / 128, 1 / 128], offset: [-1, -1, -1] })
  const stem = b.relu6(b.batchNorm(b.conv2d(pixels, { filters: 4, kernel: 3, strides: 2, bias: false })))
  const gate = b.sigmoid(b.globalAveragePool(stem, { keepDims: true }))
  const block = b.add(stem, b.mul(b.depthwiseConv2d(stem, { kernel: 3 }), gate))
  const joined = b.concat(
    [b.maxPool(block, { kernel: 2 }), b.averagePool(b.pad(block, 1), { kernel: 3, padding: 'valid' })],
    3,
  )
  const features = b.dropout(b.flatten(joined), 0.2)
  const graph = b.build([b.softmax(b.dense(features, { units: 3 }), { name: 'probabilities' })])
  return { graph, params: randomParams(graph), metadata: { name: 'little', labels: ['a', 'b', 'c'] } }
}

const quantised = onnxFile({
  inputs: { 'x:UINT8': ['N', 3, 4, 5] },
  outputs: ['y'],
  constants: {
    s: floats([0.5], []),
    z: narrow('UINT8', [3], []),
    w: narrow('INT8', [1, -2, 3, 4, 5, -6], [2, 3, 1, 1]),
    ws: floats([0.1, 0.2]),
    wz: narrow('INT8', [0, 0]),
  },
  nodes: [
    ['DequantizeLinear', ['x', 's', 'z'], 'xf'],
    ['DequantizeLinear', ['w', 'ws', 'wz'], 'wf', { axis: 0 }],
    ['Conv', ['xf', 'wf'], 'c', { auto_pad: 'SAME_UPPER' }],
    ['QuantizeLinear', ['c', 's', 'z'], 'q'],
    ['DequantizeLinear', ['q', 's', 'z'], 'd'],
    ['Clip', ['d', '', 's'], 'l'],
    ['MaxPool', ['l'], 'y', { kernel_shape: [2, 2], ceil_mode: 1, strides: [2, 2] }],
  ],
})

const torch = onnxFile({
  opset: 13,
  inputs: { x: [1, 3, 4, 5] },
  outputs: ['y'],
  constants: { f: reals([5, 3]), fb: reals([5]), g: reals([3]), two: ints([2]), pads: ints([0, 0, 1, 0, 0, 0, 0, 1]) },
  nodes: [
    ['Pad', ['x', 'pads'], 'b'],
    ['BatchNormalization', ['b', 'g', 'g', 'g', 'g'], 'n', { epsilon: { real: 1 } }],
    ['ReduceMean', ['n'], 'p', { axes: [2, 3] }],
    ['Shape', ['p'], 's'],
    ['Constant', [], 'zero', { value: ints([0]) }],
    ['Gather', ['s', 'zero'], 'batch'],
    ['Constant', [], 'rest', { value: ints([-1]) }],
    ['Concat', ['batch', 'rest'], 'flat_shape', { axis: 0 }],
    ['Cast', ['flat_shape'], 'to', { to: dataTypes.INT64 }],
    ['Slice', ['to', 'zero', 'two'], 'both'],
    ['Reshape', ['p', 'both'], 'flat'],
    ['Gemm', ['flat', 'f', 'fb'], 'y', { transB: 1, alpha: { real: 0.5 } }],
  ],
})

const keras = onnxFile({
  opset: 9,
  inputs: { x: [1, 4, 5, 3] },
  outputs: ['y'],
  constants: { w: reals([2, 3, 1, 1]), f: reals([40, 3]), fb: reals([3]), k: reals([2]), shape: ints([1, 40]) },
  nodes: [
    ['Transpose', ['x'], 't', { perm: [0, 3, 1, 2] }],
    ['Conv', ['t', 'w'], 'c'],
    ['Transpose', ['c'], 'b', { perm: [0, 2, 3, 1] }],
    ['Mul', ['b', 'k'], 'm'],
    ['Reshape', ['m', 'shape'], 'r'],
    ['MatMul', ['r', 'f'], 'p'],
    ['Add', ['p', 'fb'], 'a'],
    ['Softmax', ['a'], 'y'],
  ],
})

const piecewise = onnxFile({
  inputs: { x: [1, 3, 4, 5] },
  outputs: ['y'],
  constants: {
    w: reals([2, 3, 1, 1]),
    slopes: reals([2, 1, 1], 2),
    half: floats([0.5], []),
    two: reals([1, 2, 1, 1], 3),
  },
  nodes: [
    ['Neg', ['x'], 'n'],
    ['Conv', ['n', 'w'], 'c'],
    ['PRelu', ['c', 'slopes'], 'p'],
    ['LeakyRelu', ['p'], 'l', { alpha: { real: 0.1 } }],
    ['HardSwish', ['l'], 'h'],
    ['HardSigmoid', ['h'], 's'],
    ['Sub', ['s', 'c'], 'd'],
    ['Div', ['d', 'half'], 'e'],
    ['Sub', ['two', 'e'], 'f'],
    ['Sum', ['f', 'c', 'p'], 'y'],
  ],
})

const dynamic = onnxFile({
  inputs: { x: [1, 3, 4, 5] },
  outputs: ['y'],
  constants: {
    w: narrow('UINT8', [1, 200, 3, 44, 5, 6], [2, 3, 1, 1]),
    ws: floats([0.1, 0.2], [2, 1, 1]),
    wz: narrow('UINT8', [7], []),
    b: floats([1, 2], [1, 2, 1, 1]),
    f: narrow('INT8', [1, -2, 3, 4, 5, -6], [2, 3]),
    fs: floats([0.1], []),
  },
  nodes: [
    ['DynamicQuantizeLinear', ['x'], ['q', 'xs', 'xz']],
    ['Mul', ['xs', 'ws'], 's'],
    ['ConvInteger', ['q', 'w', 'xz', 'wz'], 'i'],
    ['Cast', ['i'], 'r', { to: dataTypes.FLOAT }],
    ['Mul', ['r', 's'], 'm'],
    ['Add', ['m', 'b'], 'c'],
    ['ReduceMean', ['c'], 'p', { axes: [2, 3], keepdims: 0 }],
    ['DynamicQuantizeLinear', ['p'], ['pq', 'ps', 'pz']],
    ['MatMulInteger', ['pq', 'f', 'pz'], 'pi'],
    ['Cast', ['pi'], 'pr', { to: dataTypes.FLOAT }],
    ['Mul', ['ps', 'fs'], 'u'],
    ['Mul', ['u', 'pr'], 'y'],
  ],
})

const operators = onnxFile({
  inputs: { 'x:UINT8': [1, 3, 4, 5] },
  outputs: ['y'],
  constants: {
    s: floats([0.02], []),
    z: narrow('UINT8', [3], []),
    w: narrow('INT8', [1, -2, 3, 4, 5, -6], [2, 3, 1, 1]),
    ws: floats([0.1, 0.2]),
    wz: narrow('INT8', [0, 1]),
    b: narrow('INT32', [10, 20]),
    f: narrow('UINT8', [1, 2, 3, 4, 5, 6], [2, 3]),
    w4: narrow('UINT8', [1, 2, 3, 4, 5, 6, 7, 8], [2, 4, 1, 1]),
    fb: narrow('INT32', [10, 20, 30]),
  },
  nodes: [
    ['QLinearConv', ['x', 's', 'z', 'w', 'ws', 'wz', 's', 'z', 'b'], 'c'],
    ['com.microsoft.QLinearAdd', ['c', 's', 'z', 'c', 's', 'z', 's', 'z'], 'a'],
    ['com.microsoft.QLinearConcat', ['s', 'z', 'a', 's', 'z', 'c', 's', 'z'], 'j', { axis: 1 }],
    ['QLinearConv', ['j', 's', 'z', 'w4', 's', 'z', 's', 'z'], 'k', { kernel_shape: [1, 1] }],
    ['com.microsoft.QLinearGlobalAveragePool', ['k', 's', 'z', 's', 'z'], 'p', { channels_last: 0 }],
    ['Flatten', ['p'], 'r'],
    ['com.microsoft.QGemm', ['r', 's', 'z', 'f', 's', 'z', 'fb'], 'y'],
  ],
})

/** Functions of one value, and sums, apart from the others so that the numbers of those's mutants stay theirs. */
export const piecewiseSeeds: readonly Uint8Array[] = [piecewise]

/** Seeds whose answers differ from a runtime's by how activations are rounded. */
export const roundedSeeds: readonly Uint8Array[] = [dynamic, operators]

const net = littleNetwork()

/** Small sound files of every origin, which between them use most operators. */
export const onnxSeeds: readonly Uint8Array[] = [
  writeOnnx(net),
  writeOnnx(net, { expose: 'all', inputLayout: 'nchw', batch: 'N' }),
  quantised,
  torch,
  keras,
]
