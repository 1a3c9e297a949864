import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { isCutShort } from '../src/web/cut-short.ts'

const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: '#a53' } })
const noisy = () =>
  sharp(
    Uint8Array.from({ length: 40 * 30 * 3 }, (_, i) => (i * 7919) % 256),
    { raw: { width: 40, height: 30, channels: 3 } },
  )

const files: Readonly<Record<string, () => Promise<Buffer>>> = {
  'a PNG': () => picture.clone().png().toBuffer(),
  'a noisy PNG': () => noisy().png().toBuffer(),
  'a JPEG': () => picture.clone().jpeg().toBuffer(),
  'a noisy JPEG': () => noisy().jpeg().toBuffer(),
  'a progressive JPEG': () => noisy().jpeg({ progressive: true }).toBuffer(),
  'a JPEG with a thumbnail in its notes': async () => {
    const [image, thumbnail] = [await noisy().jpeg().toBuffer(), await picture.clone().jpeg().toBuffer()]
    const head = Buffer.from([0xff, 0xd8, 0xff, 0xff, 0xe1, 0, 0])
    head.writeUInt16BE(thumbnail.length + 2, 5)
    return Buffer.concat([head, thumbnail, image.subarray(2)])
  },
  'a WebP': () => noisy().webp().toBuffer(),
}

describe.each(Object.entries(files))('%s', (_, file) => {
  it('is whole, also with more behind it and within a larger buffer', async () => {
    const whole = await file()
    expect(isCutShort(whole)).toBe(false)
    const longer = Buffer.concat([Buffer.alloc(5), whole, Buffer.alloc(9)])
    expect(isCutShort(longer.subarray(5))).toBe(false)
  })

  it('is cut short at every length', async () => {
    const whole = await file()
    for (let length = 8; length < whole.length; length++) {
      expect(isCutShort(whole.subarray(0, length)), `${length} of ${whole.length}`).toBe(true)
    }
  })
})

it('leaves other files to the decoder', () => {
  for (const bytes of ['', 'GIF89a', 'RIFF', 'BM123456']) expect(isCutShort(Buffer.from(bytes))).toBe(false)
})
