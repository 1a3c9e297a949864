import { tensor } from '@depthwise/core'
import { type OpOf, resolvePadding, type Size2 } from '@depthwise/core/backend'
import { describe, expect, it } from 'vitest'
import { noPadding, numbers, runOp } from './run-op.ts'

// Worked out by hand. The conformance kit compares every backend with a definition; these pin the reference, which is the oracle
// of everything else, to numbers that no program made.

const image = tensor([1, 3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9])
const two: Size2 = [2, 2]
const same = resolvePadding('same', [3, 3], [2, 2], [2, 2])

function averagePool(attributes: Partial<OpOf<'averagePool'>>): OpOf<'averagePool'> {
  return { kind: 'averagePool', kernel: two, strides: two, padding: noPadding, countPadding: false, ...attributes }
}

function maxPool(attributes: Partial<OpOf<'maxPool'>>): OpOf<'maxPool'> {
  return { kind: 'maxPool', kernel: two, strides: two, padding: noPadding, ...attributes }
}

describe('averagePool', () => {
  it('leaves out what does not fill a window', async () => {
    expect(numbers(await runOp(averagePool({}), [image]))).toEqual([3])
  })

  it('divides by the pixels it saw, as TensorFlow does', async () => {
    const result = await runOp(averagePool({ padding: same }), [image])
    expect(numbers(result)).toEqual([3, 4.5, 7.5, 9])
  })

  it('divides by the whole window where padding counts, as torch does', async () => {
    const result = await runOp(averagePool({ padding: same, countPadding: true }), [image])
    expect(numbers(result)).toEqual([3, 2.25, 3.75, 2.25])
  })

  it('averages each channel of each image by itself', async () => {
    const pixels = tensor([2, 1, 2, 2], [1, 10, 3, 30, 5, 50, 7, 70])
    expect(numbers(await runOp(averagePool({ kernel: [1, 2] }), [pixels]))).toEqual([2, 20, 6, 60])
  })
})

describe('maxPool', () => {
  it('never lets padding win', async () => {
    const negative = tensor([1, 3, 3, 1], [-1, -2, -3, -4, -5, -6, -7, -8, -9])
    expect(numbers(await runOp(maxPool({ padding: same }), [negative]))).toEqual([-1, -3, -7, -9])
  })

  it('overlaps where the stride is smaller than the window', async () => {
    expect(numbers(await runOp(maxPool({ strides: [1, 1] }), [image]))).toEqual([5, 6, 8, 9])
  })

  it('returns minus infinity from a window of nothing else', async () => {
    const lowest = tensor([1, 2, 2, 1], new Array<number>(4).fill(-Infinity))
    expect(numbers(await runOp(maxPool({}), [lowest]))).toEqual([-Infinity])
  })
})

describe('globalAveragePool', () => {
  const pixels = tensor([2, 1, 2, 2], [1, 10, 3, 30, 5, 50, 7, 70])

  it('averages height and width away', async () => {
    const result = await runOp({ kind: 'globalAveragePool', keepDims: false }, [pixels])
    expect(result.shape).toEqual([2, 2])
    expect(numbers(result)).toEqual([2, 20, 6, 60])
  })

  it('keeps them as extents of 1 when told to', async () => {
    const result = await runOp({ kind: 'globalAveragePool', keepDims: true }, [pixels])
    expect(result.shape).toEqual([2, 1, 1, 2])
    expect(numbers(result)).toEqual([2, 20, 6, 60])
  })
})
