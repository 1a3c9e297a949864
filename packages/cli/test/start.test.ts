import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isPhoto } from '@depthwise/models/drawing'
import { depthwise } from '@depthwise/testing/command'
import { describeShared, photo, shared } from '@depthwise/testing/shared-folder'
import { temporaryFolder } from '@depthwise/testing/temporary'
import { readImageFile } from 'depthwise/node'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { samples } from '../src/assets.ts'

const drawings = readdirSync(samples).filter(name => name.endsWith('.png'))

describe('depthwise start', () => {
  test('times preprocessing apart from the network', async () => {
    const { code, stdout, stderr } = await depthwise('start', join(samples, 'star.png'))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^preprocessing \(find the drawing, resize, normalise\): [\d.]+ ms, first run [\d.]+ ms$/m)
    expect(stdout).toMatch(/^network on +compile +first run +warm/m)
  })

  test('takes a file: URL, as classify does', async () => {
    const { href } = pathToFileURL(join(samples, 'star.png'))
    const { code, stdout, stderr } = await depthwise('start', href)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(`${href}, 200x200`)
  })

  test('takes folders, and shows so many images as fit into memory', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'more'))
    for (let i = 0; i < 26; i++) copyFileSync(join(samples, '3.png'), join(folder, 'more', `${i}.png`))
    const { code, stdout, stderr } = await depthwise('start', folder)
    expect(code).toBe(0)
    expect(stdout.match(/\.png, 150x180$/gm)).toHaveLength(24)
    expect(stderr).toBe('depthwise: showing the first 24 of 26 images; `depthwise classify` takes them all\n')
  })
})

describe('a drawing is not called a photo', () => {
  test.each(drawings)('%s, of any size, and turned round', async name => {
    for (const side of [48, 200, 900]) {
      for (const flip of [false, true]) {
        const file = join(temporaryFolder(), name)
        const image = sharp(join(samples, name)).resize(side, side, { fit: 'inside' })
        await (flip ? image.negate({ alpha: false }) : image).toFile(file)
        expect(isPhoto(await readImageFile(file))).toBe(false)
      }
    }
  })

  test('on the sheet of drawings that the network was not trained on', async () => {
    const side = 48
    const sheet = new URL('held-out.png', import.meta.url).pathname
    for (let row = 0; row < 40; row++) {
      for (let column = 0; column < 8; column++) {
        const area = { left: column * side, top: row * side, width: side, height: side }
        const { data } = await sharp(sheet)
          .extract(area)
          .removeAlpha()
          .toColourspace('srgb')
          .raw()
          .toBuffer({ resolveWithObject: true })
        expect(isPhoto({ width: side, height: side, channels: 3, data })).toBe(false)
      }
    }
  })
})

describeShared('a photo is called one', () => {
  const photos = readdirSync(`${shared}photos`).filter(name => /\.(png|jpg)$/.test(name))

  test('there are photos', () => expect(photos.length).toBeGreaterThan(5))

  test.each(photos)('%s, in colour and in grey, of any size', async name => {
    for (const side of [128, 224, 600]) {
      const image = sharp(photo(name)).resize(side, side, { fit: 'inside' })
      for (const each of [image, image.clone().greyscale()]) {
        const file = join(temporaryFolder(), 'photo.png')
        await each.toFile(file)
        expect(isPhoto(await readImageFile(file))).toBe(true)
      }
    }
  })

  test('by start, where the network knows drawings', async () => {
    const images = [photo('cat.png'), join(samples, 'star.png')]
    const { code, stderr } = await depthwise('start', ...images)
    expect(code).toBe(0)
    expect(stderr).toBe(`depthwise: ${images[0]}: this looks like a photo; the built-in network knows drawings\n`)
    const small = `${shared}checkpoints/mobilenet_v1_0.25_128_quant.tflite`
    expect((await depthwise('start', photo('cat.png'), '--checkpoint', small)).stderr).toBe('')
  })
})
