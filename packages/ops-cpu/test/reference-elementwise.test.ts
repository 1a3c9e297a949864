import { type Op, tensor } from '@depthwise/core'
import { clampTo, relu, relu6 } from '@depthwise/core/backend'
import { describe, expect, it } from 'vitest'
import { numbers, runOp } from './run-op.ts'

// Worked out by hand. The conformance kit compares every backend with a definition; these pin the reference, which is the oracle
// of everything else, to numbers that no program made.

const row = (...values: number[]) => tensor([1, values.length], values)

describe('activations', () => {
  const x = row(-2, -0.5, 0, 3, 7)

  it.each<[string, Op, number[]]>([
    ['relu', relu, [0, 0, 0, 3, 7]],
    ['relu6', relu6, [0, 0, 0, 3, 6]],
    ['clamp', clampTo({ min: -1, max: 5 }), [-1, -0.5, 0, 3, 5]],
    ['clamp without a lower end', clampTo({ min: -Infinity, max: 1 }), [-2, -0.5, 0, 1, 1]],
    ['dropout', { kind: 'dropout', rate: 0.5 }, [-2, -0.5, 0, 3, 7]],
  ])('%s', async (_name, op, expected) => {
    expect(numbers(await runOp(op, [x]))).toEqual(expected)
  })

  it('sigmoid saturates without overflow', async () => {
    const result = numbers(await runOp({ kind: 'sigmoid' }, [row(0, Math.log(3), -1000, 1000)]))
    expect(result).toEqual([0.5, 0.75, 0, 1])
  })
})

describe('softmax', () => {
  it('divides each row by its own sum', async () => {
    const logits = tensor([2, 2], [0, Math.log(3), 5, 5])
    const result = numbers(await runOp({ kind: 'softmax' }, [logits]))
    for (const [index, expected] of [0.25, 0.75, 0.5, 0.5].entries()) expect(result[index]).toBeCloseTo(expected, 7)
  })

  it('does not overflow on large logits', async () => {
    expect(numbers(await runOp({ kind: 'softmax' }, [row(3e38, 3e38)]))).toEqual([0.5, 0.5])
    expect(numbers(await runOp({ kind: 'softmax' }, [row(1000, -1000)]))).toEqual([1, 0])
  })

  it('gives minus infinity no share', async () => {
    expect(numbers(await runOp({ kind: 'softmax' }, [row(-Infinity, 1, 1)]))).toEqual([0, 0.5, 0.5])
  })
})

describe('add and mul', () => {
  const a = tensor([1, 2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])

  it('combine operands of one shape', async () => {
    expect(numbers(await runOp({ kind: 'binary', operator: 'add' }, [a, a]))).toEqual([2, 4, 6, 8, 10, 12, 14, 16])
    expect(numbers(await runOp({ kind: 'binary', operator: 'mul' }, [a, a]))).toEqual([1, 4, 9, 16, 25, 36, 49, 64])
  })

  it('stretch an extent of 1, on either side', async () => {
    const perChannel = tensor([1, 1, 1, 2], [10, 100])
    const expected = [10, 200, 30, 400, 50, 600, 70, 800]
    expect(numbers(await runOp({ kind: 'binary', operator: 'mul' }, [a, perChannel]))).toEqual(expected)
    expect(numbers(await runOp({ kind: 'binary', operator: 'mul' }, [perChannel, a]))).toEqual(expected)
  })

  it('stretch both operands at once', async () => {
    const column = tensor([1, 2, 1], [1, 2])
    const line = tensor([1, 1, 3], [10, 20, 30])
    const result = await runOp({ kind: 'binary', operator: 'add' }, [column, line])
    expect(result.shape).toEqual([1, 2, 3])
    expect(numbers(result)).toEqual([11, 21, 31, 12, 22, 32])
  })
})

describe('normalize', () => {
  it('scales and offsets each channel of reals', async () => {
    const op: Op = { kind: 'affine', scale: [2, 0.5], offset: [-1, 1] }
    expect(numbers(await runOp(op, [tensor([2, 2], [1, 2, 3, 4])]))).toEqual([1, 2, 5, 3])
  })

  it.each([
    ['uint8', new Uint8Array([0, 128, 255]), [-1, 127.5, 255]],
    ['int8', new Int8Array([-128, 0, 127]), [-129, -0.5, 127]],
    // 2^24 + 1 has no float32 of its own: it must be exact until the sum is stored.
    ['int32', new Int32Array([16777217, -1, 5]), [16777216, -1.5, 5]],
  ] as const)('takes %s in', async (_dtype, data, expected) => {
    const op: Op = { kind: 'affine', scale: [1, 1, 1], offset: [-1, -0.5, 0] }
    expect(numbers(await runOp(op, [tensor([1, 3], data)]))).toEqual(expected)
  })
})

describe('batchNorm', () => {
  const x = tensor([1, 1, 2, 2], [1, 2, 3, 4])
  const statistics = { epsilon: 1, mean: 'mean', variance: 'variance' }
  const values = { mean: [1, 2], variance: [3, 8], gamma: [10, -3], beta: [5, 0.5] }

  it('is gamma * (x - mean) / sqrt(variance + epsilon) + beta', async () => {
    const op: Op = { kind: 'batchNorm', ...statistics, gamma: 'gamma', beta: 'beta' }
    expect(numbers(await runOp(op, [x], values))).toEqual([5, 0.5, 15, -1.5])
  })

  it('takes a missing gamma for 1 and a missing beta for 0', async () => {
    const op: Op = { kind: 'batchNorm', ...statistics, gamma: null, beta: null }
    expect(numbers(await runOp(op, [x], values))).toEqual([0, 0, 1, Math.fround(2 / 3)])
  })
})
