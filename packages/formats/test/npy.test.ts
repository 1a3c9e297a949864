import { FormatError, type Tensor, tensor } from '@depthwise/core'
import { describeShared, sharedBytes } from '@depthwise/testing/shared-folder'
import { describe, expect, test } from 'vitest'
import { readNpy, writeNpy } from '../src/index.ts'

interface Spec {
  readonly version?: number
  readonly header?: string
  readonly descr?: string
  readonly fortran?: boolean
  readonly shape?: string
  readonly data?: Uint8Array
}

/** A `.npy` file put together by hand. */
function npy({ version = 1, header, descr = '<f4', fortran = false, shape = '(2,)', data }: Spec = {}): Uint8Array {
  const order = fortran ? 'True' : 'False'
  const text = header ?? `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`
  const length = new TextEncoder().encode(text).length
  const size = version === 1 ? [length & 255, length >> 8] : [length & 255, length >> 8, 0, 0]
  const body = data ?? new Uint8Array(new Float32Array([1, 2]).buffer)
  return Uint8Array.from([
    0x93,
    ...new TextEncoder().encode('NUMPY'),
    version,
    0,
    ...size,
    ...new TextEncoder().encode(text),
    ...body,
  ])
}

/** The bytes of numbers, as a DataView writes them. */
function bytesOf(width: number, values: readonly number[], write: (view: DataView, at: number, value: number) => void) {
  const bytes = new Uint8Array(width * values.length)
  for (const [i, value] of values.entries()) write(new DataView(bytes.buffer), i * width, value)
  return bytes
}

const read = (spec: Spec) => readNpy(npy(spec))

test('Buffers are read as the bytes they are, though they share their memory with others', () => {
  for (const descr of ['<f4', '>f4', '|u1']) {
    const data = Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2)
    const file = npy({ descr, shape: descr === '|u1' ? '(8,)' : '(2,)', data })
    const pooled = Buffer.from(file)
    expect(pooled.buffer.byteLength).toBeGreaterThan(pooled.length)
    const read = readNpy(pooled)
    pooled.fill(0)
    expect(read).toEqual(readNpy(file))
    expect(read.data).not.toBeInstanceOf(Buffer)
  }
})
const values = ({ data }: Tensor): number[] => Array.from(data)

describe('types', () => {
  const cases: readonly (readonly [string, number, (view: DataView, at: number, value: number) => void])[] = [
    ['<f4', 4, (view, at, value) => view.setFloat32(at, value, true)],
    ['>f4', 4, (view, at, value) => view.setFloat32(at, value)],
    ['<f8', 8, (view, at, value) => view.setFloat64(at, value, true)],
    ['>f8', 8, (view, at, value) => view.setFloat64(at, value)],
    ['|i1', 1, (view, at, value) => view.setInt8(at, value)],
    ['<i2', 2, (view, at, value) => view.setInt16(at, value, true)],
    ['>i2', 2, (view, at, value) => view.setInt16(at, value)],
    ['<i4', 4, (view, at, value) => view.setInt32(at, value, true)],
    ['>i4', 4, (view, at, value) => view.setInt32(at, value)],
    ['<i8', 8, (view, at, value) => view.setBigInt64(at, BigInt(value), true)],
    ['>i8', 8, (view, at, value) => view.setBigInt64(at, BigInt(value))],
  ]
  test.each(cases)('%s', (descr, width, write) => {
    const array = read({ descr, shape: '(3,)', data: bytesOf(width, [1, -2, 100], write) })
    expect(array.dtype).toBe(descr.includes('f') ? 'float32' : width === 1 ? 'int8' : 'int32')
    expect(values(array)).toEqual([1, -2, 100])
  })

  const unsigned: readonly (readonly [string, number, (view: DataView, at: number, value: number) => void])[] = [
    ['|u1', 1, (view, at, value) => view.setUint8(at, value)],
    ['<u2', 2, (view, at, value) => view.setUint16(at, value, true)],
    ['>u2', 2, (view, at, value) => view.setUint16(at, value)],
    ['<u4', 4, (view, at, value) => view.setUint32(at, value, true)],
    ['>u8', 8, (view, at, value) => view.setBigUint64(at, BigInt(value))],
  ]
  test.each(unsigned)('%s', (descr, width, write) => {
    const array = read({ descr, shape: '(2,)', data: bytesOf(width, [3, 200], write) })
    expect(array.dtype).toBe(width === 1 ? 'uint8' : 'int32')
    expect(values(array)).toEqual([3, 200])
  })

  test('halves, to the bit, and booleans', () => {
    const halves = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400, 0x8000, 0x7c00]
    const data = bytesOf(2, halves, (view, at, value) => view.setUint16(at, value, true))
    const expected = [1, -2, 65504, 2 ** -24, 2 ** -14, -0, Infinity]
    expect(values(read({ descr: '<f2', shape: '(7,)', data }))).toEqual(expected)
    const booleans = read({ descr: '|b1', shape: '(3,)', data: Uint8Array.of(1, 0, 7) })
    expect(booleans).toEqual(tensor([3], Uint8Array.of(1, 0, 1)))
  })

  test('doubles are rounded, NaN and infinities kept', () => {
    const data = bytesOf(8, [0.1, Number.NaN, -Infinity], (view, at, value) => view.setFloat64(at, value, true))
    expect(values(read({ descr: '<f8', shape: '(3,)', data }))).toEqual([Math.fround(0.1), Number.NaN, -Infinity])
  })

  test('what no dtype of core can hold', () => {
    const wide = bytesOf(8, [5, 2 ** 31], (view, at, value) => view.setBigInt64(at, BigInt(value), true))
    expect(() => read({ descr: '<i8', data: wide })).toThrow(
      'npy, data: expected numbers that int32 can hold, found 2147483648 at index 1',
    )
    const huge = bytesOf(8, [1e39, 0], (view, at, value) => view.setFloat64(at, value, true))
    expect(() => read({ descr: '<f8', data: huge })).toThrow(/that float32 can hold, found 1e\+39 at index 0/)
  })

  test.each(['<c8', '|S4', '<U3', '|O', '<M8[ns]', '<f16', '<b1x', 'f'])('%s is refused', descr => {
    expect(() => read({ descr })).toThrow(/^npy, field descr: expected a type of b1, /)
  })
})

