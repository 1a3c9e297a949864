import { type Model, UnsupportedOpError } from '@depthwise/core'
import { evaluated, largestDifference, randomInputs } from '@depthwise/testing/agreement'
import { type FileSpec, floats, ints, type NodeSpec, narrow, onnxFile } from '@depthwise/testing/files/onnx-file'
import { describe, expect, test } from 'vitest'
import { readOnnx } from '../src/index.ts'
import { dataTypes, type TensorMessage } from '../src/onnx/schema.ts'
import { expectAsRuntime, kinds } from './onnx-agreement.ts'
import { image, onImage } from './onnx-image.ts'

// Dynamic quantisation as onnxruntime's quantize_dynamic and others write it. The runtime rounds activations to 8 bits, which
// the tolerance allows for; files whose integers the runtime cannot multiply are compared with the same network in reals.

const spread = (count: number, min: number, max: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => min + ((i * 37 + 11) % (max - min + 1)))

const [filters, units] = [4, 5]
const kernel = (type: 'UINT8' | 'INT8', shape: readonly number[]): TensorMessage => {
  const count = shape.reduce((a, b) => a * b, 1)
  return narrow(type, type === 'UINT8' ? spread(count, 0, 255) : spread(count, -128, 127), shape)
}

const quantise: NodeSpec = ['DynamicQuantizeLinear', ['x'], ['xq', 'xs', 'xz']]
const toReal: NodeSpec = ['Cast', ['i'], 'r', { to: dataTypes.FLOAT }]
const constants = {
  w: kernel('UINT8', [filters, 3, 3, 3]),
  wz: narrow('UINT8', [120], []),
  ws: floats([0.004], []),
  b: floats([0.3, -0.2, 0.1, 2], [1, filters, 1, 1]),
  row: floats([1, 2, 3, 4, 5, 6]),
  tall: floats([1, 2, 3, 4], [1, 1, filters, 1]),
}
const conv = (nodes: readonly NodeSpec[], more: Readonly<Record<string, TensorMessage>> = {}): FileSpec =>
  onImage(nodes, { constants: { ...constants, ...more } })

const product: NodeSpec = ['ConvInteger', ['xq', 'w', 'xz', 'wz'], 'i', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }]
const scales: NodeSpec = ['Mul', ['xs', 'ws'], 's']
/** The product of integers as reals `r`, which lacks its scale `s`. */
const real: readonly NodeSpec[] = [quantise, scales, product, toReal]
/** What one step of the activation's 255 makes of the result: 27 weights of up to half a unit. */
const loose = 0.06

