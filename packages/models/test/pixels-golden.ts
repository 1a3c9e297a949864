import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { photo, shared, testsShared } from '../../../tests/shared/data.ts'
import type { PixelImage } from '../src/pixels/index.ts'

/** Recordings by the end of their names; none where the shared folder is absent. */
export function listGolden(folder: 'golden' | 'golden/litert', ending: string): string[] {
  return testsShared ? readdirSync(shared + folder).filter(file => file.endsWith(ending)) : []
}

export interface Array3 {
  readonly shape: readonly number[]
  readonly data: Uint8Array | Int8Array | Float32Array
}

/** As much of the .npy format (numpy.lib.format, version 1.0) as the recordings use. */
export function readGolden(file: string): Array3 {
  const bytes = readFileSync(shared + file)
  const start = 10 + bytes.readUInt16LE(8)
  const header = bytes.toString('latin1', 10, start)
  const [, type] = /'descr': '([^']+)'/.exec(header) ?? []
  const [, extents] = /'shape': \(([^)]*)\)/.exec(header) ?? []
  const kinds = { '|u1': Uint8Array, '|i1': Int8Array, '<f4': Float32Array }
  const Kind = kinds[type as keyof typeof kinds]
  if (!Kind) throw new Error(`${file}: type ${type}`)
  return {
    shape: (extents ?? '').split(',').map(Number),
    data: new Kind(Uint8Array.from(bytes.subarray(start)).buffer),
  }
}

type Decode = (path: string) => {
  raw(): { toBuffer(o: object): Promise<{ data: Uint8Array; info: PixelImage }> }
}

const photos = new Map<string, Promise<PixelImage>>()

/** Decodes a photo, once, by the decoder that the command line brings. */
export function readPhoto(name: string): Promise<PixelImage> {
  const known = photos.get(name) ?? decode(name)
  photos.set(name, known)
  return known
}

async function decode(name: string): Promise<PixelImage> {
  const file = readdirSync(photo('')).find(entry => entry === `${name}.png` || entry === `${name}.jpg`)
  if (file === undefined) throw new Error(`no photo ${name}`)
  const open = createRequire(new URL('../../cli/package.json', import.meta.url))('sharp') as Decode
  const { data, info } = await open(photo(file)).raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, channels: info.channels, data }
}

/** Largest difference of two arrays of one length, Infinity for arrays of two. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity
  let largest = 0
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!))
  return largest
}
