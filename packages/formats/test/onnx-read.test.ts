import { describe, expect, test } from 'vitest'
import { readOnnx } from '../src/onnx/index.ts'
import { dataTypes } from '../src/onnx/schema.ts'
import { expectAsRuntime, kinds, shapeOf } from './onnx-agreement.ts'
import { type FileSpec, floats, ints, type NodeSpec, narrow, onnxFile, reals } from './onnx-file.ts'

// Files as torch, Keras' converter and quantisers write them, against onnxruntime on the same bytes.

const image = { x: [1, 3, 8, 6] } as const

/** One operator, or a few, on an image. */
function onImage(nodes: readonly NodeSpec[], more: Partial<FileSpec> = {}): FileSpec {
  return { inputs: image, outputs: ['y'], nodes, ...more }
}

describe('as torch exports', () => {
  const norm = { g: reals([4], 2), b: reals([4], 3), m: reals([4], 4), v: floats([0.5, 1, 2, 3]) }
  const stem: readonly NodeSpec[] = [
    [
      'Conv',
      ['x', 'w'],
      'c',
      { strides: [2, 2], pads: [1, 1, 1, 1], kernel_shape: [3, 3], dilations: [1, 1], group: 1 },
    ],
    ['BatchNormalization', ['c', 'g', 'b', 'm', 'v'], 'n', { epsilon: { real: 1e-5 }, momentum: { real: 0.9 } }],
  ]
  const weights = { w: reals([4, 3, 3, 3], 1, 0.3), ...norm, f: reals([5, 4], 5), fb: reals([5], 6) }

  test('a stem, a pool, a flatten by shape arithmetic, a classifier; no transposition is left', async () => {
    const model = await expectAsRuntime(
      onImage(
        [
          ...stem,
          ['Clip', ['n', 'zero', 'six'], 'r'],
          ['GlobalAveragePool', ['r'], 'p'],
          ['Shape', ['p'], 's'],
          ['Constant', [], 'first', { value: ints([0], []) }],
          ['Gather', ['s', 'first'], 'batch', { axis: 0 }],
          ['Constant', [], 'rest', { value: ints([-1]) }],
          ['Constant', [], 'axes', { value: ints([0]) }],
          ['Unsqueeze', ['batch', 'axes'], 'batches'],
          ['Concat', ['batches', 'rest'], 'flat_shape', { axis: 0 }],
          ['Reshape', ['p', 'flat_shape'], 'flat'],
          ['Gemm', ['flat', 'f', 'fb'], 'y', { alpha: { real: 1 }, beta: { real: 1 }, transB: 1 }],
        ],
        { constants: { ...weights, zero: floats([0], []), six: floats([6], []) }, opset: 13 },
      ),
    )
    expect(kinds(model)).toEqual(['input', 'conv2d', 'batchNorm', 'relu6', 'globalAveragePool', 'reshape', 'dense'])
    expect(shapeOf(model, 'x')).toEqual([1, 8, 6, 3])
    expect(model.params.get('c/weights')?.shape).toEqual([3, 3, 3, 4])
  })

  test.each([
    [17, [['ReduceMean', ['n'], 'p', { axes: [2, 3], keepdims: 0 }]]],
    [17, [['ReduceMean', ['n'], 'p', { axes: [-1, -2], keepdims: 0 }]]],
    [18, [['ReduceMean', ['n', 'hw'], 'p', { keepdims: 0 }]]],
    [
      17,
      [
        ['GlobalAveragePool', ['n'], 'g4'],
        ['Flatten', ['g4'], 'p', { axis: 1 }],
      ],
    ],
    [
      11,
      [
        ['GlobalAveragePool', ['n'], 'g4'],
        ['Squeeze', ['g4'], 'p', { axes: [2, 3] }],
      ],
    ],
    [
      17,
      [
        ['GlobalAveragePool', ['n'], 'g4'],
        ['Squeeze', ['g4', 'hw'], 'p'],
      ],
    ],
    [
      17,
      [
        ['AveragePool', ['n'], 'a', { kernel_shape: [4, 3] }],
        ['Reshape', ['a', 'two'], 'p'],
      ],
    ],
  ] as const)('operator set %i: means of the image, %j', async (opset, pool) => {
    const constants = { ...weights, hw: ints([2, 3]), two: ints([0, -1]) }
    const head: NodeSpec = ['Gemm', ['p', 'f', 'fb'], 'y', { transB: 1 }]
    await expectAsRuntime(onImage([...stem, ...(pool as readonly NodeSpec[]), head], { constants, opset }))
  })

  test('an image flattened whole: it is the weights that move', async () => {
    const constants = { w: reals([120, 5], 1, 0.2), wt: reals([5, 144], 2, 0.2), b: reals([5], 3) }
    const flat: NodeSpec = ['Flatten', ['x'], 'f']
    const transposed = onImage([flat, ['Relu', ['f'], 'r'], ['Gemm', ['r', 'wt', 'b'], 'y', { transB: 1 }]], {
      constants,
    })
    // Nothing tells how such an input is to be taken: its elements stand as the file has them.
    expect(shapeOf(await expectAsRuntime(transposed), 'x')).toEqual([1, 3, 8, 6])
    const pooled = onImage(
      [
        ['MaxPool', ['x'], 'p', { kernel_shape: [2, 2], pads: [1, 0, 1, 0] }],
        ['Flatten', ['p'], 'f'],
        ['Relu', ['f'], 'r'],
        ['MatMul', ['r', 'w'], 'y'],
      ],
      { constants: { w: reals([3 * 9 * 5, 5], 1, 0.2) } },
    )
    const model = await expectAsRuntime(pooled)
    expect(kinds(model)).toEqual(['input', 'maxPool', 'reshape', 'relu', 'dense'])
  })

  test('padding worked out on the way: ConstantOfShape, Slice backwards, Transpose, Cast', async () => {
    const model = await expectAsRuntime(
      onImage(
        [
          ['ConstantOfShape', ['four'], 'zeros', { value: ints([0]) }],
          ['Concat', ['given', 'zeros'], 'all', { axis: 0 }],
          ['Reshape', ['all', 'pairs'], 'rows'],
          ['Slice', ['rows', 'start', 'end', 'axis', 'back'], 'turned'],
          ['Transpose', ['turned'], 'columns', { perm: [1, 0] }],
          ['Reshape', ['columns', 'flat'], 'list'],
          ['Cast', ['list'], 'pads', { to: dataTypes.INT64 }],
          ['Pad', ['x', 'pads', 'fill'], 'padded', { mode: 'constant' }],
          ['Conv', ['padded', 'w'], 'y'],
        ],
        {
          opset: 11,
          constants: {
            four: ints([4]),
            given: ints([0, 1, 2, 3]),
            pairs: ints([-1, 2]),
            start: ints([-1]),
            end: ints([-(2 ** 31)]),
            axis: ints([0]),
            back: ints([-1]),
            flat: ints([-1]),
            fill: floats([0], []),
            w: reals([4, 3, 3, 3], 1, 0.3),
          },
        },
      ),
    )
    const pad = model.graph.nodes.find(node => node.op.kind === 'pad')
    expect(pad?.shape).toEqual([1, 13, 7, 3])
  })

  test('a squeeze-and-excite gate', async () => {
    const constants = { w1: reals([2, 3, 1, 1], 1), b1: reals([2], 2), w2: reals([3, 2, 1, 1], 3), b2: reals([3], 4) }
    const gate: readonly NodeSpec[] = [
      ['GlobalAveragePool', ['x'], 'p'],
      ['Conv', ['p', 'w1', 'b1'], 'c1'],
      ['Relu', ['c1'], 'r'],
      ['Conv', ['r', 'w2', 'b2'], 'c2'],
      ['Sigmoid', ['c2'], 's'],
      ['Mul', ['s', 'x'], 'y'],
    ]
    const model = await expectAsRuntime(onImage(gate, { constants }))
    expect(kinds(model)).not.toContain('reshape')
  })
})

