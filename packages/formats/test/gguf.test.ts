import { FormatError, type Tensor, tensor } from '@depthwise/core'
import { type GgufEntry, ggufFile, ggufParts } from '@depthwise/testing/files/gguf-file'
import { expect, it } from 'vitest'
import { readGguf } from '../src/index.ts'

/** Written by the Python package gguf, 0.19.0: arrays of NumPy called `conv.weight`, `conv.bias` and `count`. */
const written = Buffer.from(
  'R0dVRgMAAAADAAAAAAAAAAgAAAAAAAAAFAAAAAAAAABnZW5lcmFsLmFyY2hpdGVjdHVyZQgAAAAJAAAAAAAAAG1vYmlsZW5ldAwAAAAAAAAAZ2VuZXJhbC5uYW1lCAAAAAsAAAAAAAAAdHdvIHRlbnNvcnMBAAAAAAAAAG4EAAAABwAAAAMAAAAAAAAAeWVzBwAAAAEEAAAAAAAAAGhhbGYGAAAAAAAAPwYAAAAAAAAAdG9rZW5zCQAAAAgAAAACAAAAAAAAAAEAAAAAAAAAYQIAAAAAAAAAYmMDAAAAAAAAAGlkcwkAAAAFAAAAAwAAAAAAAAABAAAAAgAAAAMAAAAEAAAAAAAAAHdpZGULAAAA+/////////8LAAAAAAAAAGNvbnYud2VpZ2h0BAAAAAIAAAAAAAAAAgAAAAAAAAADAAAAAAAAAAIAAAAAAAAAAAAAAAAAAAAAAAAACQAAAAAAAABjb252LmJpYXMBAAAAAwAAAAAAAAABAAAAYAAAAAAAAAAFAAAAAAAAAGNvdW50AQAAAAIAAAAAAAAAGwAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA/AAAAQAAAQEAAAIBAAACgQAAAwEAAAOBAAAAAQQAAEEEAACBBAAAwQQAAQEEAAFBBAABgQQAAcEEAAIBBAACIQQAAkEEAAJhBAACgQQAAqEEAALBBAAC4QQA4AMD/ewAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA//////////8HAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  'base64',
)

const float = new Uint8Array(4)
const entry: GgufEntry = { name: 'a', extents: [1], type: 0, offset: 0 }

it('reads what the reference implementation writes', async () => {
  const { tensors, metadata } = await readGguf(written)
  expect([...tensors]).toEqual([
    [
      'conv.weight',
      tensor(
        [2, 3, 2, 2],
        Float32Array.from({ length: 24 }, (_, index) => index),
      ),
    ],
    ['conv.bias', tensor([3], [0.5, -2, 65504])],
    ['count', tensor([2], Int32Array.of(-1, 7))],
  ])
  // `tokens` and `ids` are arrays.
  expect(Object.fromEntries(metadata)).toEqual({
    'general.architecture': 'mobilenet',
    'general.name': 'two tensors',
    n: 7,
    yes: true,
    half: 0.5,
    wide: -5,
  })
})

it.each([
  ['float16', 1, [0, 0x3c, 0, 0xc0], tensor([2], [1, -2])],
  ['int8', 24, [1, 255], tensor([2], Int8Array.of(1, -1))],
  ['int16', 25, [1, 0, 255, 255], tensor([2], Int32Array.of(1, -1))],
  ['int32', 26, [1, 0, 0, 0, 255, 255, 255, 255], tensor([2], Int32Array.of(1, -1))],
  ['float64', 28, [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0], tensor([2], [1, -2])],
  ['bfloat16', 30, [0x80, 0x3f, 0, 0xc0], tensor([2], [1, -2])],
] as const)('reads %s', async (_, type, data, expected) => {
  const file = ggufParts({ entries: [{ ...entry, extents: [2], type }], data: Uint8Array.from(data) })
  expect((await readGguf(file)).tensors.get('a')).toEqual(expected)
})

it('reads scalars, files of version 2, and other alignments', async () => {
  const scalar = ggufParts({ version: 2, entries: [{ ...entry, extents: [] }], data: float })
  expect((await readGguf(scalar)).tensors.get('a')).toEqual(tensor([], [0]))
  const entries = [entry, { ...entry, name: 'b', offset: 4 }]
  const keys = [['general.alignment', { type: 4, value: 4 }]] as const
  const data = new Uint8Array(Float32Array.of(3, 5).buffer)
  const { tensors } = await readGguf(ggufParts({ keys, entries, data, alignment: 4 }))
  expect([tensors.get('a'), tensors.get('b')]).toEqual([tensor([1], [3]), tensor([1], [5])])
})

