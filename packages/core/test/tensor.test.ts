import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import {
  bytesPerElement,
  checkShape,
  copyData,
  dtypeOf,
  dtypes,
  elementCount,
  formatShape,
  maxElements,
  sameShape,
} from '../src/backend.ts'
import { ShapeError, tensor, zeros } from '../src/index.ts'

describe('tensor', () => {
  it('keeps typed arrays, and makes float32 of plain numbers', () => {
    const data = new Int8Array([1, 2, 3, 4])
    const kept = tensor([2, 2], data)
    expect(kept.data).toBe(data)
    expect(kept.dtype).toBe('int8')
    expect(tensor([3], [0.5, 1, 2])).toEqual({ dtype: 'float32', shape: [3], data: new Float32Array([0.5, 1, 2]) })
  })

  it('rejects data and shape that do not agree', () => {
    expect(() => tensor([2, 3], [1, 2, 3])).toThrow('tensor 2x3: expected 6 elements, found 3')
  })

  it('makes zeros of every dtype', () => {
    for (const dtype of dtypes) {
      const { data, shape } = zeros([2, 3], dtype)
      expect([data.length, shape, dtypeOf(data)]).toEqual([6, [2, 3], dtype])
      expect(data.every(value => value === 0)).toBe(true)
    }
    expect(zeros([]).data).toHaveLength(1)
    expect(dtypes.map(bytesPerElement)).toEqual([4, 1, 1, 4])
  })
})

describe('dtypeOf', () => {
  it('knows the arrays of another realm, and Buffers as bytes', () => {
    expect(dtypeOf(runInNewContext('new Float32Array(3)'))).toBe('float32')
    expect(dtypeOf(Buffer.from('abc'))).toBe('uint8')
  })

  it.each([
    ['a list', [1]],
    ['float64', new Float64Array(1)],
    ['clamped bytes', new Uint8ClampedArray(1)],
    ['a DataView', new DataView(new ArrayBuffer(4))],
    ['a buffer', new ArrayBuffer(4)],
    ['a liar', { [Symbol.toStringTag]: 'Float32Array' }],
    ['nothing', undefined],
    ['null', null],
  ])('is undefined for %s', (_name, value) => {
    expect(dtypeOf(value)).toBeUndefined()
  })
})

describe('copyData', () => {
  it('copies numbers of every dtype into memory of their own', () => {
    for (const dtype of dtypes) {
      const { data } = zeros([3], dtype)
      const copy = copyData(data.subarray(1))
      data.fill(7)
      expect([dtypeOf(copy), [...copy], copy.buffer.byteLength]).toEqual([dtype, [0, 0], 2 * bytesPerElement(dtype)])
    }
  })

  it('copies Buffers, whose own slice does not, out of the pool they share', () => {
    const buffer = Buffer.from('abc')
    const copy = copyData(buffer)
    buffer.fill(0)
    expect([...copy]).toEqual([97, 98, 99])
    expect(copy.buffer.byteLength).toBe(3)
  })

  it('copies nothing else', () => {
    expect(() => copyData(new Float64Array(2) as never)).toThrow(ShapeError)
  })
})

describe('shapes', () => {
  it('count, compare and print', () => {
    expect(elementCount([2, 3, 4])).toBe(24)
    expect(elementCount([])).toBe(1)
    expect(sameShape([1, 2], [1, 2])).toBe(true)
    expect(sameShape([1, 2], [1, 2, 1])).toBe(false)
    expect(sameShape([1, 2], [2, 1])).toBe(false)
    expect(formatShape([1, 224, 224, 3])).toBe('1x224x224x3')
    expect(formatShape([])).toBe('scalar')
  })

  it.each<[string, readonly number[], string]>([
    ['zero', [1, 0], '[1,0]'],
    ['negative', [-1], '[-1]'],
    ['broken', [1.5], '[1.5]'],
    ['no number', [Number.NaN], '[NaN]'],
    ['endless', [Infinity], '[Infinity]'],
    ['missing', new Array<number>(2), '[nothing,nothing]'],
    ['no list', 'abc' as unknown as number[], '"abc"'],
  ])('refuse a %s extent, and show it', (_name, shape, found) => {
    expect(() => checkShape(shape, 'here')).toThrow(ShapeError)
    expect(() => checkShape(shape, 'here')).toThrow(`here: expected positive integer extents, found ${found}`)
  })

  it('refuse more elements than 32 bits address, also beyond the range of doubles', () => {
    expect(() => checkShape([maxElements], 'here')).not.toThrow()
    expect(() => checkShape([2 ** 16, 2 ** 15], 'here')).toThrow(/at most 2147483647 elements/)
    expect(() => checkShape(new Array<number>(400).fill(1000), 'here')).toThrow(ShapeError)
  })
})
