import { FormatError, type Model, UnsupportedOpError } from '@depthwise/core'
import { opTitle, relu } from '@depthwise/core/backend'
import { ints, type Net, net, reals, type Step } from '@depthwise/testing/files/tflite-net'
import * as tfl from '@depthwise/testing/files/tflite-writer'
import { describe, expect, test } from 'vitest'
import { outputOf, run } from './tflite-run.ts'
import { counting } from './tflite-single.ts'

const orders = { first: ints(0, 3, 1, 2), last: ints(0, 2, 3, 1) }
const read = (tensors: Net['tensors'], steps: readonly Step[]) =>
  net({ tensors: { ...orders, ...tensors }, steps }, { arithmetic: 'real' })
const kinds = (model: Model): readonly string[] => model.graph.nodes.map(node => opTitle(node.op))

describe('TRANSPOSE', () => {
  test('to channels first, then flat and dense: the weights move', async () => {
    const tensors = {
      x: { shape: [1, 2, 1, 3] },
      t: { shape: [1, 3, 2, 1] },
      f: { shape: [1, 6] },
      flat: ints(1, -1),
      weights: reals([1, 6], [100_000, 10_000, 1000, 100, 10, 1]),
      y: { shape: [1, 1] },
    }
    const model = await read(tensors, [
      ['TRANSPOSE', ['x', 'first'], 't'],
      ['RESHAPE', ['t', 'flat'], 'f'],
      ['FULLY_CONNECTED', ['f', 'weights'], 'y'],
    ])
    expect(kinds(model)).toEqual(['input', 'reshape', 'dense'])
    expect([...(await run(model, [1, 2, 3, 4, 5, 6]))]).toEqual([142_536])
  })

  test('twice cancels', async () => {
    const tensors = {
      x: { shape: [1, 2, 3, 4] },
      a: { shape: [1, 4, 2, 3] },
      b: { shape: [1, 4, 2, 3] },
      y: { shape: [1, 2, 3, 4] },
    }
    const model = await read(tensors, [
      ['TRANSPOSE', ['x', 'first'], 'a'],
      ['RELU', ['a'], 'b'],
      ['TRANSPOSE', ['b', 'last'], 'y'],
    ])
    expect(kinds(model)).toEqual(['input', 'relu'])
  })

  test('an input that the file transposes to channels last is taken as such', async () => {
    const tensors = {
      x: { shape: [1, 3, 2, 1] },
      n: { shape: [1, 3, 2, 1] },
      mean: reals([1, 3, 1, 1], [1, 2, 3]),
      t: { shape: [1, 2, 1, 3] },
      filter: reals([1, 1, 1, 3], [1, 10, 100]),
      y: { shape: [1, 2, 1, 1] },
    }
    const model = await read(tensors, [
      ['SUB', ['x', 'mean'], 'n'],
      ['TRANSPOSE', ['n', 'last'], 't'],
      ['CONV_2D', ['t', 'filter'], 'y', tfl.convOptions(false)],
    ])
    expect(model.graph.nodes[0]).toMatchObject({ name: 'x', shape: [1, 2, 1, 3] })
    expect(kinds(model)).toEqual(['input', 'affine', 'conv2d'])
    expect([...(await run(model, counting(6)))]).toEqual([0, 333])
  })

  test('an output of channels first is given channels last', async () => {
    const tensors = { x: { shape: [1, 2, 3, 4] }, r: { shape: [1, 2, 3, 4] }, y: { shape: [1, 4, 2, 3] } }
    const model = await read(tensors, [
      ['RELU', ['x'], 'r'],
      ['TRANSPOSE', ['r', 'first'], 'y'],
    ])
    expect(outputOf(model)).toMatchObject({ name: 'y', shape: [1, 2, 3, 4], op: relu })
  })

  test('a squeeze-and-excite gate of channels first', async () => {
    const planar = { shape: [1, 2, 2, 1] }
    const tensors = {
      x: { shape: [1, 2, 1, 2] },
      t: planar,
      axes: ints(2, 3),
      mean: { shape: [1, 2] },
      weights: reals([2, 2], [0, 1, 1, 0]),
      dense: { shape: [1, 2] },
      gate: { shape: [1, 2, 1, 1] },
      column: ints(1, 2, 1, 1),
      gated: planar,
      y: { shape: [1, 2, 1, 2] },
    }
    const model = await read(tensors, [
      ['TRANSPOSE', ['x', 'first'], 't'],
      ['MEAN', ['t', 'axes'], 'mean', tfl.reducerOptions(false)],
      ['FULLY_CONNECTED', ['mean', 'weights'], 'dense'],
      ['RESHAPE', ['dense', 'column'], 'gate'],
      ['MUL', ['t', 'gate'], 'gated', tfl.mulOptions()],
      ['TRANSPOSE', ['gated', 'last'], 'y'],
    ])
    expect([...(await run(model, [1, 10, 3, 30]))]).toEqual([20, 20, 60, 60])
  })

  test('of weights moves them', async () => {
    const tensors = {
      x: { shape: [1, 2] },
      w: reals([2, 1], [10, 1]),
      swap: ints(1, 0),
      t: { shape: [1, 2] },
      y: { shape: [1, 1] },
    }
    const model = await read(tensors, [
      ['TRANSPOSE', ['w', 'swap'], 't'],
      ['FULLY_CONNECTED', ['x', 't'], 'y'],
    ])
    expect([...(await run(model, [3, 4]))]).toEqual([34])
  })

  test('of quantised weights takes their scales along', async () => {
    const w = { shape: [2, 3], type: 'i8', data: [1, 2, 3, 4, 5, 6], scale: [1, 10, 100], axis: 1 } as const
    const tensors = { x: { shape: [1, 2] }, w, swap: ints(1, 0), t: { shape: [3, 2] }, y: { shape: [1, 3] } }
    const model = await read(tensors, [
      ['TRANSPOSE', ['w', 'swap'], 't'],
      ['FULLY_CONNECTED', ['x', 't'], 'y'],
    ])
    expect([...(await run(model, [1, 1]))]).toEqual([5, 70, 900])
  })

  test.each([
    ['no whole bytes for each element', [2, 2], 6],
    ['none, of a shape that would need gigabytes', [40_000, 40_000], 0],
  ])('constants of %s', async (_, shape, length) => {
    const w = { shape, data: new Uint8Array(length) }
    const tensors = {
      x: { shape: [1, 2] },
      w,
      swap: ints(1, 0),
      t: { shape: shape.toReversed() },
      y: { shape: [1, 2] },
    }
    const steps: readonly Step[] = [
      ['TRANSPOSE', ['w', 'swap'], 't'],
      ['FULLY_CONNECTED', ['x', 't'], 'y'],
    ]
    await expect(read(tensors, steps)).rejects.toThrow(FormatError)
    await expect(read(tensors, steps)).rejects.toThrow(/^operator 0 \(TRANSPOSE\)/)
  })

  test.each<readonly [string, readonly number[], string]>([
    ['too few', [0, 1], 'the 4 axes in any order, found [0,1]'],
    ['one twice', [0, 1, 1, 2], 'the 4 axes in any order, found [0,1,1,2]'],
    ['one beyond', [0, 1, 2, 4], 'the 4 axes in any order, found [0,1,2,4]'],
  ])('axes that are none: %s', async (_, axes, message) => {
    const tensors = { x: { shape: [1, 2, 3, 4] }, axes: ints(...axes), y: { shape: [] } }
    await expect(read(tensors, [['TRANSPOSE', ['x', 'axes'], 'y']])).rejects.toThrow(
      `operator 0 (TRANSPOSE): expected ${message}`,
    )
  })

  test('a transposition that elements would have to move for is refused where they would', async () => {
    const tensors = {
      x: { shape: [1, 2, 3, 4] },
      swap: ints(0, 2, 1, 3),
      t: { shape: [1, 3, 2, 4] },
      y: { shape: [1, 3, 2, 4] },
    }
    const refused = () =>
      read(tensors, [
        ['TRANSPOSE', ['x', 'swap'], 't'],
        ['AVERAGE_POOL_2D', ['t'], 'y', tfl.poolOptions(true, [2, 2], [1, 1])],
      ])
    await expect(refused).rejects.toThrow(UnsupportedOpError)
    await expect(refused).rejects.toThrow(
      'operator 1 (AVERAGE_POOL_2D): expected elements in the order in which they are held, found [1,3,2,4], held as [1,2,3,4]',
    )
  })
})