describe('a convolution', () => {
  test.each<[string, readonly NodeSpec[], (readonly string[])?]>([
    ['with a bias', [scales, quantise, product, toReal, ['Mul', ['r', 's'], 'm'], ['Add', ['m', 'b'], 'y']]],
    ['without one', [quantise, product, toReal, scales, ['Mul', ['r', 's'], 'y']]],
    [
      'its factors turned round',
      [quantise, product, toReal, ['Mul', ['ws', 'xs'], 's'], ['Mul', ['s', 'r'], 'm'], ['Add', ['b', 'm'], 'y']],
    ],
    [
      'its scales one by one',
      [quantise, product, toReal, ['Mul', ['r', 'xs'], 'm'], ['Mul', ['m', 'ws'], 'n'], ['Add', ['n', 'b'], 'y']],
    ],
    [
      'the scale of its weights first',
      [quantise, product, toReal, ['Mul', ['r', 'ws'], 'm'], ['Mul', ['m', 'xs'], 'n'], ['Sub', ['n', 'b'], 'y']],
    ],
    [
      'a bias that is subtracted from',
      [quantise, scales, product, toReal, ['Mul', ['r', 's'], 'm'], ['Sub', ['b', 'm'], 'y']],
    ],
    [
      'a bias of one axis, reshaped',
      [...real, ['Reshape', ['b1', 'bs'], 'b4'], ['Mul', ['r', 's'], 'm'], ['Add', ['m', 'b4'], 'y']],
    ],
  ])('%s is one convolution of reals', async (_, nodes) => {
    const sorted = [...nodes].sort(
      (a, b) => Number(b[0] === 'DynamicQuantizeLinear') - Number(a[0] === 'DynamicQuantizeLinear'),
    )
    const more = { b1: floats([0.3, -0.2, 0.1, 2]), bs: ints([1, filters, 1, 1]) }
    const model = await expectAsRuntime(conv(sorted, more), loose)
    expect(kinds(model)).toEqual(['input', 'conv2d'])
    expect(model.graph.nodes[1]?.name).toBe('y')
  })

  test('followed by an activation, a shortcut and a pool', async () => {
    const nodes: readonly NodeSpec[] = [
      ...real,
      ['Mul', ['r', 's'], 'm'],
      ['Add', ['m', 'b'], 'a'],
      ['Relu', ['a'], 'c'],
      ['Add', ['a', 'c'], 'd'],
      ['GlobalAveragePool', ['d'], 'y'],
    ]
    const model = await expectAsRuntime(conv(nodes), loose)
    expect(kinds(model)).toEqual(['input', 'conv2d', 'relu', 'add', 'globalAveragePool'])
  })

  test('whose result is read with and without its bias is computed once', async () => {
    const nodes: readonly NodeSpec[] = [
      ...real,
      ['Mul', ['r', 's'], 'm'],
      ['Add', ['m', 'b'], 'a'],
      ['Add', ['m', 'a'], 'y'],
    ]
    const model = await expectAsRuntime(conv(nodes), 2 * loose)
    expect(kinds(model)).toEqual(['input', 'conv2d', 'affine', 'add'])
  })

  test('several of one measured activation, and both as outputs', async () => {
    const nodes: readonly NodeSpec[] = [
      ...real,
      ['Mul', ['r', 's'], 'y'],
      ['ConvInteger', ['xq', 'p', 'xz', 'wz'], 'j', { kernel_shape: [1, 1] }],
      ['Cast', ['j'], 'rj', { to: dataTypes.FLOAT }],
      ['Mul', ['xs', 'ws'], 't'],
      ['Mul', ['rj', 't'], 'z'],
    ]
    const spec = { ...conv(nodes, { p: kernel('UINT8', [2, 3, 1, 1]) }), outputs: ['y', 'z'] }
    const model = await expectAsRuntime(spec, loose)
    expect(kinds(model)).toEqual(['input', 'conv2d', 'conv2d'])
  })

  test('in groups, as depthwise ones are', async () => {
    const depthwise: NodeSpec = ['ConvInteger', ['xq', 'd', 'xz', 'wz'], 'i', { group: 3, strides: [2, 2] }]
    const nodes: readonly NodeSpec[] = [quantise, scales, depthwise, toReal, ['Mul', ['r', 's'], 'y']]
    const model = await expectAsRuntime(conv(nodes, { d: kernel('UINT8', [3, 1, 3, 3]) }), loose)
    expect(kinds(model)).toEqual(['input', 'depthwiseConv2d'])
  })

  test('dequantised again instead: only rounding is left of it', async () => {
    const nodes: readonly NodeSpec[] = [quantise, ['DequantizeLinear', ['xq', 'xs', 'xz'], 'f'], ['Relu', ['f'], 'y']]
    const model = await expectAsRuntime(onImage(nodes), 0.01)
    expect(kinds(model)).toEqual(['input', 'relu'])
  })
})

/** Checks that a file and its floating-point equivalent give the same outputs. */
async function expectAsReals(spec: FileSpec, reals: FileSpec): Promise<Model> {
  const [model, expected] = [await readOnnx(onnxFile(spec)), await readOnnx(onnxFile(reals))]
  const inputs = randomInputs(model, 7)
  const [ours, theirs] = [await evaluated(model, inputs), await evaluated(expected, inputs)]
  expect(largestDifference(ours['y']!.data, theirs['y']!.data)).toBeLessThan(1e-5)
  return model
}