it.each([
  [
    'a version before the second',
    ggufParts({ version: 1 }),
    'gguf, version, byte 4: expected 2 or 3, low byte first, found 1',
  ],
  ['a big-endian file', ggufParts({ version: 0x03000000 }), 'found a big-endian file'],
  [
    'a file of its magic alone',
    written.subarray(0, 4),
    'gguf, version, byte 4: expected 4 bytes, found 0 left in the file',
  ],
  [
    'a key that breaks off',
    written.subarray(0, 40),
    'gguf, key 0, byte 32: expected 20 bytes, found 8 left in the file',
  ],
  ['data that breaks off', written.subarray(0, -20), 'gguf, tensor "count", offset, byte 418: expected 16 bytes there'],
  ['a count beyond 2^53', changed(written, 15, 0xff), 'gguf, count of tensors, byte 8: expected a number below 2^53'],
  [
    'more tensors than the file has',
    changed(written, 8, 200),
    'gguf, tensor 4, byte 458: expected 69818988363776 bytes, found 150 left in the file',
  ],
  ['a name that is no UTF-8', changed(written, 32, 0xff), 'gguf, key 0, byte 32: expected UTF-8, found other bytes'],
  ['a type of values that there is not', changed(written, 52, 13), 'byte 52: expected a type of GGUF values, found 13'],
  [
    'arrays in arrays, which would nest as deep as the file is long',
    ggufParts({ keys: [['k', { type: 9, value: [{ type: 9, value: [] }] }]] }),
    'gguf, "k", byte 37: expected a type of GGUF values, found 9',
  ],
  [
    'a key twice',
    ggufParts({
      keys: [
        ['k', { type: 4, value: 1 }],
        ['k', { type: 9, value: [] }],
      ],
    }),
    'each key once, found "k" twice',
  ],
  [
    'a name twice',
    ggufParts({ entries: [entry, entry] }),
    'gguf, tensor 1, byte 57: expected each name once, found "a" twice',
  ],
  [
    'a long name',
    ggufParts({ entries: [{ ...entry, name: 'n'.repeat(64) }] }),
    'a name of at most 63 characters, found 64',
  ],
  [
    'five axes',
    ggufParts({ entries: [{ ...entry, extents: [1, 1, 1, 1, 1] }] }),
    'rank, byte 33: expected at most 4, found 5',
  ],
  ['an empty axis', ggufParts({ entries: [{ ...entry, extents: [2, 0] }] }), 'gguf, tensor "a", shape'],
  [
    'weights of a language model',
    ggufParts({ entries: [{ ...entry, type: 12 }] }),
    'found 12, a quantisation in blocks or an unknown type',
  ],
  [
    'an alignment of 3',
    ggufParts({ keys: [['general.alignment', { type: 4, value: 3 }]] }),
    'expected a power of 2, found 3',
  ],
  [
    'an alignment in words',
    ggufParts({ keys: [['general.alignment', { type: 8, value: 'x' }]] }),
    'expected a power of 2, found x',
  ],
  [
    'a hole between tensors',
    ggufParts({ entries: [entry, { ...entry, name: 'b', offset: 64 }], data: new Uint8Array(96) }),
    'gguf, tensor "b", offset, byte 82: expected 32, found 64',
  ],
  [
    'tensors of the same bytes, a thousand of which would be as large as a thousand files',
    ggufParts({ entries: [entry, { ...entry, name: 'b' }], data: new Uint8Array(96) }),
    'gguf, tensor "b", offset, byte 82: expected 32, found 0',
  ],
  [
    'a number beyond int32',
    ggufParts({ entries: [{ ...entry, type: 27 }], data: Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0) }),
    'gguf, tensor "a": expected numbers that int32 can hold, found 4294967296',
  ],
])('refuses %s', async (_, file, message) => {
  const error = await readGguf(file).catch((cause: unknown) => cause)
  expect(error).toBeInstanceOf(FormatError)
  expect((error as FormatError).message).toContain(message)
})

it('reads what is written for tests', async () => {
  const tensors = new Map<string, Tensor>([
    ['z', tensor([2, 3], [1, 2, 3, 4, 5, 6])],
    ['a', tensor([3], Int8Array.of(-1, 2, 3))],
    ['b', tensor([1, 2], Int32Array.of(1, -2))],
  ])
  expect((await readGguf(ggufFile(tensors))).tensors).toEqual(tensors)
})

/** The file with one byte changed. */
function changed(file: Uint8Array, at: number, value: number): Uint8Array {
  return Uint8Array.from(file).fill(value, at, at + 1)
}