describe('means over one axis at a time', () => {
  test.each<readonly [string, readonly number[], readonly number[]]>([
    ['width, then height', [2], [1]],
    ['height, then width', [1], [1]],
  ])('%s', async (_, first, second) => {
    const tensors = {
      x: { shape: [1, 2, 3, 2] },
      a: ints(...first),
      b: ints(...second),
      m: { shape: [] },
      y: { shape: [1, 2] },
    }
    const model = await read(tensors, [
      ['MEAN', ['x', 'a'], 'm', tfl.reducerOptions(false)],
      ['MEAN', ['m', 'b'], 'y', tfl.reducerOptions(false)],
    ])
    const found = await run(model, counting(12))
    for (const [i, value] of [6, 7].entries()) expect(found[i]).toBeCloseTo(value, 5)
  })

  test.each<readonly [string, readonly number[], readonly number[]]>([
    ['width, then height', [3], [2]],
    ['height, then width, counted from the end', [-2], [-1]],
  ])('of channels first: %s', async (_, first, second) => {
    const tensors = { x: { shape: [1, 2, 3, 2] }, t: { shape: [1, 2, 2, 3] }, a: ints(...first), b: ints(...second) }
    const steps: readonly Step[] = [
      ['TRANSPOSE', ['x', 'first'], 't'],
      ['MEAN', ['t', 'a'], 'm', tfl.reducerOptions(false)],
      ['MEAN', ['m', 'b'], 'y', tfl.reducerOptions(false)],
    ]
    const found = await run(await read({ ...tensors, m: { shape: [] }, y: { shape: [1, 2] } }, steps), counting(12))
    for (const [i, value] of [6, 7].entries()) expect(found[i]).toBeCloseTo(value, 5)
  })
})

