import { OptionError, type Shape, UnsupportedOpError } from '@depthwise/core'
import {
  type FileSpec,
  floats,
  ints,
  type NodeSpec,
  onnxFile,
  onnxModel,
  reals,
} from '@depthwise/testing/files/onnx-file'
import { describe, expect, test } from 'vitest'
import { type InputShapes, type OpenInput, readOnnx } from '../src/index.ts'
import { encode } from '../src/onnx/proto/encode.ts'
import { dataTypes, modelSchema } from '../src/onnx/schema.ts'
import { expectAsRuntime, kinds, shapeOf } from './onnx-agreement.ts'

// Inputs whose sizes the file leaves open: given by option, in whole or in part, and what the file computes of them folded.

const conv: NodeSpec = ['Conv', ['x', 'w'], 'c', { pads: [1, 1, 1, 1] }]
const constants = { w: reals([4, 3, 3, 3], 1), f: reals([4, 2], 2), g: reals([4 * 5 * 7, 2], 3) }
const open: FileSpec = {
  inputs: { x: ['batch', 3, 'height', 'width'] },
  outputs: ['y'],
  constants,
  nodes: [['Relu', ['x'], 'y']],
}
const file = (inputs: FileSpec['inputs'], nodes: readonly NodeSpec[] = open.nodes): Uint8Array =>
  onnxFile({ ...open, inputs, nodes })
const given = async (
  inputs: FileSpec['inputs'],
  inputShapes: InputShapes,
  nodes?: readonly NodeSpec[],
): Promise<Shape | undefined> => shapeOf(await readOnnx(file(inputs, nodes), { inputShapes }), 'x')

const xShape = { x: [1, 3, 5, 7] }

describe('what a file computes of its shapes is folded', () => {
  const shape: NodeSpec = ['Shape', ['c'], 's']
  const flat: NodeSpec = ['Reshape', ['c', 'target'], 'r']
  const dense: NodeSpec = ['MatMul', ['r', 'g'], 'y']
  const lists = {
    zero: ints([0]),
    nought: ints([0], []),
    one: ints([1], []),
    two: ints([2], []),
    three: ints([3], []),
    first: ints([1]),
    end: ints([100]),
    rest: ints([-1]),
  }

  test.each<[string, readonly NodeSpec[]]>([
    [
      'Gather, Unsqueeze, Concat',
      [
        shape,
        ['Gather', ['s', 'nought'], 'b'],
        ['Unsqueeze', ['b', 'zero'], 'u'],
        ['Concat', ['u', 'rest'], 'target', { axis: 0 }],
      ],
    ],
    [
      'Slice, Concat',
      [shape, ['Slice', ['s', 'zero', 'first'], 'b'], ['Concat', ['b', 'rest'], 'target', { axis: 0 }]],
    ],
    [
      'Slice, Squeeze, Unsqueeze, Concat',
      [
        shape,
        ['Slice', ['s', 'zero', 'first'], 'b'],
        ['Squeeze', ['b', 'zero'], 'q'],
        ['Unsqueeze', ['q', 'zero'], 'u'],
        ['Concat', ['u', 'rest'], 'target', { axis: 0 }],
      ],
    ],
    [
      'Cast, Slice, Cast, Concat, as tf2onnx writes it',
      [
        shape,
        ['Cast', ['s'], 'sf', { to: dataTypes.FLOAT }],
        ['Slice', ['sf', 'zero', 'first'], 'bf'],
        ['Cast', ['bf'], 'b', { to: dataTypes.INT64 }],
        ['Concat', ['b', 'rest'], 'target', { axis: 0 }],
      ],
    ],
    [
      'Shape of one axis, Concat',
      [
        ['Shape', ['c'], 'b', { start: 0, end: 1 }],
        ['Concat', ['b', 'rest'], 'target', { axis: 0 }],
      ],
    ],
    [
      'Gather of each, Mul, Concat',
      [
        shape,
        ['Gather', ['s', 'zero'], 'b'],
        ['Gather', ['s', 'one'], 'channels'],
        ['Gather', ['s', 'two'], 'rows'],
        ['Gather', ['s', 'three'], 'columns'],
        ['Mul', ['rows', 'columns'], 'places'],
        ['Mul', ['places', 'channels'], 'all'],
        ['Unsqueeze', ['all', 'zero'], 'features'],
        ['Concat', ['b', 'features'], 'target', { axis: 0 }],
      ],
    ],
    [
      'Slice, ReduceProd, Concat',
      [
        shape,
        ['Slice', ['s', 'zero', 'first'], 'b'],
        ['Slice', ['s', 'first', 'end'], 'others'],
        ['ReduceProd', ['others'], 'features', { keepdims: 1 }],
        ['Concat', ['b', 'features'], 'target', { axis: 0 }],
      ],
    ],
    [
      'through Identity, of the input rather than the map',
      [
        ['Shape', ['x'], 'xs'],
        ['Identity', ['xs'], 's'],
        ['Gather', ['s', 'zero'], 'b'],
        ['Concat', ['b', 'rest'], 'target', { axis: 0 }],
      ],
    ],
  ])('%s', async (_, steps) => {
    const spec = { ...open, constants: { ...constants, ...lists }, nodes: [conv, ...steps, flat, dense] }
    const model = await expectAsRuntime(spec, 1e-4, xShape)
    expect(kinds(model)).toEqual(['input', 'conv2d', 'reshape', 'dense'])
  })

  test('a mean, of a network that takes any size', async () => {
    const nodes: NodeSpec[] = [
      conv,
      ['ReduceMean', ['c'], 'p', { axes: [2, 3], keepdims: 0 }],
      ['MatMul', ['p', 'f'], 'y'],
    ]
    for (const size of [
      [5, 7],
      [9, 4],
    ] as const) {
      await expectAsRuntime({ ...open, nodes }, 1e-4, { x: [1, 3, ...size] })
    }
  })
})

