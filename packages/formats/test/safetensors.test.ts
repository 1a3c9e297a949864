import { FormatError, type Tensor, tensor, WeightsError } from '@depthwise/core'
import { describeShared, sharedBytes } from '@depthwise/testing/shared-folder'
import { describe, expect, test } from 'vitest'
import { readSafetensors, writeSafetensors } from '../src/index.ts'

/** A file with this header text and as many bytes of data. */
function file(header: string, data: ArrayLike<number> = []): Uint8Array {
  const text = new TextEncoder().encode(header)
  const bytes = new Uint8Array(8 + text.length + data.length)
  new DataView(bytes.buffer).setUint32(0, text.length, true)
  bytes.set(text, 8)
  bytes.set(Uint8Array.from(data), 8 + text.length)
  return bytes
}

const entry = (dtype: string, shape: readonly number[], offsets: readonly unknown[]) => ({
  dtype,
  shape,
  data_offsets: offsets,
})
const read = (header: unknown, data: ArrayLike<number> = []) => readSafetensors(file(JSON.stringify(header), data))

test.each([
  ['BOOL', [1, 0], tensor([2], Uint8Array.of(1, 0))],
  ['U8', [1, 255], tensor([2], Uint8Array.of(1, 255))],
  ['I8', [1, 255], tensor([2], Int8Array.of(1, -1))],
  ['U16', [1, 0, 255, 255], tensor([2], Int32Array.of(1, 65535))],
  ['I16', [1, 0, 255, 255], tensor([2], Int32Array.of(1, -1))],
  ['U32', [1, 0, 0, 0, 0, 0, 1, 0], tensor([2], Int32Array.of(1, 65536))],
  ['I32', [1, 0, 0, 0, 255, 255, 255, 255], tensor([2], Int32Array.of(1, -1))],
  ['I64', [1, 0, 0, 0, 0, 0, 0, 0, ...new Array(8).fill(255)], tensor([2], Int32Array.of(1, -1))],
  ['U64', [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0], tensor([2], Int32Array.of(1, 2))],
  ['F16', [0, 0x3c, 0, 0xc0], tensor([2], [1, -2])],
  ['BF16', [0x80, 0x3f, 0, 0xc0], tensor([2], [1, -2])],
  ['F32', [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0], tensor([2], [1, -2])],
  ['F64', [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0], tensor([2], [1, -2])],
] as const)('reads %s', (dtype, data, expected) => {
  expect(read({ x: entry(dtype, [2], [0, data.length]) }, data).tensors.get('x')).toEqual(expected)
})

describe('writing', () => {
  const tensors = new Map<string, Tensor>([
    ['z', tensor([2], [1, 2])],
    ['bytes', tensor([3], Uint8Array.of(1, 2, 3))],
    ['a', tensor([], [0.1])],
    ['7', tensor([1, 2], Int32Array.of(-5, 5))],
    ['"quoted" \u{1f426}\n', tensor([1], Int8Array.of(-7))],
    ['__proto__', tensor([1], [8])],
  ])
  const metadata = { z: 'last', format: 'depthwise test', 7: 'seven' }

  test('what is written is read again, whatever the order it came in', () => {
    const bytes = writeSafetensors(tensors, { metadata })
    const again = readSafetensors(bytes)
    expect(new Map([...again.tensors].sort())).toEqual(new Map([...tensors].sort()))
    expect(again.metadata).toEqual(metadata)
    expect(writeSafetensors(new Map([...tensors].reverse()), { metadata })).toEqual(bytes)
    expect(readSafetensors(writeSafetensors(new Map())).tensors.size).toBe(0)
  })

  test('every tensor is aligned to its element', () => {
    const bytes = writeSafetensors(tensors)
    const length = new DataView(bytes.buffer).getUint32(0, true)
    expect(length % 8).toBe(0)
    const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString()) as Record<
      string,
      { dtype: string; data_offsets: [number, number] }
    >
    for (const { dtype, data_offsets: offsets } of Object.values(header)) {
      expect(offsets[0] % (dtype.endsWith('32') ? 4 : 1)).toBe(0)
    }
  })

  test('float16 rounds to the nearest half, ties to even, and leaves what would overflow', () => {
    const values = [
      0,
      -0,
      1,
      1 / 3,
      2048.5,
      2049,
      2051,
      65504,
      6e-8,
      2 ** -25,
      3 * 2 ** -25,
      2 ** -14,
      6.1e-5,
      -Infinity,
      Number.NaN,
    ]
    const written = writeSafetensors(
      new Map([
        ['x', tensor([values.length], values)],
        ['large', tensor([2], [65520, 0.1])],
      ]),
      { dtype: 'float16' },
    )
    const { tensors: again } = readSafetensors(written)
    const halves = [0, -0, 1, 0.333251953125, 2048, 2048, 2052, 65504, 2 ** -24, 0, 2 ** -23, 2 ** -14]
    expect(Array.from(again.get('x')?.data ?? []).slice(0, 12)).toEqual(halves)
    const tail = Array.from(again.get('x')?.data ?? []).slice(12)
    expect(tail).toEqual([1023 * 2 ** -24, -Infinity, Number.NaN])
    expect(Array.from(again.get('large')?.data ?? [])).toEqual([65520, Math.fround(0.1)])
  })

  test('a name and a storage that are none', () => {
    expect(() => writeSafetensors(new Map([['__metadata__', tensor([1], [1])]]))).toThrow(WeightsError)
    expect(() => writeSafetensors(new Map(), { dtype: 'float8' as 'float16' })).toThrow(
      'option dtype: expected float32 or float16, found "float8"',
    )
  })
})