describe('weights and scales', () => {
  const finish: readonly NodeSpec[] = [scales, toReal, ['Mul', ['r', 's'], 'm'], ['Add', ['m', 'b'], 'y']]
  const zeros = [100, 120, 140, 160]
  const each = [0.004, 0.002, 0.001, 0.0005]
  /** The weights as a file of reals has them. */
  const dequantised = (
    weights: TensorMessage,
    zeroOf: (filter: number) => number,
    scaleOf: (filter: number) => number,
  ) => {
    const values = weights.int32Data ?? []
    const run = values.length / filters
    const real = (value: number, i: number): number =>
      (value - zeroOf(Math.floor(i / run))) * scaleOf(Math.floor(i / run))
    return floats(values.map(real), weights.dims)
  }
  const inReals = (weights: TensorMessage): FileSpec =>
    onImage([['Conv', ['x', 'w', 'b1'], 'y', { pads: [1, 1, 1, 1] }]], {
      constants: { w: weights, b1: floats([0.3, -0.2, 0.1, 2]) },
    })

  test.each<[string, Readonly<Record<string, TensorMessage>>, FileSpec]>([
    [
      'of bytes',
      {},
      inReals(
        dequantised(
          constants.w,
          () => 120,
          () => 0.004,
        ),
      ),
    ],
    [
      'of signed bytes',
      { w: kernel('INT8', [filters, 3, 3, 3]), wz: narrow('INT8', [0], []) },
      inReals(
        dequantised(
          kernel('INT8', [filters, 3, 3, 3]),
          () => 0,
          () => 0.004,
        ),
      ),
    ],
    [
      'in lists of one',
      { wz: narrow('UINT8', [120]), ws: floats([0.004]) },
      inReals(
        dequantised(
          constants.w,
          () => 120,
          () => 0.004,
        ),
      ),
    ],
    [
      'scaled by channel, as C x 1 x 1',
      { ws: floats(each, [filters, 1, 1]) },
      inReals(
        dequantised(
          constants.w,
          () => 120,
          i => each[i]!,
        ),
      ),
    ],
    [
      'scaled by channel, as 1 x C x 1 x 1',
      { ws: floats(each, [1, filters, 1, 1]) },
      inReals(
        dequantised(
          constants.w,
          () => 120,
          i => each[i]!,
        ),
      ),
    ],
    [
      'with zero points by channel',
      { wz: narrow('UINT8', zeros) },
      inReals(
        dequantised(
          constants.w,
          i => zeros[i]!,
          () => 0.004,
        ),
      ),
    ],
  ])('%s', async (_, more, reals) => {
    const model = await expectAsReals(conv([quantise, product, ...finish], more), reals)
    expect(kinds(model)).toEqual(['input', 'conv2d'])
  })

  test('without a zero point, which is then 0', async () => {
    const nodes: readonly NodeSpec[] = [
      quantise,
      ['ConvInteger', ['xq', 'w', 'xz'], 'i', { pads: [1, 1, 1, 1] }],
      ...finish,
    ]
    await expectAsReals(
      conv(nodes),
      inReals(
        dequantised(
          constants.w,
          () => 0,
          () => 0.004,
        ),
      ),
    )
  })
})

describe('a dense layer', () => {
  const rows = { inputs: { x: [1, 7] }, outputs: ['y'] }
  const dense = {
    w: kernel('UINT8', [7, units]),
    wz: narrow('UINT8', [120], []),
    ws: floats([0.004], []),
    b: floats([0.5, 1, -1, 0, 2]),
  }
  const multiply: NodeSpec = ['MatMulInteger', ['xq', 'w', 'xz', 'wz'], 'i']
  const finish: readonly NodeSpec[] = [scales, toReal, ['Mul', ['r', 's'], 'm'], ['Add', ['m', 'b'], 'y']]

  test('with its bias is one layer of reals', async () => {
    const model = await expectAsRuntime({ ...rows, constants: dense, nodes: [quantise, multiply, ...finish] }, loose)
    expect(kinds(model)).toEqual(['input', 'dense'])
  })

  test('by weights that are transposed first', async () => {
    const nodes: readonly NodeSpec[] = [['Transpose', ['t'], 'w', { perm: [1, 0] }], quantise, multiply, ...finish]
    const { w: _, ...others } = dense
    const model = await expectAsRuntime(
      { ...rows, constants: { ...others, t: kernel('UINT8', [units, 7]) }, nodes },
      loose,
    )
    expect(kinds(model)).toEqual(['input', 'dense'])
  })

  test('with scales and zero points of each column', async () => {
    const columns = { wz: narrow('UINT8', [100, 110, 120, 130, 140]), ws: floats([0.001, 0.002, 0.003, 0.004, 0.005]) }
    await expectAsRuntime(
      { ...rows, constants: { ...dense, ...columns }, nodes: [quantise, multiply, ...finish] },
      loose,
    )
  })

  test('on a flattened image', async () => {
    const nodes: readonly NodeSpec[] = [['Flatten', ['image'], 'x'], quantise, multiply, ...finish]
    const spec = {
      inputs: { image: [1, 3, 4, 5] },
      outputs: ['y'],
      constants: { ...dense, w: kernel('UINT8', [60, units]) },
      nodes,
    }
    await expectAsRuntime(spec, 0.2)
  })
})