describe('as the converter of Keras writes', () => {
  const constants = {
    w: reals([4, 3, 3, 3], 1, 0.3),
    dw: reals([4, 1, 3, 3], 2, 0.3),
    six: floats([6], []),
    f: reals([4, 5], 3),
    fb: reals([5], 4),
  }
  const entry: NodeSpec = ['Transpose', ['x'], 't', { perm: [0, 3, 1, 2] }]
  const body: readonly NodeSpec[] = [
    ['Conv', ['t', 'w'], 'c', { strides: [2, 2], auto_pad: 'SAME_UPPER' }],
    ['Relu', ['c'], 'r'],
    ['Min', ['r', 'six'], 'r6'],
    ['Conv', ['r6', 'dw'], 'd', { group: 4, pads: [1, 1, 1, 1] }],
    ['Add', ['d', 'r6'], 's'],
  ]
  const inputs = { x: [1, 8, 6, 3] }

  test('an NHWC input, transposed at once; a classifier of MatMul and Add', async () => {
    const model = await expectAsRuntime({
      inputs,
      outputs: ['y'],
      constants,
      nodes: [
        entry,
        ...body,
        ['ReduceMean', ['s'], 'p', { axes: [2, 3], keepdims: 0 }],
        ['MatMul', ['p', 'f'], 'm'],
        ['Add', ['m', 'fb'], 'a'],
        ['Softmax', ['a'], 'y', { axis: 1 }],
      ],
    })
    expect(kinds(model)).toEqual([
      ...['input', 'conv2d', 'relu', 'clamp', 'depthwiseConv2d', 'add', 'globalAveragePool', 'dense', 'softmax'],
    ])
    expect(shapeOf(model, 'x')).toEqual([1, 8, 6, 3])
    expect(model.params.get('m/bias')?.shape).toEqual([5])
  })

  test('back to NHWC in the middle and at the end', async () => {
    const model = await expectAsRuntime({
      inputs,
      outputs: ['y', 'z'],
      constants: { ...constants, pads: ints([0, 0, 1, 0, 0, 1, 0, 0]), scale: reals([4], 9) },
      nodes: [
        entry,
        ...body,
        ['Transpose', ['s'], 'b', { perm: [0, 2, 3, 1] }],
        ['Pad', ['b', 'pads'], 'q'],
        ['Mul', ['q', 'scale'], 'k'],
        ['Concat', ['k', 'q'], 'z', { axis: 3 }],
        ['Transpose', ['k'], 'y', { perm: [0, 3, 1, 2] }],
      ],
    })
    expect(kinds(model)).not.toContain('reshape')
    expect(shapeOf(model, 'z')).toEqual([1, 5, 4, 8])
  })

  test('a product whose bias two nodes read keeps it apart', async () => {
    const model = await expectAsRuntime({
      inputs: { x: [1, 4] },
      outputs: ['y', 'm'],
      constants,
      nodes: [
        ['MatMul', ['x', 'f'], 'm'],
        ['Add', ['fb', 'm'], 'y'],
      ],
    })
    expect(kinds(model)).toEqual(['input', 'dense', 'normalize'])
  })
})

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
    [7, ['Mul', ['c', 'channels'], 'y'], ['normalize']],
    [13, ['Div', ['c', 'scalar'], 'y'], ['normalize']],
    [13, ['Sub', ['scalar', 'c'], 'y'], ['normalize']],
    [13, ['Sub', ['c', 'channels'], 'y'], ['normalize']],
    [14, ['Add', ['c', 'c'], 'y'], ['add']],
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
      scalar: floats([0.3], []),
    }
    const model = await expectAsRuntime(onImage([['Conv', ['x', 'w'], 'c'], node], { opset, constants }))
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
    expect(() => readOnnx(onnxFile(onImage([['Softmax', ['x'], 'y']], { opset: 11 })))).toThrow(
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
  ])('%s', (_, tensor) => {
    const model = readOnnx(onnxFile(onImage([['Mul', ['x', 'k'], 'y']], { constants: { k: tensor } })))
    expect(model.graph.nodes[1]?.op).toEqual({ kind: 'normalize', scale: values, offset: [0, 0, 0] })
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
    expect(() => readOnnx(open)).toThrow('input "x", axis 2: expected an extent (or option inputShapes), found "H"')
    expect(shapeOf(readOnnx(open, { inputShapes: { x: [2, 3, 5, 4] } }), 'y')).toEqual([2, 5, 4, 4])
  })

  test('names: the graph, a value that is an output twice over', () => {
    const nodes: NodeSpec[] = [
      ['Relu', ['x'], 'r'],
      ['Identity', ['r'], 'y'],
      ['Identity', ['r'], 'z'],
    ]
    const model = readOnnx(onnxFile(onImage(nodes, { outputs: ['y', 'z', 'r'] })))
    expect(model.metadata).toEqual({ format: 'onnx', name: 'test' })
    const names = new Map(model.graph.nodes.map(node => [node.id, node.name]))
    expect(model.graph.outputs.map(id => names.get(id))).toEqual(['y', 'z', 'r'])
  })
})