describe('headers that lie', () => {
  const ok = entry('U8', [1], [0, 1])
  const refused = (header: unknown, data: ArrayLike<number>, message: string | RegExp): void => {
    expect(() => read(header, data)).toThrow(FormatError)
    expect(() => read(header, data)).toThrow(message)
  }

  test('lengths', () => {
    expect(() => readSafetensors(new Uint8Array(7))).toThrow('safetensors: expected at least 8 bytes, found 7')
    const bytes = file('{}')
    for (const [low, high] of [
      [3, 0],
      [2 ** 32 - 1, 0],
      [2, 1],
    ] as const) {
      new DataView(bytes.buffer).setUint32(0, low, true)
      new DataView(bytes.buffer).setUint32(4, high, true)
      expect(() => readSafetensors(bytes)).toThrow(/^safetensors, byte 0: expected a header of at most 2 bytes/)
    }
  })

  test('no JSON, no object, no UTF-8', () => {
    expect(() => readSafetensors(file('{'))).toThrow('safetensors, header: expected JSON, found "{"')
    expect(() => readSafetensors(file('[]'))).toThrow('safetensors, byte 8: expected a JSON object')
    expect(() => readSafetensors(file(''))).toThrow('safetensors, byte 8: expected a JSON object')
    const bytes = file('{"a":1}')
    bytes[10] = 0xff
    expect(() => readSafetensors(bytes)).toThrow('safetensors, header: expected UTF-8')
  })

  test('keys that come twice, also when they are spelt differently', () => {
    for (const text of [
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\\u0061":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
      '{"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"shape":[1]}}',
      '{"__metadata__":{"k,{":"1","k,{":"2"}}',
    ]) {
      expect(() => readSafetensors(file(text, [1]))).toThrow(/expected each key once, found "(a|shape|k,\{)" twice/)
    }
    const sound = '{"__metadata__":{"a":"\\"a\\":{}","b":"a"},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'
    expect(readSafetensors(file(sound, [1])).tensors.size).toBe(1)
  })

  test('offsets that overlap, leave holes, go backwards or beyond', () => {
    const where = 'safetensors, tensor "b", data_offsets'
    refused({ a: ok, b: ok }, [1], `${where}: expected data from 1, found 0, inside another tensor`)
    refused({ a: ok, b: entry('U8', [1], [2, 3]) }, [1, 2, 3], `${where}: expected data from 1, found 2, behind a hole`)
    refused({ b: entry('U8', [1], [1, 0]) }, [1], `${where}: expected 1 bytes, found 1 to 0`)
    refused({ b: entry('U8', [2], [0, 1]) }, [1], `${where}: expected 2 bytes, found 0 to 1`)
    refused({ b: entry('U8', [1], [0]) }, [1], `${where}: expected two numbers, found 1`)
    refused({ b: entry('U8', [1], [-1, 0]) }, [1], /data_offsets: expected an integer of at least 0, found -1/)
    refused({ b: entry('U8', [1], [0, '1']) }, [1], /data_offsets: expected an integer of at least 0, found "1"/)
    refused({ a: ok }, [1, 2], /^safetensors: expected a file of \d+ bytes, found \d+/)
    refused({ a: ok }, [], /^safetensors: expected a file of \d+ bytes, found \d+/)
  })

  test('shapes and dtypes', () => {
    refused({ a: entry('Q4', [1], [0, 1]) }, [1], /tensor "a", dtype: expected BOOL, .*, found "Q4"/)
    refused({ a: entry('toString', [1], [0, 1]) }, [1], /tensor "a", dtype: expected BOOL/)
    refused({ a: entry('U8', [0], [0, 0]) }, [], /tensor "a", shape: expected positive integer extents, found \[0\]/)
    refused({ a: entry('U8', [2 ** 20, 2 ** 20], [0, 2 ** 40]) }, [1], /tensor "a", shape: expected at most 2147483647/)
    refused({ a: entry('U8', [1.5], [0, 1]) }, [1], /tensor "a", shape: expected an integer/)
    refused({ a: { dtype: 'U8', data_offsets: [0, 1] } }, [1], /tensor "a", shape: expected a list, found nothing/)
    refused({ a: 7 }, [1], 'safetensors, tensor "a": expected an object, found 7')
    refused({ __metadata__: { a: 1 } }, [], 'safetensors, __metadata__, "a": expected a string, found 1')
    refused({ __metadata__: [] }, [], 'safetensors, __metadata__: expected an object, found a list of 0')
    refused(
      { a: entry('I64', [1], [0, 8]) },
      new Array(8).fill(0x7f),
      /tensor "a": expected numbers that int32 can hold/,
    )
  })

  test('brackets without end do not exhaust the stack', () => {
    expect(() => readSafetensors(file(`{"a":${'['.repeat(100_000)}`))).toThrow(FormatError)
    const deep = `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`
    expect(() => readSafetensors(file(deep))).toThrow(FormatError)
  })
})

describeShared('the file that torch wrote', () => {
  test('has all its tensors', () => {
    const bytes = sharedBytes('checkpoints/torchvision_random/mobilenet_v2_0.35_96_10classes.safetensors')
    const { tensors, metadata } = readSafetensors(bytes)
    expect(metadata).toEqual({ format: 'pt' })
    expect(tensors.size).toBe(314)
    expect(tensors.get('features.0.0.weight')?.shape).toEqual([16, 3, 3, 3])
    expect(tensors.get('features.0.1.num_batches_tracked')?.dtype).toBe('int32')
    expect(new Map(readSafetensors(writeSafetensors(tensors)).tensors)).toEqual(new Map(tensors))
  })
})
