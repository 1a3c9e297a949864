import { OptionError, UnsupportedOpError } from '@depthwise/core'
import { ints, type Net, net, reals, type Step } from '@depthwise/testing/files/tflite-net'
import * as tfl from '@depthwise/testing/files/tflite-writer'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { outputOf, run } from './tflite-run.ts'
import { counting } from './tflite-single.ts'

/** Doubles a picture, whose extents are open: results are declared as a converter writes what it does not know. */
const open = (shape: readonly number[], signature: readonly number[]): Net => ({
  tensors: {
    x: { shape, signature },
    two: reals([], [2]),
    y: { shape: shape.map(() => 1), signature: shape.map(() => -1) },
  },
  steps: [['MUL', ['x', 'two'], 'y']],
})

afterEach(() => void vi.unstubAllEnvs())

describe('inputs whose extents are open', () => {
  const picture = open([1, 1, 1, 3], [-1, -1, -1, 3])

  test('take the shape that is given, as the file has its axes', async () => {
    const model = await net(picture, { inputShapes: { x: [1, 2, 4, 3] } })
    expect(model.graph.nodes.map(node => node.shape)).toEqual([
      [1, 2, 4, 3],
      [1, 2, 4, 3],
    ])
    expect([...(await run(model, counting(24)))]).toEqual(counting(24).map(value => 2 * value))
  })

  test('keep the batch of the file where -1 is given, or take another', async () => {
    expect(outputOf(await net(picture, { inputShapes: { x: [-1, 2, 4, -1] } })).shape).toEqual([1, 2, 4, 3])
    expect(outputOf(await net(picture, { inputShapes: { x: [3, 2, 4, 3] } })).shape).toEqual([3, 2, 4, 3])
  })

  test('are refused without one, by the name of the option and of the input', async () => {
    const message = 'no extent left open but the batch (set option inputShapes["x"]), found [-1,-1,-1,3]'
    for (const options of [undefined, {}, { inputShapes: {} }, { inputShapes: { x: [1, -1, 4, 3] } }]) {
      await expect(net(picture, options)).rejects.toThrow(UnsupportedOpError)
      await expect(net(picture, options)).rejects.toThrow(`tensor 0 "x": expected ${message}`)
    }
  })

  test('are the size of the file where it states one, which is said aloud', async () => {
    const lines = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    vi.stubEnv('DEPTHWISE_DEBUG', '1')
    const sized = open([1, 4, 5, 3], [1, -1, -1, 3])
    expect(outputOf(await net(sized)).shape).toEqual([1, 4, 5, 3])
    expect(lines).toHaveBeenCalledWith('tflite: input "x" leaves axes 1,2 open; read at 1x4x5x3, which the file states')
    lines.mockRestore()
    expect(outputOf(await net(sized, { inputShapes: { x: [1, 8, -1, 3] } })).shape).toEqual([1, 8, 5, 3])
  })

  test('are asked of a function, with the layout; nothing from it keeps the size of the file', async () => {
    const asked: unknown[] = []
    const answer = (shape: readonly number[] | undefined) => (input: unknown) => {
      asked.push(input)
      return shape
    }
    const sized = open([1, 4, 5, 3], [-1, -1, -1, 3])
    expect(outputOf(await net(sized, { inputShapes: answer([-1, 8, 6, -1]) })).shape).toEqual([1, 8, 6, 3])
    expect(outputOf(await net(sized, { inputShapes: answer(undefined) })).shape).toEqual([1, 4, 5, 3])
    await expect(net(picture, { inputShapes: answer(undefined) })).rejects.toThrow('set option inputShapes["x"]')
    expect(asked.slice(0, 2)).toEqual(Array(2).fill({ name: 'x', shape: [-1, -1, -1, 3], layout: 'nhwc' }))
    asked.length = 0
    // An open batch alone is the file's: there is nothing to ask.
    expect(outputOf(await net(open([1, 2, 2, 3], [-1, 2, 2, 3]), { inputShapes: answer([9, 9, 9, 9]) })).shape).toEqual(
      [1, 2, 2, 3],
    )
    expect(asked).toEqual([])
  })

  test.each<readonly [string, Record<string, unknown>, RegExp]>([
    ['another rank', { x: [2, 4, 3] }, /^inputShapes\["x"\]: expected 4 extents, as the file has, found \[2,4,3\]/],
    ['no shape', { x: 224 }, /^inputShapes\["x"\]: expected 4 extents/],
    [
      'an extent that the file fixes',
      { x: [1, 2, 2, 4] },
      /^inputShapes\["x"\], axis 3: expected 3, which is fixed, found 4/,
    ],
    ['no integer', { x: [1, 2.5, 2, 3] }, /^inputShapes\["x"\], axis 1: expected a positive integer, or -1/],
    ['nothing', { x: [1, 0, 2, 3] }, /axis 1: expected a positive integer/],
    ['no number', { x: [1, '2', 2, 3] }, /axis 1: expected a positive integer/],
    ['too many elements', { x: [1, 2 ** 20, 2 ** 20, 3] }, /^inputShapes\["x"\]: expected at most 2147483647 elements/],
    ['an input that is none', { image: [1, 2, 2, 3] }, /^inputShapes: expected names of inputs: "x", found "image"/],
  ])('%s is an error of the option', async (_, inputShapes, message) => {
    const read = () => net(picture, { inputShapes } as Parameters<typeof net>[1])
    await expect(read).rejects.toThrow(OptionError)
    await expect(read).rejects.toThrow(message)
  })

  test('a fixed input can be given as it is, and as nothing else', async () => {
    const fixed = open([1, 2, 2, 3], [])
    expect((await net(fixed, { inputShapes: { x: [1, 2, 2, 3] } })).graph.nodes).toHaveLength(2)
    await expect(net(fixed, { inputShapes: { x: [1, 4, 4, 3] } })).rejects.toThrow(
      /axis 1: expected 2, which is fixed, found 4/,
    )
  })

  test('extents of 1 can be given in files from before there were signatures', async () => {
    const old = open([1, 1, 1, 3], [])
    expect(outputOf(await net(old, { inputShapes: { x: [1, 4, 5, 3] } })).shape).toEqual([1, 4, 5, 3])
    await expect(net(old, { inputShapes: { x: [1, 4, 5, 4] } })).rejects.toThrow(
      /axis 3: expected 3, which is fixed, found 4/,
    )
  })

  test('windows and pools follow from the size, whatever the file declares of results', async () => {
    const size: Net = {
      tensors: {
        x: { shape: [1, 1, 1, 1], signature: [-1, -1, -1, 1] },
        filter: reals([2, 3, 3, 1], new Array(18).fill(1)),
        c: { shape: [1, 1, 1, 2], signature: [-1, -1, -1, 2] },
        axes: ints(1, 2),
        y: { shape: [1, 2], signature: [-1, 2] },
      },
      steps: [
        ['CONV_2D', ['x', 'filter'], 'c', tfl.convOptions(true, [2, 2])],
        ['MEAN', ['c', 'axes'], 'y', tfl.reducerOptions(false)],
      ],
    }
    const shapes = (await net(size, { inputShapes: { x: [1, 9, 8, 1] } })).graph.nodes.map(node => node.shape)
    expect(shapes).toEqual([
      [1, 9, 8, 1],
      [1, 5, 4, 2],
      [1, 2],
    ])
  })

  test('a size that the network cannot take is an error of the option, not of the file', async () => {
    const tensors = {
      x: { shape: [1, 4, 4, 1], signature: [1, -1, -1, 1] },
      four: ints(1, 4),
      p: { shape: [1, 2, 2, 1], signature: [1, -1, -1, 1] },
      y: { shape: [1, 4] },
    }
    const steps: readonly Step[] = [
      ['MAX_POOL_2D', ['x'], 'p', tfl.poolOptions(false, [3, 3], [1, 1])],
      ['RESHAPE', ['p', 'four'], 'y'],
    ]
    expect(outputOf(await net({ tensors, steps })).shape).toEqual([1, 4])
    for (const [size, message] of [
      [
        2,
        /^inputShapes: expected sizes that the network can take, found "x": \[1,2,2,1\], for which operator 0 \(MAX_POOL_2D\)/,
      ],
      [
        6,
        /^inputShapes: .* \[1,6,6,1\], for which operator 1 \(RESHAPE\): expected a shape of 16 elements, found \[1,4\]/,
      ],
    ] as const) {
      const read = () => net({ tensors, steps }, { inputShapes: { x: [1, size, size, 1] } })
      await expect(read).rejects.toThrow(OptionError)
      await expect(read).rejects.toThrow(message)
    }
  })

  test('shapes of channels first are given as the file has them', async () => {
    const tensors = {
      x: { shape: [1, 3, 1, 1], signature: [1, 3, -1, -1] },
      last: ints(0, 2, 3, 1),
      y: { shape: [1, 1, 1, 3], signature: [1, -1, -1, 3] },
    }
    const model = await net(
      { tensors, steps: [['TRANSPOSE', ['x', 'last'], 'y']] },
      { inputShapes: { x: [1, 3, 4, 5] } },
    )
    expect(model.graph.nodes[0]).toMatchObject({ name: 'x', shape: [1, 4, 5, 3] })
  })

  test('of fixed shapes the file must not contradict itself', async () => {
    const wrong: Net = { tensors: { x: { shape: [1, 2] }, y: { shape: [1, 3] } }, steps: [['RELU', ['x'], 'y']] }
    await expect(net(wrong)).rejects.toThrow(
      'operator 0 (RELU): expected [1,2] as the shape of tensor 1 "y", found [1,3]',
    )
    const longer: Net = { tensors: { x: { shape: [1, 2] }, y: { shape: [1] } }, steps: [['RELU', ['x'], 'y']] }
    await expect(net(longer)).rejects.toThrow('expected [1,2] as the shape of tensor 1 "y", found [1]')
    const batch: Net = {
      tensors: { x: { shape: [1, 2], signature: [-1, 2] }, y: { shape: [1, 1], signature: [-1, -1] } },
      steps: [['RELU', ['x'], 'y']],
    }
    expect(outputOf(await net(batch)).shape).toEqual([1, 2])
  })
})