describe('quantised networks, as reals', () => {
  const quantization = {
    xs: floats([2 / 255], []),
    xz: narrow('UINT8', [128], []),
    ys: floats([0.02], []),
    yz: narrow('UINT8', [0], []),
    w: narrow(
      'INT8',
      Array.from({ length: 4 * 3 }, (_, i) => ((i * 37) % 255) - 127),
      [4, 3, 1, 1],
    ),
    ws: floats([0.01, 0.02, 0.005, 0.01]),
    wz: narrow('INT8', [0, 0, 0, 0]),
    b: narrow('INT32', [100, -200, 300, 50]),
    bs: floats([0.01, 0.02, 0.005, 0.01].map(scale => (scale * 2) / 255)),
    bz: narrow('INT32', [0, 0, 0, 0]),
  }
  const product: readonly NodeSpec[] = [
    ['DequantizeLinear', ['w', 'ws', 'wz'], 'wf', { axis: 0 }],
    ['DequantizeLinear', ['b', 'bs', 'bz'], 'bf', { axis: 0 }],
    ['Conv', ['xf', 'wf', 'bf'], 'c'],
    ['QuantizeLinear', ['c', 'ys', 'yz'], 'cq'],
    ['DequantizeLinear', ['cq', 'ys', 'yz'], 'y'],
  ]

  test('between QuantizeLinear and DequantizeLinear: within a step or two', async () => {
    const entry: readonly NodeSpec[] = [
      ['QuantizeLinear', ['x', 'xs', 'xz'], 'xq'],
      ['DequantizeLinear', ['xq', 'xs', 'xz'], 'xf'],
    ]
    const spec = onImage([...entry, ...product], { constants: quantization })
    const model = await expectAsRuntime(spec, 0.02)
    // What 8 bits hold of the input is nearly [-1, 1]; of the result it is [0, 5.1].
    expect(kinds(model)).toEqual(['input', 'clamp', 'conv2d', 'clamp'])
    expect(model.params.get('c/weights')?.data[0]).toBeCloseTo(-1.27, 6)
    expect(model.params.get('c/bias')?.data[1]).toBeCloseTo((-200 * 0.02 * 2) / 255, 6)
  })

  test('raw bytes in', async () => {
    const entry: NodeSpec = ['DequantizeLinear', ['x', 'xs', 'xz'], 'xf']
    const model = await expectAsRuntime(
      onImage([entry, ...product], { inputs: { 'x:UINT8': image.x }, constants: quantization }),
      0.02,
    )
    expect(model.graph.nodes[0]).toMatchObject({ dtype: 'uint8', shape: [1, 8, 6, 3] })
    expect(kinds(model)).toEqual(['input', 'normalize', 'conv2d', 'clamp'])
  })

  test('bytes cast and scaled', async () => {
    const nodes: NodeSpec[] = [
      ['Cast', ['x'], 'f', { to: dataTypes.FLOAT }],
      ['Div', ['f', 'd'], 's'],
      ['Conv', ['s', 'w'], 'y'],
    ]
    const constants = { d: floats([255], []), w: reals([4, 3, 1, 1], 1) }
    const model = await expectAsRuntime(onImage(nodes, { inputs: { 'x:UINT8': image.x }, constants }))
    expect(kinds(model)).toEqual(['input', 'normalize', 'normalize', 'conv2d'])
  })

  test('constants that are quantised and dequantised', async () => {
    const nodes: NodeSpec[] = [
      ['QuantizeLinear', ['k', 'ks', 'kz'], 'q', { axis: 0 }],
      ['DequantizeLinear', ['q', 'ks', 'kz'], 'r', { axis: 0 }],
      ['Conv', ['x', 'r'], 'y'],
    ]
    const constants = {
      k: reals([4, 3, 1, 1], 1),
      ks: floats([0.1, 0.05, 0.01, 0.005]),
      kz: narrow('INT8', [0, 3, -3, 0]),
    }
    await expectAsRuntime(onImage(nodes, { constants }))
  })
})
