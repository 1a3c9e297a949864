import { floats, ints, type NodeSpec, onnxFile, reals } from '@depthwise/testing/files/onnx-file'
import { describe, expect, test } from 'vitest'
import { readOnnx } from '../src/index.ts'
import { dataTypes } from '../src/onnx/schema.ts'
import { expectAsRuntime, kinds, shapeOf } from './onnx-agreement.ts'
import { onImage } from './onnx-image.ts'

describe('versions of operators', () => {
  const w = reals([4, 3, 1, 1], 1)
  test.each<readonly [number, NodeSpec, readonly string[]]>([
    [7, ['Clip', ['c'], 'y', { min: { real: -0.5 }, max: { real: 0.5 } }], ['clamp']],
    [7, ['Clip', ['c'], 'y', { max: { real: 0.5 } }], ['clamp']],
    [10, ['Clip', ['c'], 'y', { min: { real: 0 }, max: { real: 6 } }], ['relu6']],
    [11, ['Clip', ['c', 'low', 'high'], 'y'], ['clamp']],
    [12, ['Clip', ['c', 'low'], 'y'], ['clamp']],
    [13, ['Clip', ['c', '', 'high'], 'y'], ['clamp']],
    [13, ['Clip', ['c'], 'y'], []],
    [7, ['Dropout', ['c'], 'y', { ratio: { real: 0.3 } }], ['dropout']],
    [12, ['Dropout', ['c', 'ratio'], 'y'], ['dropout']],
    [13, ['Dropout', ['c', 'ratio', 'no'], ['y', 'mask']], ['dropout']],
    [13, ['Identity', ['c'], 'y'], []],
    [8, ['Pad', ['c'], 'y', { pads: [0, 0, 1, 2, 0, 0, 0, 1], value: { real: 0.5 } }], ['pad']],
    [11, ['Pad', ['c', 'pads', 'fill'], 'y'], ['pad']],
    [18, ['Pad', ['c', 'some', 'fill', 'axes'], 'y'], ['pad']],
    [13, ['Softmax', ['c'], 'y', { axis: 1 }], ['softmax']],
    [13, ['Softmax', ['c'], 'y', { axis: -3 }], ['softmax']],
    [7, ['Mul', ['c', 'channels'], 'y'], ['affine']],
    [13, ['Div', ['c', 'scalar'], 'y'], ['affine']],
    [13, ['Sub', ['scalar', 'c'], 'y'], ['affine']],
    [13, ['Sub', ['c', 'channels'], 'y'], ['affine']],
    [14, ['Add', ['c', 'c'], 'y'], ['add']],
    [7, ['Sub', ['c', 'tripled'], 'y'], ['affine', 'affine', 'add']],
    [13, ['Sum', ['c'], 'y'], []],
    [8, ['Sum', ['c', 'c'], 'y'], ['add']],
    [13, ['Sum', ['c', 'c', 'c'], 'y'], ['add', 'add']],
    [13, ['Sum', ['c', 'channels'], 'y'], ['affine']],
    [13, ['Neg', ['c'], 'y'], ['affine']],
    [7, ['Mul', ['c', 'whole'], 'y'], ['affine']],
    [7, ['LeakyRelu', ['c'], 'y'], ['relu', 'clamp', 'affine', 'add']],
    [16, ['LeakyRelu', ['c'], 'y', { alpha: { real: 1.5 } }], ['relu', 'clamp', 'affine', 'add']],
    [7, ['PRelu', ['c', 'channels'], 'y'], ['relu', 'clamp', 'affine', 'add']],
    [9, ['PRelu', ['c', 'whole'], 'y'], ['relu', 'clamp', 'affine', 'add']],
    [16, ['PRelu', ['c', 'scalar'], 'y'], ['relu', 'clamp', 'affine', 'add']],
    [9, ['HardSigmoid', ['c'], 'y'], ['affine', 'clamp']],
    [9, ['HardSigmoid', ['c'], 'y', { alpha: { real: 1 / 6 }, beta: { real: 0.25 } }], ['affine', 'clamp']],
    [14, ['HardSwish', ['c'], 'y'], ['hardSwish']],
    [13, ['Max', ['scalar', 'c'], 'y'], ['clamp']],
    [22, ['GlobalAveragePool', ['c'], 'y'], ['globalAveragePool']],
    [22, ['GlobalMaxPool', ['c'], 'y'], ['maxPool']],
    [26, ['Sigmoid', ['c'], 'y'], ['sigmoid']],
  ])('operator set %i, %j', async (opset, node, expected) => {
    const constants = {
      w,
      low: floats([-0.5], []),
      high: floats([0.5], []),
      ratio: floats([0.25], []),
      no: { dims: [], dataType: dataTypes.BOOL, int32Data: [0] },
      pads: ints([0, 0, 1, 2, 0, 0, 0, 1]),
      fill: floats([0.5], []),
      some: ints([1, 2, 0, 1]),
      axes: ints([2, -1]),
      channels: reals([4, 1, 1], 2),
      whole: reals([1, 4, 1, 1], 3),
      three: floats([3], []),
      scalar: floats([0.3], []),
    }
    const more: readonly NodeSpec[] = node[1].includes('tripled') ? [['Mul', ['c', 'three'], 'tripled']] : []
    const model = await expectAsRuntime(onImage([['Conv', ['x', 'w'], 'c'], ...more, node], { opset, constants }))
    expect(kinds(model).slice(2)).toEqual(expected)
  })

  test.each([
    ['AveragePool', { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1] }],
    ['AveragePool', { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1], count_include_pad: 1 }],
    ['AveragePool', { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }],
    ['AveragePool', { kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' }],
    ['MaxPool', { kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_LOWER' }],
    ['MaxPool', { kernel_shape: [3, 3], strides: [3, 3], auto_pad: 'VALID' }],
    ['MaxPool', { kernel_shape: [3, 3], strides: [2, 3], ceil_mode: 1 }],
    ['MaxPool', { kernel_shape: [2, 2], strides: [3, 3], ceil_mode: 1, pads: [1, 1, 1, 1] }],
    ['MaxPool', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }],
  ])('%s %j', async (op, attributes) => {
    await expectAsRuntime(onImage([[op, ['x'], 'y', attributes]], { inputs: { x: [1, 5, 8, 7] } }))
  })

  test.each([
    ['groups', reals([6, 1, 3, 3], 1), { group: 3 }],
    ['a dilated window', reals([4, 3, 3, 2], 1), { dilations: [2, 3], pads: [2, 0, 1, 3] }],
    ['an even one, padded before', reals([4, 3, 2, 2], 1), { auto_pad: 'SAME_LOWER', strides: [1, 1] }],
  ])('a convolution of %s', async (_, weights, attributes) => {
    await expectAsRuntime(onImage([['Conv', ['x', 'w'], 'y', attributes]], { constants: { w: weights } }))
  })

  test('a convolution of two channels a group', async () => {
    const constants = { w: reals([6, 2, 3, 3], 1) }
    const nodes: NodeSpec[] = [['Conv', ['x', 'w'], 'y', { group: 2 }]]
    const model = await expectAsRuntime({ inputs: { x: [1, 4, 8, 6] }, outputs: ['y'], constants, nodes })
    expect(kinds(model)).toEqual(['input', 'conv2d'])
  })

  test('a softmax over all that follows the batch, as it was before operator set 13', async () => {
    const nodes: NodeSpec[] = [
      ['GlobalAveragePool', ['x'], 'p'],
      ['Softmax', ['p'], 'y'],
    ]
    await expectAsRuntime(onImage(nodes, { opset: 11 }))
    await expect(readOnnx(onnxFile(onImage([['Softmax', ['x'], 'y']], { opset: 11 })))).rejects.toThrow(
      /expected a softmax over one axis, found axes 1,2,3/,
    )
  })

  test('statistics of a list of features', async () => {
    const constants = { s: reals([4], 1), b: reals([4], 2), m: reals([4], 3), v: floats([1, 2, 0.5, 3]) }
    const nodes: NodeSpec[] = [['BatchNormalization', ['x', 's', 'b', 'm', 'v'], 'y']]
    await expectAsRuntime({ inputs: { x: [1, 4] }, outputs: ['y'], constants, nodes })
  })

  test('factors of Gemm, one bias for all units', async () => {
    const constants = { w: reals([4, 5], 1), b: floats([0.7], [1]) }
    const nodes: NodeSpec[] = [['Gemm', ['x', 'w', 'b'], 'y', { alpha: { real: 0.5 }, beta: { real: 2 } }]]
    await expectAsRuntime({ inputs: { x: [1, 4] }, outputs: ['y'], constants, nodes })
  })

  test('numbers written as attributes of Constant', async () => {
    const nodes: NodeSpec[] = [
      ['Constant', [], 'half', { value_float: { real: 0.5 } }],
      ['Constant', [], 'shape', { value_ints: [0, -1] }],
      ['Mul', ['x', 'half'], 'm'],
      ['Reshape', ['m', 'shape'], 'y'],
    ]
    await expectAsRuntime({ inputs: { x: [1, 4, 3] }, outputs: ['y'], nodes })
  })
})

describe('how files store numbers', () => {
  const values = [0.5, -0.25, 2]
  test.each([
    ['float_data', floats(values, [3, 1, 1])],
    ['float16 as int32_data', { dims: [3, 1, 1], dataType: dataTypes.FLOAT16, int32Data: [0x3800, 0xb400, 0x4000] }],
    ['double_data', { dims: [3, 1, 1], dataType: dataTypes.DOUBLE, doubleData: values }],
    [
      'raw_data of bfloat16',
      { dims: [3, 1, 1], dataType: dataTypes.BFLOAT16, rawData: Uint8Array.of(0, 0x3f, 0x80, 0xbe, 0, 0x40) },
    ],
  ])('%s', async (_, tensor) => {
    const model = await readOnnx(onnxFile(onImage([['Mul', ['x', 'k'], 'y']], { constants: { k: tensor } })))
    expect(model.graph.nodes[1]?.op).toEqual({ kind: 'affine', scale: values, offset: [0, 0, 0] })
  })

  test('constants that the inputs list too, an open batch, other open extents by option', async () => {
    const constants = { w: reals([4, 3, 1, 1], 1) }
    const nodes: NodeSpec[] = [['Conv', ['x', 'w'], 'y']]
    const spec = {
      inputs: { x: ['N', 3, 8, 6] },
      outputs: ['y'],
      constants,
      nodes,
      listConstants: true,
      irVersion: 3,
      opset: 8,
    }
    const model = await expectAsRuntime(spec)
    expect(model.graph.inputs).toHaveLength(1)
    const open = onnxFile({ ...spec, inputs: { x: ['N', 3, 'H', 'W'] } })
    await expect(readOnnx(open)).rejects.toThrow(
      'input "x": expected extents for axes 2 ("H"), 3 ("W"), by option inputShapes: { "x": [1, 3, N2, N3] }, found open ones',
    )
    expect(shapeOf(await readOnnx(open, { inputShapes: { x: [2, 3, 5, 4] } }), 'y')).toEqual([2, 5, 4, 4])
  })

  test('names: the graph, a value that is an output twice over', async () => {
    const nodes: NodeSpec[] = [
      ['Relu', ['x'], 'r'],
      ['Identity', ['r'], 'y'],
      ['Identity', ['r'], 'z'],
    ]
    const model = await readOnnx(onnxFile(onImage(nodes, { outputs: ['y', 'z', 'r'] })))
    expect(model.metadata).toEqual({ format: 'onnx', name: 'test' })
    const names = new Map(model.graph.nodes.map(node => [node.id, node.name]))
    expect(model.graph.outputs.map(id => names.get(id))).toEqual(['y', 'z', 'r'])
  })
})
