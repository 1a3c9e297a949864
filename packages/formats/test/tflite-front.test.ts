import { UnsupportedOpError } from '@depthwise/core'
import { int, net, reals, type Step } from '@depthwise/testing/files/tflite-net'
import * as tfl from '@depthwise/testing/files/tflite-writer'
import { describe, expect, test } from 'vitest'
import { arithmeticOperators } from '../src/affine-operators.ts'
import { isSupported } from '../src/tflite/operators/table.ts'
import { outputOf, run } from './tflite-run.ts'

const image = { shape: [1, 1, 2, 2] }

describe('arithmetic with a constant', () => {
  test('has a row for each operator that importers share', () => {
    for (const name of Object.keys(arithmeticOperators.tflite)) expect(isSupported(name), name).toBe(true)
  })

  test.each([
    ['ADD', ['x', 'c'], [10], [11, 12, 13, 14]],
    ['ADD', ['c', 'x'], [10, 20], [11, 22, 13, 24]],
    ['SUB', ['x', 'c'], [10], [-9, -8, -7, -6]],
    ['SUB', ['c', 'x'], [10, 20], [9, 18, 7, 16]],
    ['MUL', ['x', 'c'], [10, 20], [10, 40, 30, 80]],
    ['MUL', ['c', 'x'], [10], [10, 20, 30, 40]],
    ['DIV', ['x', 'c'], [2, 4], [0.5, 0.5, 1.5, 1]],
    ['MAXIMUM', ['x', 'c'], [2.5], [2.5, 2.5, 3, 4]],
    ['MINIMUM', ['c', 'x'], [2.5], [1, 2, 2.5, 2.5]],
  ] as const)('%s of %j with %j', async (op, inputs, data, expected) => {
    for (const shape of [[data.length], [1, data.length], [1, 1, 1, data.length], ...(data.length === 1 ? [[]] : [])]) {
      const model = await net({ tensors: { x: image, c: reals(shape, data), y: image }, steps: [[op, inputs, 'y']] })
      expect([...(await run(model, [1, 2, 3, 4]))], `${shape}`).toEqual(expected)
    }
  })

  test('takes an activation, and the options of its own kind only', async () => {
    const tensors = { x: image, c: reals([], [3]), y: image }
    const relu = await net({ tensors, steps: [['SUB', ['x', 'c'], 'y', tfl.subOptions(tfl.activation.relu)]] })
    expect([...(await run(relu, [1, 2, 3, 4]))]).toEqual([0, 0, 0, 1])
    const relu6 = await net({ tensors, steps: [['DIV', ['x', 'c'], 'y', tfl.divOptions(tfl.activation.relu6)]] })
    expect([...(await run(relu6, [-3, 3, 18, 30]))]).toEqual([0, 1, 6, 6])
    const wrong = () => net({ tensors, steps: [['DIV', ['x', 'c'], 'y', tfl.subOptions()]] })
    await expect(wrong).rejects.toThrow(
      'operator 0 (DIV): expected DivOptions (member 29 of its union), found member 28',
    )
  })

  test('adds axes where the constant has more', async () => {
    const model = await net({
      tensors: { x: { shape: [1, 2] }, c: reals([1, 1, 1, 2], [1, 2]), y: { shape: [1, 1, 1, 2] } },
      steps: [['MUL', ['x', 'c'], 'y']],
    })
    expect(outputOf(model).shape).toEqual([1, 1, 1, 2])
    expect([...(await run(model, [3, 4]))]).toEqual([3, 8])
  })

  test.each([
    ['a value divided by another', ['DIV', ['x', 'x'], 'y'], /DIV.*a division by a constant, found one by a computed/],
    ['a constant that bounds another', ['MAXIMUM', ['x', 'deep'], 'y'], /MAXIMUM.*the same for every item of a batch/],
  ] as const satisfies readonly (readonly [string, Step, RegExp])[])(
    '%s is not supported',
    async (_, step, message) => {
      const read = () =>
        net({ tensors: { x: image, c: reals([], [2]), deep: reals([2, 1, 1, 1], [2, 3]), y: image }, steps: [step] })
      await expect(read).rejects.toThrow(UnsupportedOpError)
      await expect(read).rejects.toThrow(message)
    },
  )
})

