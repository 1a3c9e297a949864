import { FormatError, tensor, UnsupportedOpError } from '@depthwise/core'
import { writeHdf5 } from '@depthwise/testing/files/hdf5-writer'
import { zlibSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { Hdf5Bytes } from '../src/hdf5/bytes.ts'
import { openHdf5 } from '../src/hdf5/file.ts'
import { readFilters, undo } from '../src/hdf5/filters.ts'

const values = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i))
/** A dataset `x` of 16 chunks, whose tree is one leaf. */
const chunked = () => writeHdf5({ members: { x: tensor([8, 8], values) } }, { chunks: [2, 2], compression: 6 })
const keySize = 8 + 8 * 3

/** The file, and the byte at which its tree of chunks begins. */
async function withTree(): Promise<readonly [bytes: Uint8Array, tree: number, view: DataView]> {
  const bytes = await chunked()
  const text = String.fromCharCode(...bytes)
  let tree = text.indexOf('TREE')
  while (bytes[tree + 4] !== 1) tree = text.indexOf('TREE', tree + 1)
  return [bytes, tree, new DataView(bytes.buffer, bytes.byteOffset)]
}

const read = (bytes: Uint8Array): unknown => openHdf5(bytes).at('x')?.tensor()

describe('chunks that lie', () => {
  test('the file they are made of is sound', async () => {
    const [bytes, tree] = await withTree()
    expect(bytes[tree + 6]).toBe(16)
    expect(read(bytes)).toEqual(tensor([8, 8], values))
  })

  type Lie = (view: DataView, tree: number) => void
  const key = (tree: number, index: number): number => tree + 24 + index * (keySize + 8)
  const lies: readonly (readonly [string, Lie, RegExp])[] = [
    [
      'one that is missing',
      (v, t) => v.setUint16(t + 6, 15, true),
      /expected 16 chunks, all of them written, found 15/,
    ],
    ['one twice', (v, t) => v.setUint32(key(t, 1) + 16, 0, true), /expected chunks side by side, found one twice/],
    ['one outside', (v, t) => v.setUint32(key(t, 3) + 16, 8, true), /expected a chunk within 8,8, found one at 0,8/],
    ['one between two', (v, t) => v.setUint32(key(t, 3) + 16, 5, true), /found one at 0,5/],
    ['one beyond the file', (v, t) => v.setUint32(key(t, 0) + keySize, 2 ** 31, true), /bytes there, found a file of/],
    ['one longer than the file', (v, t) => v.setUint32(key(t, 0), 2 ** 31, true), /bytes there, found a file of/],
    ['one of no bytes', (v, t) => v.setUint32(key(t, 0), 0, true), /expected a zlib stream/],
    ['one said not to be deflated', (v, t) => v.setUint32(key(t, 0) + 4, 1, true), /expected 16 bytes, found/],
    ['more than the node holds', (v, t) => v.setUint16(t + 6, 65535, true), /bytes there, found a file of/],
    ['a tree of another kind', (v, t) => v.setUint8(t + 4, 0), /expected a node of chunks/],
    ['a tree of 255 levels', (v, t) => v.setUint8(t + 5, 255), /expected a node of chunks, of level 8/],
    [
      'a tree within itself',
      (v, t) => {
        v.setUint8(t + 5, 3)
        for (let i = 0; i < 16; i += 1) v.setUint32(key(t, i) + keySize, t, true)
      },
      /expected a node of chunks, of level 2, found type 1, level 3/,
    ],
  ]
  test.each(lies)('%s', async (_, lie, message) => {
    const [bytes, tree, view] = await withTree()
    lie(view, tree)
    expect(() => read(bytes)).toThrow(FormatError)
    expect(() => read(bytes)).toThrow(message)
  })

  test('every byte of the deflated data counts', async () => {
    const [bytes, tree, view] = await withTree()
    const [at, length] = [view.getUint32(key(tree, 5) + keySize, true), view.getUint32(key(tree, 5), true)]
    for (let i = 0; i < length; i += 1) {
      const damaged = bytes.slice()
      damaged[at + i] = (damaged[at + i] as number) ^ 0x55
      expect(() => read(damaged)).toThrow(FormatError)
    }
  })

  test('a bomb: 32 MiB out of 32 KiB', async () => {
    const zeros = tensor([2 ** 23], new Float32Array(2 ** 23))
    const bytes = await writeHdf5({ members: { x: zeros } }, { chunks: [2 ** 23], compression: 9 })
    expect(bytes.length).toBeLessThan(2 ** 16)
    expect(() => read(bytes)).toThrow(/expected at most 1\d{7} bytes out of \d+, found more/)
  })
})

describe('filters', () => {
  /** A message of version 1: an id, no name, values. */
  const message = (...filters: readonly (readonly [id: number, values: readonly number[]])[]): Uint8Array => {
    const words = filters.flatMap(([id, list]) => {
      const padded = list.length % 2 === 1 ? [...list, 0] : list
      return [id, 0, 0, list.length, ...padded.flatMap(value => [value, 0])]
    })
    return Uint8Array.of(1, filters.length, 0, 0, 0, 0, 0, 0, ...words.flatMap(word => [word & 255, word >> 8]))
  }
  const parse = (bytes: Uint8Array) =>
    readFilters(new Hdf5Bytes(bytes), { type: 0x0b, at: 0, length: bytes.length }, 'here')

  test('shuffled, then deflated: undone in turn, each unless it was skipped', () => {
    const filters = parse(message([2, [4]], [1, [6]]))
    expect(filters).toEqual(['shuffle', 'deflate'])
    const bytes = new Uint8Array(values.buffer)
    const shuffled = Uint8Array.from(bytes, (_, i) => bytes[(i % 64) * 4 + Math.floor(i / 64)] as number)
    expect(undo(filters, zlibSync(shuffled), 256, 4, 0, 'here')).toEqual(bytes)
    expect(undo(filters, shuffled, 256, 4, 2, 'here')).toEqual(bytes)
    expect(undo(filters, zlibSync(bytes), 256, 4, 1, 'here')).toEqual(bytes)
  })

  test.each([
    [3, /found filter 3, fletcher32/],
    [32000, /found filter 32000, lzf/],
    [77, /found filter 77$/],
  ])('filter %i is named', (id, expected) => {
    expect(() => parse(message([id, []]))).toThrow(UnsupportedOpError)
    expect(() => parse(message([id, []]))).toThrow(expected)
  })

  test('messages that lie', () => {
    expect(() => parse(message([1, [6]]).subarray(0, 9))).toThrow('here: expected 1 filters, found 0')
    expect(() => parse(Uint8Array.of(1, 200, 0, 0, 0, 0, 0, 0))).toThrow(FormatError)
    expect(() => parse(Uint8Array.of(9, 0))).toThrow(FormatError)
    expect(() => parse(Uint8Array.of())).toThrow(FormatError)
  })
})
