import { FormatError, type Tensor, tensor } from '@depthwise/core'
import { deflateSync, strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { readNpz, writeNpy, writeNpz } from '../src/index.ts'
import { cpuMilliseconds } from './cpu-time.ts'

const weights = tensor([2, 3], [1, 2, 3, 4, 5, 6])
const bias = tensor([3], Int8Array.of(1, 2, 3))

/** An archive of one entry whose size and packed bytes are as given. */
function archive(name: string, packed: Uint8Array, size: number, change?: (view: DataView, entry: number) => void) {
  const file = zipSync({ [name]: [packed, { level: 0 }] })
  const view = new DataView(file.buffer)
  const entry = view.getUint32(file.length - 6, true)
  view.setUint16(entry + 10, 8, true)
  view.setUint32(entry + 24, size, true)
  change?.(view, entry)
  return file
}

test('arrays, stored and deflated, in their order', () => {
  for (const level of [0, 9] as const) {
    const file = zipSync({ 'z.npy': writeNpy(weights), 'a/b.npy': writeNpy(bias) }, { level })
    expect([...readNpz(file)]).toEqual([
      ['z', weights],
      ['a/b', bias],
    ])
  }
})

test('what is written is read again, and equal maps give equal bytes', () => {
  const arrays = new Map<string, Tensor>([
    ['conv/weights', weights],
    ['7', bias],
    ['__proto__', bias],
  ])
  expect([...readNpz(writeNpz(arrays))]).toEqual([...arrays])
  expect(writeNpz(new Map(arrays))).toEqual(writeNpz(arrays))
  expect(readNpz(writeNpz(new Map())).size).toBe(0)
})

describe('archives that lie', () => {
  test('no archive, an array that is none, a file that is no array', () => {
    expect(() => readNpz(new Uint8Array(40))).toThrow(
      'npz: expected a NumPy archive (.npz), found bytes of no known kind',
    )
    expect(() => readNpz(zipSync({ 'a.npy': strToU8('text') }))).toThrow(
      /^npz, "a.npy", npy: expected a NumPy array \(.npy\), found a text file/,
    )
    expect(() => readNpz(zipSync({ 'readme.txt': strToU8('text') }))).toThrow(
      'npz: expected a NumPy archive (.npz), found a zip archive of "readme.txt"',
    )
  })

  test('a bomb is refused by what deflate can do, by the bound, and as it goes off', async () => {
    const packed = deflateSync(new Uint8Array(2 ** 26), { level: 9 })
    const cases: readonly (readonly [number, RegExp])[] = [
      [2 ** 31, /expected at most \d+ bytes, found 2147483648/],
      [2 ** 26, /expected at most \d+ bytes, found 67108864/],
      [1000, /expected 1000 bytes once inflated, found more/],
    ]
    for (const [size, message] of cases) {
      const file = archive('bomb.npy', packed, size)
      expect(await cpuMilliseconds(() => expect(() => readNpz(file)).toThrow(message))).toBeLessThan(500)
    }
    expect(() => readNpz(archive('bomb.npy', packed.subarray(0, 1000), 2_000_000))).toThrow(
      'expected at most 1032000 bytes out of 1000, found 2000000',
    )
  })

  test('many files that are one: all together are held to the bound', () => {
    const array = writeNpy(tensor([2 ** 20], new Float32Array(2 ** 20)))
    const files = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`${i}.npy`, array]))
    expect(() => readNpz(zipSync(files, { level: 9 }))).toThrow(/^npz, "\d.npy", archived file .* expected at most/)
    expect(readNpz(zipSync(files, { level: 9 }), { largest: 2 ** 26 }).size).toBe(8)
  })

  test.each([
    ['encrypted', (view: DataView, entry: number) => view.setUint16(entry + 8, 1, true), /in the clear/],
    ['another method', (view: DataView, entry: number) => view.setUint16(entry + 10, 12, true), /found method 12/],
    ['a checksum', (view: DataView, entry: number) => view.setUint32(entry + 16, 0, true), /the checksum 00000000/],
    [
      'an offset',
      (view: DataView, entry: number) => view.setUint32(entry + 42, 2 ** 31, true),
      /30 bytes at 2147483648/,
    ],
    [
      'a packed size',
      (view: DataView, entry: number) => view.setUint32(entry + 20, 2 ** 31, true),
      /2147483648 bytes at/,
    ],
  ])('%s', (_, change, message) => {
    const array = writeNpy(bias)
    const file = archive('a.npy', deflateSync(array), array.length, change)
    expect(() => readNpz(file)).toThrow(FormatError)
    expect(() => readNpz(file)).toThrow(message)
  })

  test('one name twice', () => {
    const file = zipSync({ 'a.npy': writeNpy(bias), 'b.npy': writeNpy(bias) })
    const at = Buffer.from(file).lastIndexOf('b.npy')
    file[at] = 'a'.charCodeAt(0)
    expect(() => readNpz(file)).toThrow(/expected a name of its own, found "a.npy" twice/)
  })
})