describe('shapes of inputs by option', () => {
  const x = ['batch', 3, 'height', 'width']

  test.each<[string, Shape, Shape]>([
    ['whole', [2, 3, 5, 7], [2, 5, 7, 3]],
    ['without the batch', [-1, 3, 5, 7], [1, 5, 7, 3]],
    ['of the open axes alone', [-1, -1, 5, 7], [1, 5, 7, 3]],
  ])('%s', async (_, wanted, found) => {
    expect(await given({ x }, { x: wanted })).toEqual(found)
  })

  test('that leave nothing but the batch open', async () => {
    expect(await given({ x: ['N', 3, 5, 7] }, { x: [-1, -1, -1, -1] })).toEqual([1, 5, 7, 3])
    expect(await given({ x: ['N', 3, 5, 7] }, {})).toEqual([1, 5, 7, 3])
  })

  test('-1 in the file is an open extent too', async () => {
    expect(await given({ x: [-1, 3, 5, 7] }, {})).toEqual([1, 5, 7, 3])
    expect(await given({ x: [-1, 3, -1, -1] }, { x: [-1, 3, 5, 7] })).toEqual([1, 5, 7, 3])
    await expect(given({ x: [1, 3, -1, 7] }, {})).rejects.toThrow('expected an extent for axis 2')
  })

  test('open channels, planar and with the channels last', async () => {
    expect(await given({ x: ['N', 'C', 'H', 'W'] }, { x: [1, 3, 5, 7] }, [['Conv', ['x', 'w'], 'y']])).toEqual([
      1, 5, 7, 3,
    ])
    const last: NodeSpec[] = [
      ['Transpose', ['x'], 't', { perm: [0, 3, 1, 2] }],
      ['Conv', ['t', 'w'], 'y'],
    ]
    expect(await given({ x: ['N', 'H', 'W', 'C'] }, { x: [1, 5, 7, 3] }, last)).toEqual([1, 5, 7, 3])
    await expect(given({ x: ['N', 'C', 5, 7] }, {})).rejects.toThrow(
      'expected an extent for axis 1 ("C"), by option inputShapes',
    )
  })

  test('some inputs of several', async () => {
    const inputs = { x: ['N', 3, 'H', 'W'], z: ['N', 3, 5, 7] }
    expect(await given(inputs, { x: [1, 3, 5, 7] }, [['Add', ['x', 'z'], 'y']])).toEqual([1, 5, 7, 3])
    await expect(given(inputs, { z: [1, 3, 5, 7] }, [['Add', ['x', 'z'], 'y']])).rejects.toThrow(
      'input "x": expected extents',
    )
  })

  test('extents of the same name are equal', async () => {
    const inputs = { z: ['N', 3, 'H', 'W'], x: ['N', 3, 'H', 'W'] }
    const model = await readOnnx(file(inputs, [['Add', ['x', 'z'], 'y']]), { inputShapes: { x: [2, 3, 5, 7] } })
    expect(shapeOf(model, 'z')).toEqual([2, 5, 7, 3])
    expect(shapeOf(model, 'y')).toEqual([2, 5, 7, 3])
  })

  test('inputs of other ranks', async () => {
    expect(await given({ x: ['N', 'features'] }, { x: [1, 8] })).toEqual([1, 8])
    await expect(given({ x: ['N', 'features'] }, {})).rejects.toThrow('axis 1 ("features")')
  })

  test('by a function, which is asked about open inputs only', async () => {
    const asked: OpenInput[] = []
    const inputs = { z: ['N', 3, 5, 7], x: ['N', 3, 'H', 'W'] }
    const shape = await given(inputs, input => [asked.push(input), [-1, 3, 5, 7]][1] as Shape, [
      ['Add', ['x', 'z'], 'y'],
    ])
    expect(shape).toEqual([1, 5, 7, 3])
    expect(asked).toEqual([{ name: 'x', shape: [1, 3, -1, -1], layout: 'nchw' }])
    const last: NodeSpec[] = [
      ['Transpose', ['x'], 't', { perm: [0, 3, 1, 2] }],
      ['Conv', ['t', 'w'], 'y'],
    ]
    await given({ x: ['N', 'H', 'W', 3] }, input => [asked.push(input), [1, 5, 7, 3]][1] as Shape, last)
    expect(asked[1]).toEqual({ name: 'x', shape: [1, -1, -1, 3], layout: 'nhwc' })
    await expect(given({ x }, () => undefined)).rejects.toThrow('by option inputShapes')
    class Own extends Error {}
    const refuse = (): never => {
      throw new Own('pass --resolution')
    }
    await expect(given({ x }, refuse)).rejects.toThrow(Own)
  })
})