describe('padding', () => {
  test('by a number, of channels first', async () => {
    const tensors = {
      x: { shape: [1, 1, 2, 2] },
      t: { shape: [1, 2, 1, 2] },
      pads: { shape: [4, 2], type: 'i32', data: [0, 0, 0, 0, 1, 0, 0, 1] } as const,
      value: reals([], [9]),
      p: { shape: [1, 2, 2, 3] },
      y: { shape: [1, 2, 3, 2] },
    }
    const model = await read(tensors, [
      ['TRANSPOSE', ['x', 'first'], 't'],
      ['PADV2', ['t', 'pads', 'value'], 'p'],
      ['TRANSPOSE', ['p', 'last'], 'y'],
    ])
    expect(kinds(model)).toEqual(['input', 'pad'])
    expect([...(await run(model, [1, 2, 3, 4]))]).toEqual([9, 9, 9, 9, 9, 9, 1, 2, 3, 4, 9, 9])
  })

  test('in a quantised file pads with the real that an integer stands for', async () => {
    const stored = { type: 'i8', scale: 0.5, zeroPoint: -10 } as const
    const tensors = {
      x: { shape: [1, 1, 1, 1], ...stored },
      pads: { shape: [4, 2], type: 'i32', data: [0, 0, 0, 0, 0, 1, 0, 0] } as const,
      value: { shape: [1], data: [-128], ...stored },
      y: { shape: [1, 1, 2, 1], ...stored },
    }
    const model = await read(tensors, [['PADV2', ['x', 'pads', 'value'], 'y']])
    expect([...(await run(model, [3]))]).toEqual([3, -59])
  })
})