describe('arithmetic of computed operands', () => {
  test.each([
    ['SUB', [-1, -1, -1, -1]],
    ['ADD', [1, 3, 5, 7]],
    ['MUL', [0, 2, 6, 12]],
  ] as const)('%s', async (op, expected) => {
    const steps: readonly Step[] = [
      ['ADD', ['x', 'one'], 'more'],
      [op, ['x', 'more'], 'y'],
    ]
    const model = await net({ tensors: { x: image, one: reals([], [1]), more: image, y: image }, steps })
    expect([...(await run(model, [0, 1, 2, 3]))]).toEqual(expected)
  })

  test('operands of other ranks are stretched as if axes of one element stood in front', async () => {
    const steps: readonly Step[] = [
      ['MEAN', ['x', 'axes'], 'mean', tfl.reducerOptions(false)],
      ['SUB', ['x', 'mean'], 'y'],
    ]
    const axes = { shape: [2], type: 'i32', data: [1, 2] } as const
    const model = await net({ tensors: { x: image, axes, mean: { shape: [1, 2] }, y: image }, steps })
    expect([...(await run(model, [1, 2, 3, 8]))]).toEqual([-1, -3, 1, 3])
  })

  test('a sum of any number', async () => {
    for (const [inputs, factor] of [
      [['x'], 1],
      [['x', 'x'], 2],
      [['x', 'x', 'x', 'x'], 4],
    ] as const) {
      const model = await net({ tensors: { x: image, y: image }, steps: [['ADD_N', inputs, 'y']] })
      expect([...(await run(model, [1, 2, 3, 4]))]).toEqual([1, 2, 3, 4].map(value => value * factor))
    }
  })
})

describe('activations that are put together', () => {
  const inputs = [-4, -1, 0.5, 4]
  test.each([
    ['NEG', undefined, [4, 1, -0.5, -4]],
    ['LEAKY_RELU', tfl.leakyReluOptions(0.25), [-1, -0.25, 0.5, 4]],
    ['RELU_0_TO_1', undefined, [0, 0, 0.5, 1]],
    ['HARD_SWISH', undefined, [0, -1 / 3, (0.5 * 3.5) / 6, 4]],
  ] as const)('%s', async (op, options, expected) => {
    const model = await net({
      tensors: { x: image, y: image },
      steps: [options ? [op, ['x'], 'y', options] : [op, ['x'], 'y']],
    })
    const found = [...(await run(model, inputs))]
    for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 6)
  })

  test('PRELU has one slope a channel, or one for all', async () => {
    for (const [shape, data, expected] of [
      [
        [1, 1, 2],
        [0.5, 2],
        [-2, -2, 0.5, 4],
      ],
      [[1], [0.5], [-2, -0.5, 0.5, 4]],
    ] as const) {
      const steps = [['PRELU', ['x', 'slopes'], 'y']] as const
      const model = await net({ tensors: { x: image, slopes: reals(shape, data), y: image }, steps })
      expect([...(await run(model, inputs))]).toEqual(expected)
    }
  })

  test('a limit beyond what the integers of a result can hold', async () => {
    const stored = { type: 'u8', scale: 0.5, zeroPoint: 0 } as const
    for (const [op, limit, expected] of [
      ['MINIMUM', -1, 0],
      ['MAXIMUM', 200, 127.5],
    ] as const) {
      const tensors = { x: { ...image, ...stored }, c: reals([], [limit]), y: { ...image, ...stored } }
      const model = await net({ tensors, steps: [[op, ['x', 'c'], 'y']] }, { arithmetic: 'real' })
      expect([...(await run(model, [0, 1, 2, 3]))]).toEqual([expected, expected, expected, expected])
    }
  })

  test('quantised results keep to the range of their integers', async () => {
    const y = { shape: image.shape, type: 'u8', scale: 0.5, zeroPoint: 4 } as const
    const x = { shape: image.shape, type: 'u8', scale: 0.5, zeroPoint: 128 } as const
    const model = await net({ tensors: { x, y }, steps: [['NEG', ['x'], 'y']] }, { arithmetic: 'real' })
    expect([...(await run(model, [10, 1, -1, -60]))]).toEqual([-2, -1, 1, 60])
  })
})