describe('shapes that do not fit', () => {
  test('what stays open is named, with what to pass', async () => {
    const read = () => readOnnx(file(open.inputs))
    await expect(read).rejects.toThrow(UnsupportedOpError)
    await expect(read).rejects.toThrow(
      'input "x": expected extents for axes 2 ("height"), 3 ("width"), by option inputShapes: { "x": [1, 3, N2, N3] }, found open ones',
    )
  })

  test.each<[string, unknown, string]>([
    ['another rank', [3, 5, 7], 'option inputShapes, "x": expected 4 extents, as the file has, found [3,5,7]'],
    ['no list', 224, 'expected 4 extents, as the file has, found 224'],
    ['a fixed extent changed', [1, 1, 5, 7], 'option inputShapes, "x", axis 1: expected 3, which is fixed, found 1'],
    ['zero', [1, 3, 0, 7], 'axis 2: expected a positive integer, or -1 for that of the file, found 0'],
    ['another negative', [1, 3, 5, -2], 'axis 3: expected a positive integer'],
    ['a fraction', [1, 3, 5.5, 7], 'axis 2: expected a positive integer'],
    ['a word', [1, 3, '5', 7], 'axis 2: expected a positive integer'],
    ['too many elements', [1, 3, 65536, 65536], 'expected at most 2147483647 elements'],
  ])('%s', async (_, shape, message) => {
    const read = () => given(open.inputs, { x: shape as Shape })
    await expect(read).rejects.toThrow(OptionError)
    await expect(read).rejects.toThrow(message)
  })

  test('an input of which the file states no shape at all', async () => {
    const nodes: NodeSpec[] = [['Relu', ['x'], 'y']]
    const { graph, ...message } = onnxModel({ inputs: { x: [] }, outputs: ['y'], nodes })
    const input = [{ name: 'x', type: { tensorType: { elemType: dataTypes.FLOAT } } }]
    const bytes = encode(modelSchema, { ...message, graph: { ...graph, input } })
    const read = (shape: unknown) => readOnnx(bytes, { inputShapes: { x: shape as Shape } })
    expect(shapeOf(await read([1, 5]), 'x')).toEqual([1, 5])
    await expect(readOnnx(bytes)).rejects.toThrow('input "x": expected a shape of 1 to 8 axes, found none')
    expect(shapeOf(await read([-1, 5]), 'x')).toEqual([1, 5])
    const wrong = [5, [], new Array(9).fill(1), [1, 0], [1, -1]]
    for (const shape of wrong) await expect(read(shape), `${shape}`).rejects.toThrow(OptionError)
    await expect(read(5)).rejects.toThrow('option inputShapes, "x": expected 1 to 8 extents, found 5')
    await expect(read([1, -1])).rejects.toThrow(
      'option inputShapes, "x", axis 1: expected a positive integer, found -1',
    )
  })

  test('an input that the file does not have', async () => {
    const read = () => given(open.inputs, { input: [1, 3, 5, 7] })
    await expect(read).rejects.toThrow(OptionError)
    await expect(read).rejects.toThrow('option inputShapes: expected names of inputs: "x", found "input"')
    await expect(given(open.inputs, JSON.parse('{"__proto__": [1, 3, 5, 7]}'))).rejects.toThrow(OptionError)
  })
})

test('constants that are not lists have no product', async () => {
  const nodes: NodeSpec[] = [
    ['ReduceProd', ['k'], 's'],
    ['Reshape', ['x', 's'], 'y'],
  ]
  const spec = { ...open, inputs: xShape, constants: { k: floats([1, 2, 3, 4], [2, 2]) }, nodes }
  await expect(readOnnx(onnxFile(spec))).rejects.toThrow('expected the product of a list')
})
