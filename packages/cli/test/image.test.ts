import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FormatError } from '@depthwise/core'
import { temporaryFolder } from '@depthwise/testing/temporary'
import { decodeImage, readImageFile } from 'depthwise/node'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'

const red = [255, 0, 0]
const green = [0, 255, 0]
const blue = [0, 0, 255]

/** An image out of rows of pixels. */
function image(rows: readonly (readonly (readonly number[])[])[]): Sharp {
  const [first = []] = rows
  const channels = first[0]?.length as 3 | 4
  return sharp(Uint8Array.from(rows.flat(2)), { raw: { width: first.length, height: rows.length, channels } })
}

const flag = image([
  [red, green, blue],
  [blue, blue, blue],
])

async function pixels(bytes: Uint8Array): Promise<{ size: string; rows: number[][] }> {
  const { width, height, channels, data } = await decodeImage(bytes, 'picture')
  expect(channels).toBe(3)
  const rows = Array.from({ length: height }, (_, y) => [...data.subarray(y * width * 3, (y + 1) * width * 3)])
  return { size: `${width}x${height}`, rows }
}

describe('what a picture becomes', () => {
  test('RGB stays as it is', async () => {
    const { size, rows } = await pixels(await flag.clone().png().toBuffer())
    expect(size).toBe('3x2')
    expect(rows).toEqual([
      [...red, ...green, ...blue],
      [...blue, ...blue, ...blue],
    ])
  })

  /** Where each orientation of EXIF 2.32 (tag 0x0112) shows the pixel that is stored first, and the image's size. */
  test.each([
    [1, '3x2', 0, 0],
    [2, '3x2', 0, 2],
    [3, '3x2', 1, 2],
    [4, '3x2', 1, 0],
    [5, '2x3', 0, 0],
    [6, '2x3', 0, 1],
    [7, '2x3', 2, 1],
    [8, '2x3', 2, 0],
  ])('EXIF orientation %i is honoured', async (orientation, expected, row, column) => {
    const { size, rows } = await pixels(await flag.clone().withMetadata({ orientation }).png().toBuffer())
    expect(size).toBe(expected)
    expect(rows[row]?.slice(3 * column, 3 * column + 3)).toEqual(red)
  })

  test('transparent pixels are blended onto white, whatever colour is stored under them', async () => {
    const veiled = image([
      [
        [10, 200, 30, 0],
        [50, 60, 70, 128],
        [255, 255, 255, 255],
      ],
    ])
    const { rows } = await pixels(await veiled.png().toBuffer())
    expect(rows).toEqual([[255, 255, 255, 152, 157, 162, 255, 255, 255]])
  })

  test('grey becomes RGB, with and without alpha', async () => {
    const grey = sharp(Uint8Array.from([0, 100, 255]), { raw: { width: 3, height: 1, channels: 1 } })
    const veiled = sharp(Uint8Array.from([0, 9, 100, 0]), { raw: { width: 2, height: 1, channels: 2 } })
    expect((await pixels(await grey.png().toBuffer())).rows).toEqual([[0, 0, 0, 100, 100, 100, 255, 255, 255]])
    expect((await pixels(await veiled.png().toBuffer())).rows).toEqual([[246, 246, 246, 255, 255, 255]])
  })

  test('16 bits become 8', async () => {
    const deep = await flag.clone().toColourspace('rgb16').png().toBuffer()
    expect((await sharp(deep).metadata()).depth).toBe('ushort')
    expect((await pixels(deep)).rows[0]).toEqual([...red, ...green, ...blue])
  })

  test('a palette becomes its colours', async () => {
    expect((await pixels(await flag.clone().png({ palette: true }).toBuffer())).rows[0]).toEqual([
      ...red,
      ...green,
      ...blue,
    ])
  })

  test('CMYK becomes RGB', async () => {
    const print = await image([[red, red, red, red]])
      .resize(16, 16)
      .toColourspace('cmyk')
      .jpeg()
      .toBuffer()
    expect((await sharp(print).metadata()).space).toBe('cmyk')
    const { rows } = await pixels(print)
    const [r = 0, g = 0, b = 0] = rows[0] ?? []
    expect(r).toBeGreaterThan(180)
    expect(Math.max(g, b)).toBeLessThan(90)
  })

  test.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)('%s can be read', async format => {
    const bytes = await image([
      [blue, blue],
      [blue, blue],
    ])
      .resize(32, 24)
      .toFormat(format)
      .toBuffer()
    const { size, rows } = await pixels(bytes)
    expect(size).toBe('32x24')
    const [r = 255, g = 255, b = 0] = rows[0] ?? []
    expect(r).toBeLessThan(12)
    expect(g).toBeLessThan(12)
    expect(b).toBeGreaterThan(240)
  })

  test('of an animation the first picture is taken', async () => {
    const frames = [red, green, blue].map(colour => image(Array.from({ length: 8 }, () => Array(8).fill(colour))))
    const films = await Promise.all(frames.map(frame => frame.png().toBuffer()))
    const film = await sharp(films, { join: { animated: true } })
      .gif()
      .toBuffer()
    expect((await sharp(film).metadata()).pages).toBe(3)
    const { size, rows } = await pixels(film)
    expect(size).toBe('8x8')
    expect(rows[0]?.slice(0, 3)).toEqual(red)
  })
})

describe('what is no picture', () => {
  const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251)
  const noisy = (): Sharp => sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })

  test.each(['jpeg', 'png', 'webp', 'tiff'] as const)('a truncated %s', async format => {
    const whole = await noisy().toFormat(format).toBuffer()
    for (const share of [0.2, 0.5, 0.9]) {
      const cut = whole.subarray(0, Math.floor(whole.length * share))
      await expect(decodeImage(cut, 'cut.jpg'), `${share}`).rejects.toThrow(/^cut.jpg: expected an image .* found/)
      await expect(decodeImage(cut, 'cut.jpg')).rejects.toBeInstanceOf(FormatError)
    }
  })

  test.each([
    ['text', new TextEncoder().encode('Dear Sir or Madam'), 'a text file'],
    ['one byte', Uint8Array.of(0xff), 'a file of another kind'],
    [
      'a drawing',
      new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'an SVG picture',
    ],
  ])('%s', async (_, bytes, found) => {
    await expect(decodeImage(bytes, 'x')).rejects.toThrow(`found ${found}`)
  })

  test('a picture of more pixels than anyone can use is refused before it is decoded', async () => {
    const small = await flag.clone().png().toBuffer()
    const bomb = new Uint8Array(small)
    // IHDR: width and height, then a CRC that has to fit.
    const view = new DataView(bomb.buffer)
    view.setUint32(16, 60000)
    view.setUint32(20, 60000)
    view.setUint32(29, crc32(bomb.subarray(12, 29)))
    await expect(decodeImage(bomb, 'bomb.png')).rejects.toThrow(
      /bomb.png: expected at most 268435456 pixels, found 60000x60000/,
    )
  })

  test('errors are one line and name the file', async () => {
    const path = join(temporaryFolder(), 'cut.png')
    const whole = await noisy().png().toBuffer()
    writeFileSync(path, whole.subarray(0, whole.length / 2))
    const error = await readImageFile(path).catch((thrown: unknown) => thrown)
    expect(`${error}`).toContain(path)
    expect(`${error}`).not.toContain('\n')
  })
})

/** CRC-32 as PNG has it (ISO 3309). */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}