describe('integers without a scale', () => {
  const float = image
  const bare = (type: tfl.TensorSpec['type']): tfl.TensorSpec => ({ ...image, ...(type && { type }) })

  test.each(['u8', 'i8', 'i32', 'i64'] as const)('an input of %s is the reals that it stores', async type => {
    const steps: readonly Step[] = [
      ['CAST', ['x'], 'cast'],
      ['SUB', ['cast', 'mean'], 'y'],
    ]
    const model = await net({ tensors: { x: bare(type), cast: float, mean: reals([], [127]), y: float }, steps })
    expect(model.metadata.inputQuantization).toEqual({ x: { scale: 1, zeroPoint: 0 } })
    expect(model.graph.nodes[0]).toMatchObject({ dtype: 'float32', shape: [1, 1, 2, 2] })
    expect([...(await run(model, [0, 1, 2, 127]))]).toEqual([-127, -126, -125, 0])
  })

  test('a cast to itself or to wider integers, and sums before the cast to reals', async () => {
    const steps: readonly Step[] = [
      ['CAST', ['x'], 'wide'],
      ['SUB', ['wide', 'shift'], 'shifted'],
      ['CAST', ['shifted'], 'y'],
    ]
    const tensors = { x: bare('u8'), wide: bare('i32'), shift: int(128), shifted: bare('i32'), y: float }
    expect([...(await run(await net({ tensors, steps }), [0, 128, 200, 255]))]).toEqual([-128, 0, 72, 127])
    expect((await net({ tensors: { x: float, y: float }, steps: [['CAST', ['x'], 'y']] })).graph.nodes).toHaveLength(2)
  })

  test('integers of a scale are cast to the numbers that are stored', async () => {
    const x = { ...image, type: 'u8', scale: 0.5, zeroPoint: 10 } as const
    const model = await net({ tensors: { x, y: float }, steps: [['CAST', ['x'], 'y']] }, { arithmetic: 'real' })
    // Of the reals 0, 1, 2, 3.
    expect([...(await run(model, [0, 1, 2, 3]))]).toEqual([10, 12, 14, 16])
  })

  test.each([
    ['a cast of reals to integers', { x: float, y: bare('u8') }, ['CAST', ['x'], 'y'], /FLOAT32 to UINT8/],
    ['a cast to a type that may be too small', { x: bare('i32'), y: bare('u8') }, ['CAST', ['x'], 'y'], /bare UINT8/],
    [
      'a quotient of integers',
      { x: bare('i32'), c: int(2), y: bare('i32') },
      ['DIV', ['x', 'c'], 'y'],
      /a division of reals/,
    ],
    ['a sigmoid of integers', { x: bare('u8'), y: float }, ['LOGISTIC', ['x'], 'y'], /of FLOAT32, or with a scale/],
    ['an operand that is DEQUANTIZEd', { x: bare('u8'), y: float }, ['DEQUANTIZE', ['x'], 'y'], /bare UINT8/],
  ] as const satisfies readonly (readonly [string, Record<string, tfl.TensorSpec>, Step, RegExp])[])(
    '%s is not supported',
    async (_, tensors, step, message) => {
      const read = () => net({ tensors, steps: [step] })
      await expect(read).rejects.toThrow(UnsupportedOpError)
      await expect(read).rejects.toThrow(message)
    },
  )
})
