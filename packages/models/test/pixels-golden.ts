import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { photo } from '@depthwise/testing/shared-folder'
import type { PixelImage } from '../src/pixels/index.ts'

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
