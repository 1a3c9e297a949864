import { tensor } from '@depthwise/core'
import { describe, expect, it } from 'vitest'
import { numbers, runOp } from './run-op.ts'

// Worked out by hand. The conformance kit compares every backend with a definition; these pin the reference, which is the oracle
// of everything else, to numbers that no program made.

const x = tensor([1, 2, 2], [1, 2, 3, 4])

describe('pad', () => {
  it('puts each row where its axes say', async () => {
    const pads = [
      [0, 0],
      [1, 0],
      [0, 2],
    ] as const
    const result = await runOp({ kind: 'pad', pads, value: 9 }, [x])
    expect(result.shape).toEqual([1, 3, 4])
    expect(numbers(result)).toEqual([9, 9, 9, 9, 1, 2, 9, 9, 3, 4, 9, 9])
  })

  it('pads with infinity too', async () => {
    const pads = [
      [0, 0],
      [1, 1],
    ] as const
    expect(numbers(await runOp({ kind: 'pad', pads, value: -Infinity }, [tensor([1, 1], [7])]))).toEqual([
      -Infinity,
      7,
      -Infinity,
    ])
  })
})

describe('concat', () => {
  it('joins along an inner axis', async () => {
    const y = tensor([1, 2, 1], [10, 20])
    const result = await runOp({ kind: 'concat', axis: 2 }, [x, y, x])
    expect(result.shape).toEqual([1, 2, 5])
    expect(numbers(result)).toEqual([1, 2, 10, 1, 2, 3, 4, 20, 3, 4])
  })

  it('joins along an outer axis, image by image', async () => {
    const a = tensor([2, 1, 2], [1, 2, 3, 4])
    const b = tensor([2, 2, 2], [10, 20, 30, 40, 50, 60, 70, 80])
    const result = await runOp({ kind: 'concat', axis: 1 }, [a, b])
    expect(result.shape).toEqual([2, 3, 2])
    expect(numbers(result)).toEqual([1, 2, 10, 20, 30, 40, 3, 4, 50, 60, 70, 80])
  })
})

describe('reshape', () => {
  it('keeps the order of the elements', async () => {
    const result = await runOp({ kind: 'reshape', target: [4, 1] }, [x])
    expect(result.shape).toEqual([1, 4, 1])
    expect(numbers(result)).toEqual([1, 2, 3, 4])
  })
})