describe('integers that are not measured at run time', () => {
  const finish: readonly NodeSpec[] = [toReal, ['Mul', ['r', 's'], 'y']]
  const product: NodeSpec = ['ConvInteger', ['xq', 'w', 'xz', 'wz'], 'i']
  const known = { xz: narrow('UINT8', [128], []), xs: floats([2 / 255], []), s: floats([(0.004 * 2) / 255], []) }

  test('of a QuantizeLinear', async () => {
    const nodes: readonly NodeSpec[] = [['QuantizeLinear', ['x', 'xs', 'xz'], 'xq'], product, ...finish]
    const model = await expectAsRuntime(conv(nodes, known), loose)
    expect(kinds(model).filter(kind => kind === 'conv2d' || kind === 'affine')).toEqual(['conv2d'])
  })

  test('raw bytes in, and a bias of integers', async () => {
    const nodes: readonly NodeSpec[] = [
      product,
      ['Add', ['i', 'bi'], 'j'],
      ['Cast', ['j'], 'r', { to: dataTypes.FLOAT }],
      ['Mul', ['r', 's'], 'y'],
    ]
    const more = { ...known, bi: narrow('INT32', [1000, -500, 0, 70], [1, filters, 1, 1]) }
    const spec = onImage(nodes, { inputs: { 'xq:UINT8': image.x }, constants: { ...constants, ...more } })
    const model = await expectAsRuntime(spec, 1e-4)
    expect(kinds(model)).toEqual(['input', 'affine', 'conv2d'])
  })
})

describe('what does not fit together', () => {
  const read =
    (...nodes: readonly NodeSpec[]) =>
    () =>
      readOnnx(onnxFile(conv(nodes)))
  const other: NodeSpec = ['DynamicQuantizeLinear', ['x'], ['oq', 'os', 'oz']]

  test.each<[string, () => Promise<unknown>, string | RegExp]>([
    [
      'integers read as reals',
      read(quantise, product, ['Relu', ['i'], 'y']),
      /its result multiplied by the scale of node 0 .*, found integers/,
    ],
    [
      'integers as an output',
      read(quantise, ['Cast', ['xs'], 'k', { to: 1 }], ['ConvInteger', ['xq', 'w', 'xz', 'wz'], 'y']),
      'found integers',
    ],
    [
      'the scale of another',
      read(quantise, other, product, toReal, ['Mul', ['r', 'os'], 'y']),
      /the scale of node 0 .*, found the scale of node 1/,
    ],
    [
      'the zero point of another',
      read(quantise, other, ['ConvInteger', ['xq', 'w', 'oz', 'wz'], 'y']),
      /the zero point of node 0 .*, found the zero point of node 1/,
    ],
    [
      'a scale for a zero point',
      read(quantise, ['ConvInteger', ['xq', 'w', 'xs', 'wz'], 'y']),
      /the zero point of node 0 .*, found the scale of node 0/,
    ],
    ['no zero point', read(quantise, ['ConvInteger', ['xq', 'w'], 'y']), /the zero point of node 0 .*, found none/],
    [
      'a scale read as a value',
      read(quantise, ['Relu', ['xs'], 'y']),
      'expected a value of the network, found the scale of node 0',
    ],
    [
      'a bias before the scale',
      read(quantise, product, toReal, ['Add', ['r', 'b'], 'a'], ['Mul', ['a', 'xs'], 'y']),
      'found integers',
    ],
    [
      'a scale along another axis',
      read(quantise, product, toReal, ['Mul', ['xs', 'row'], 's'], ['Mul', ['r', 's'], 'y']),
      'expected a scale for each channel, found initializer "row" of [6]',
    ],
    [
      'as many scales as channels along another axis',
      read(quantise, product, toReal, ['Mul', ['xs', 'tall'], 's'], ['Mul', ['r', 's'], 'y']),
      'expected a scale for each channel, found initializer "tall" of [1,1,4,1]',
    ],
  ])('%s', async (_, wrong, message) => {
    await expect(wrong).rejects.toThrow(UnsupportedOpError)
    await expect(wrong).rejects.toThrow(message)
  })

  test('reals where integers are due', async () => {
    await expect(read(['ConvInteger', ['x', 'w'], 'y'])).rejects.toThrow(
      'expected an operand of integers, found one of reals',
    )
  })
})