describe('layout', () => {
  const data = Uint8Array.from({ length: 24 }, (_, i) => i)

  test('Fortran order is turned', () => {
    const { shape, data: turned } = read({ descr: '|u1', fortran: true, shape: '(2, 3, 4)', data })
    expect(shape).toEqual([2, 3, 4])
    const at = (i: number, j: number, k: number) => turned[(i * 3 + j) * 4 + k]
    for (let i = 0; i < 2; i += 1)
      for (let j = 0; j < 3; j += 1) for (let k = 0; k < 4; k += 1) expect(at(i, j, k)).toBe(i + 2 * j + 6 * k)
  })

  test('a scalar, one axis, versions 2 and 3, keys in another order, Python 2 integers', () => {
    expect(read({ shape: '()', data: data.subarray(0, 4) }).shape).toEqual([])
    expect(read({ shape: '(2,)' }).shape).toEqual([2])
    expect(read({ version: 2 })).toEqual(read({}))
    expect(read({ version: 3 })).toEqual(read({}))
    expect(read({ header: `{"shape": (2L,), "fortran_order": False, "descr": "<f4"}` })).toEqual(read({}))
  })

  test('what is read is a copy', () => {
    const file = npy()
    const array = readNpy(file)
    file.fill(0)
    expect(values(array)).toEqual([1, 2])
  })
})

describe('files that lie', () => {
  test.each([
    [{ version: 4 }, 'npy, byte 6: expected version 1, 2 or 3, found 4'],
    [{ shape: '(3,)' }, 'npy, data: expected 12 bytes for float32 3, found 8'],
    [{ shape: '(1,)' }, 'npy, data: expected 4 bytes for float32 1, found 8'],
    [{ shape: '(0,)' }, 'npy, field shape: expected positive integer extents, found [0]'],
    [{ shape: '(65536, 65536)' }, 'npy, field shape: expected at most 2147483647 elements, found 65536x65536'],
    [{ shape: '(-1,)' }, 'npy, header: expected an extent, found "-"'],
    [{ shape: '(1e3,)' }, 'npy, header: expected an extent, found "1e3"'],
    [{ shape: '2' }, 'npy, header: expected a string, found "2"'],
    [{ shape: "'2'" }, 'npy, field shape: expected a tuple, found "2"'],
    [{ header: "{'descr': '<f4'}" }, 'npy, field fortran_order: expected True or False, found nothing'],
    [{ header: "{'descr': '<f4', 'descr': '<f4'}" }, 'npy, header: expected each key once, found "descr" twice'],
    [{ header: "{'__proto__': True}" }, 'npy, header: expected descr, fortran_order, shape, found "__proto__"'],
    [{ header: "{'descr': [('a', '<f4')]}" }, 'npy, header: expected a string, found "["'],
    [{ header: '' }, 'npy, header: expected "{", found nothing'],
    [{ header: '{} x' }, 'npy, header: expected the end of the header, found "x"'],
    [
      { header: `{'shape': (${'1, '.repeat(4000)})}` },
      'npy, byte 8: expected a header of at most 10000 bytes, found 12013',
    ],
  ] as const)('%o', (spec, message) => {
    expect(() => read(spec)).toThrow(FormatError)
    expect(() => read(spec)).toThrow(message)
  })

  test('every beginning of a file', () => {
    const file = npy()
    for (let length = 0; length < file.length; length += 1) {
      expect(() => readNpy(file.subarray(0, length))).toThrow(FormatError)
    }
  })
})

test('what is written is read again, data at a multiple of 64', () => {
  const arrays = [
    tensor([], [1.5]),
    tensor([3], Int8Array.of(-1, 0, 1)),
    tensor([2, 2], Uint8Array.of(1, 2, 3, 255)),
    tensor([1, 2, 1, 2], Int32Array.of(-(2 ** 31), 0, 1, 2 ** 31 - 1)),
    tensor([2], [Number.NaN, -Infinity]),
  ]
  for (const array of arrays) {
    const file = writeNpy(array)
    expect((file.length - array.data.byteLength) % 64).toBe(0)
    expect(readNpy(file)).toEqual(array)
    expect(writeNpy(readNpy(file))).toEqual(file)
  }
  expect(() => writeNpy(tensor(new Array(5000).fill(1), [1]))).toThrow(/under 10000 bytes, found 5000 of them/)
})

describeShared('files that NumPy wrote', () => {
  test('are written again byte for byte', () => {
    for (const path of ['golden/litert/bird.96.f01.input', 'golden/bird.torch_256_224', 'golden/cat.v2_float_logits']) {
      const file = sharedBytes(`${path}.npy`)
      expect(Buffer.compare(writeNpy(readNpy(file)), file)).toBe(0)
    }
  })
})

test('the Buffer that Node reads files into is copied, not shared with the pool it lies in', () => {
  const file = Buffer.from(npy())
  const { data } = readNpy(file)
  file.fill(0)
  expect([...data]).toEqual([1, 2])
})
