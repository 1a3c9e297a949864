import { tensor } from '@depthwise/core'
import { clampTo, resolvePadding, type Size2 } from '@depthwise/core/backend'
import { describe, expect, it } from 'vitest'
import { conv2d, dense, depthwiseConv2d, numbers, runOp } from './run-op.ts'

// Worked out by hand. The conformance kit compares every backend with a definition; these pin the reference, which is the oracle
// of everything else, to numbers that no program made.

/** A one-channel image that counts from 1, row by row. */
function counting(height: number, width: number) {
  return tensor(
    [1, height, width, 1],
    Array.from({ length: height * width }, (_, i) => i + 1),
  )
}

const nine = { weights: new Array<number>(9).fill(1) }

function boxSame(height: number, width: number, strides: Size2) {
  const padding = resolvePadding('same', [height, width], [3, 3], strides)
  return runOp(conv2d({ filters: 1, kernel: [3, 3], strides, padding }), [counting(height, width)], nine)
}

describe('conv2d', () => {
  it('pads an even image only behind at stride 2', async () => {
    const result = await boxSame(4, 4, [2, 2])
    expect(result.shape).toEqual([1, 2, 2, 1])
    expect(numbers(result)).toEqual([54, 45, 72, 54])
  })

  it('pads an odd image on both sides at stride 2', async () => {
    const result = await boxSame(3, 3, [2, 2])
    expect(result.shape).toEqual([1, 2, 2, 1])
    expect(numbers(result)).toEqual([12, 16, 24, 28])
  })

  it('takes a stride an axis', async () => {
    expect(numbers(await boxSame(3, 4, [2, 1]))).toEqual([14, 24, 30, 22, 30, 48, 54, 38])
  })

  it('correlates: the kernel is not flipped', async () => {
    const row = conv2d({ filters: 1, kernel: [1, 2] })
    expect(numbers(await runOp(row, [counting(1, 3)], { weights: [1, 10] }))).toEqual([21, 32])
    const column = conv2d({ filters: 1, kernel: [2, 1] })
    expect(numbers(await runOp(column, [counting(3, 1)], { weights: [1, 10] }))).toEqual([21, 32])
  })

  it('honours four different paddings', async () => {
    const op = conv2d({ filters: 1, kernel: [2, 2], padding: { top: 2, bottom: 0, left: 0, right: 1 } })
    const result = await runOp(op, [counting(2, 2)], { weights: [1, 10, 100, 1000] })
    expect(result.shape).toEqual([1, 3, 2, 1])
    expect(numbers(result)).toEqual([0, 0, 2100, 200, 4321, 402])
  })

  it('spreads the taps by the dilation', async () => {
    const op = conv2d({ filters: 1, kernel: [1, 2], dilations: [1, 2] })
    expect(numbers(await runOp(op, [counting(1, 4)], { weights: [1, 10] }))).toEqual([31, 42])
  })

  it('reads weights as HWIO', async () => {
    const result = await runOp(conv2d({ filters: 2 }), [tensor([1, 1, 1, 2], [1, 2])], { weights: [10, 20, 30, 40] })
    expect(numbers(result)).toEqual([70, 100])
  })

  it('lets a filter read the channels of its group only', async () => {
    const op = conv2d({ filters: 4, groups: 2 })
    const result = await runOp(op, [tensor([1, 1, 1, 4], [1, 2, 3, 4])], { weights: [1, 2, 3, 4, 5, 6, 7, 8] })
    expect(numbers(result)).toEqual([11, 14, 37, 44])
  })

  it('keeps the images of a batch apart', async () => {
    const op = conv2d({ filters: 1, kernel: [2, 1], padding: { top: 1, bottom: 1, left: 0, right: 0 } })
    const result = await runOp(op, [tensor([2, 2, 1, 1], [1, 2, 3, 4])], { weights: [1, 10] })
    expect(numbers(result)).toEqual([10, 21, 2, 30, 43, 4])
  })

  it('stores activation(product + bias + residual)', async () => {
    const op = conv2d({ filters: 3, bias: 'bias', residual: true, activation: clampTo({ min: -1, max: 6 }) })
    const operands = [tensor([1, 1, 1, 1], [2]), tensor([1, 1, 1, 3], [0.5, 100, -100])]
    const result = await runOp(op, operands, { weights: [1, 1, 1], bias: [0.25, -95, 95.5] })
    expect(numbers(result)).toEqual([2.75, 6, -1])
  })

  it('sums in float64: what cancels leaves no rounding behind', async () => {
    const result = await runOp(conv2d({ filters: 1 }), [tensor([1, 1, 1, 3], [1e8, 1, -1e8])], { weights: [1, 1, 1] })
    expect(numbers(result)).toEqual([1])
  })
})

describe('depthwiseConv2d', () => {
  it('filters each channel by itself', async () => {
    const op = depthwiseConv2d({ kernel: [1, 2] })
    const result = await runOp(op, [tensor([1, 1, 2, 2], [1, 2, 3, 4])], { weights: [1, 10, 100, 1000] })
    expect(numbers(result)).toEqual([301, 4020])
  })

  it('gives channel c the outputs c * multiplier + m', async () => {
    const op = depthwiseConv2d({ multiplier: 2 })
    const result = await runOp(op, [tensor([1, 1, 1, 2], [1, 2])], { weights: [10, 20, 30, 40] })
    expect(numbers(result)).toEqual([10, 20, 60, 80])
  })

  it('stores activation(product + bias + residual)', async () => {
    const op = depthwiseConv2d({ bias: 'bias', residual: true, activation: clampTo({ min: 0, max: Infinity }) })
    const operands = [tensor([1, 1, 1, 2], [1, 2]), tensor([1, 1, 1, 2], [0.5, -90])]
    expect(numbers(await runOp(op, operands, { weights: [3, 4], bias: [10, 20] }))).toEqual([13.5, 0])
  })
})

describe('dense', () => {
  it('reads weights as [in, units], a row for each item', async () => {
    const result = await runOp(dense({ units: 3 }), [tensor([2, 2], [1, 2, 3, 4])], { weights: [1, 2, 3, 10, 20, 30] })
    expect(numbers(result)).toEqual([21, 42, 63, 43, 86, 129])
  })

  it('stores activation(product + bias + residual)', async () => {
    const op = dense({ units: 2, bias: 'bias', residual: true, activation: clampTo({ min: 0, max: 6 }) })
    const operands = [tensor([1, 1], [2]), tensor([1, 2], [-0.5, 4])]
    expect(numbers(await runOp(op, operands, { weights: [1, 1], bias: [1, 1] }))).toEqual([2.5, 6])
  })
})
