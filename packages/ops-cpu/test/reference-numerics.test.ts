import { type Op, tensor } from '@depthwise/core'
import { clampTo, relu, relu6 } from '@depthwise/core/backend'
import { reference } from '@depthwise/ops-cpu'
import { describe, expect, it } from 'vitest'
import { conv2d, dense, depthwiseConv2d, noPadding, numbers, runOp } from './run-op.ts'

// Worked out by hand. The conformance kit compares every backend with a definition; these pin the reference, which is the oracle
// of everything else, to numbers that no program made.

const smallest = 2 ** -149
const row = (...values: number[]) => tensor([1, values.length], values)
const pixels = (...values: number[]) => tensor([1, 1, values.length, 1], values)
const window = { kernel: [1, 2], strides: [1, 1], padding: noPadding } as const

describe('what the reference promises of special values', () => {
  it('is said by probe', async () => {
    const { available, numerics } = await reference().probe()
    expect(available).toBe(true)
    expect(numerics).toEqual({ nan: true, infinity: true, denormals: true })
  })

  it.each<[Op]>([
    [relu],
    [relu6],
    [clampTo({ min: -1, max: 1 })],
    [{ kind: 'sigmoid' }],
    [{ kind: 'reshape', target: [2, 1] }],
  ])('NaN passes through %o and disturbs no neighbour', async op => {
    const [first, second] = numbers(await runOp(op, [row(Number.NaN, 0.5)]))
    expect(first).toBeNaN()
    expect(second).not.toBeNaN()
  })

  it('NaN passes through the clamp of every product', async () => {
    const activation = relu6
    for (const op of [conv2d({ filters: 1, activation }), depthwiseConv2d({ activation })]) {
      expect(numbers(await runOp(op, [pixels(Number.NaN, 2)], { weights: [1] }))).toEqual([Number.NaN, 2])
    }
    const rows = tensor([2, 1], [Number.NaN, 2])
    expect(numbers(await runOp(dense({ units: 1, activation }), [rows], { weights: [1] }))).toEqual([Number.NaN, 2])
  })

  it('a zero weight does not hide NaN or infinity', async () => {
    for (const value of [Number.NaN, Infinity]) {
      const result = await runOp(conv2d({ filters: 1 }), [pixels(value)], { weights: [0] })
      expect(numbers(result)).toEqual([Number.NaN])
    }
  })

  it('padding adds nothing, not even to an infinite weight', async () => {
    const op = conv2d({ filters: 1, kernel: [1, 2], padding: { ...noPadding, left: 1 } })
    expect(numbers(await runOp(op, [pixels(3)], { weights: [Infinity, 2] }))).toEqual([6])
  })

  it('NaN wins in every window that sees it', async () => {
    const image = pixels(1, Number.NaN, 3, 4)
    expect(numbers(await runOp({ kind: 'maxPool', ...window }, [image]))).toEqual([Number.NaN, Number.NaN, 4])
    const average = await runOp({ kind: 'averagePool', ...window, countPadding: false }, [image])
    expect(numbers(average)).toEqual([Number.NaN, Number.NaN, 3.5])
  })

  it('one NaN makes its whole row of a softmax NaN, and no other row', async () => {
    const result = await runOp({ kind: 'softmax' }, [tensor([2, 2], [1, Number.NaN, 1, 1])])
    expect(numbers(result)).toEqual([Number.NaN, Number.NaN, 0.5, 0.5])
  })

  it('infinities add, cancel to NaN and are clamped', async () => {
    const a = row(Infinity, Infinity, -Infinity)
    const b = row(1, -Infinity, -Infinity)
    expect(numbers(await runOp({ kind: 'binary', operator: 'add' }, [a, b]))).toEqual([Infinity, Number.NaN, -Infinity])
    expect(numbers(await runOp(relu6, [a]))).toEqual([6, 6, 0])
    expect(numbers(await runOp(relu, [a]))).toEqual([Infinity, Infinity, 0])
  })

  it('what float32 cannot hold becomes infinite', async () => {
    expect(numbers(await runOp({ kind: 'binary', operator: 'mul' }, [row(3e38), row(-2)]))).toEqual([-Infinity])
  })

  it('keeps denormals', async () => {
    const tiny = row(smallest, -smallest, 2 * smallest)
    expect(numbers(await runOp({ kind: 'binary', operator: 'add' }, [tiny, tiny]))).toEqual([
      2 * smallest,
      -2 * smallest,
      4 * smallest,
    ])
    const products = await runOp(dense({ units: 1 }), [tensor([1, 1], [smallest])], { weights: [3] })
    expect(numbers(products)).toEqual([3 * smallest])
  })
})
