import { join } from 'node:path'
import { temporaryFolder } from '@depthwise/testing/temporary'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { outputPaths } from '../src/heads/output-paths.ts'
import { classColour } from '../src/overlay/class-colours.ts'
import { boxesMarkup, posesMarkup } from '../src/overlay/markup.ts'
import { classesPng, drawnOver } from '../src/overlay/png.ts'
import { strokedText } from '../src/overlay/stroke-letters.ts'

const canvas = { width: 100, height: 50 }

describe('letters', () => {
  test('take as much room as they have, whatever they are', () => {
    const { path, width, height } = strokedText('Cat 99.9 %', 10, 20, 12)
    expect(height).toBe(12)
    const points = [...path.matchAll(/[ML](\S+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const)
    expect(points.length).toBeGreaterThan(30)
    for (const [x, y] of points) {
      expect(x >= 10 && x <= 10 + width).toBe(true)
      expect(y >= 20 && y <= 32).toBe(true)
    }
    expect(strokedText('é', 0, 0, 6)).toEqual(strokedText('E', 0, 0, 6))
    expect(strokedText('猫', 0, 0, 6).path).toMatch(/^M/)
    expect(strokedText('', 0, 0, 6)).toEqual({ path: '', width: 0, height: 6 })
  })
})

describe('colours', () => {
  test('differ between neighbouring classes, and are always the same', () => {
    const colours = Array.from({ length: 30 }, (_, i) => classColour(i))
    expect(new Set(colours.map(String)).size).toBe(30)
    for (const [i, colour] of colours.entries()) {
      expect(colour.every(level => Number.isInteger(level) && level >= 0 && level <= 255)).toBe(true)
      const next = classColour(i + 1)
      expect(colour.reduce((sum, level, c) => sum + Math.abs(level - next[c]!), 0)).toBeGreaterThan(100)
    }
  })
})

describe('markup', () => {
  test('has no text of a label in it, which may be anything', () => {
    const label = '</svg><script>"&'
    const svg = boxesMarkup([{ index: 1, label, score: 0.5, box: [-5, -5, 200, 300] }], canvas)
    expect(svg).not.toMatch(/script|&/)
    expect(boxesMarkup([], canvas)).toBe('')
  })

  test('joins keypoints that are likely, and only those', () => {
    const keypoints = Array.from({ length: 17 }, (_, i) => ({ name: `${i}`, x: i, y: i, score: i < 3 ? 0.9 : 0.1 }))
    const svg = posesMarkup([{ score: 1, keypoints }], canvas)
    expect(svg.match(/<circle/g)?.length).toBe(3)
    expect(svg.match(/M0 0L1 1M0 0L2 2/)).not.toBeNull()
    expect(posesMarkup([{ score: 1, keypoints: keypoints.slice(0, 5) }], canvas)).not.toContain('<path')
  })

  test('is drawn onto images with and without transparency', async () => {
    for (const channels of [3, 4] as const) {
      const image = { ...canvas, channels, data: new Uint8Array(100 * 50 * channels).fill(200) }
      const png = await drawnOver(
        image,
        boxesMarkup([{ index: 0, label: 'a', score: 1, box: [10, 20, 60, 40] }], canvas),
      )
      expect(await sharp(png).metadata()).toMatchObject({ width: 100, height: 50, channels })
    }
  })
})

describe('class maps', () => {
  test('of more than 256 classes have 16 bits', async () => {
    const png = await classesPng({ width: 2, height: 1, classes: Uint16Array.of(300, 7), present: [] })
    expect([...png.subarray(24, 26)]).toEqual([16, 0])
    const { data } = await sharp(png)
      .toColourspace('grey16')
      .raw({ depth: 'ushort' })
      .toBuffer({ resolveWithObject: true })
    expect([...new Uint16Array(data.buffer, data.byteOffset, 2)]).toEqual([300, 7])
  })
})

describe('files of several images', () => {
  test('are named after them, each once', async () => {
    const folder = temporaryFolder()
    const named = (...names: string[]) => names.map(name => ({ name, image: name }))
    const paths = async (...names: string[]) =>
      (await outputPaths(join(folder, 'out.png'), '--draw', named(...names), {})).map(path =>
        path.slice(folder.length + 1),
      )
    expect(await paths('a/cat.jpg')).toEqual(['out.png'])
    expect(await paths('a/cat.jpg', 'b/cat.png', '-', 'https://example.org/x%20y.png?z=/..')).toEqual([
      'out-cat.png',
      'out-cat-2.png',
      'out-image.png',
      'out-x-20y.png',
    ])
    expect(await outputPaths(undefined, '--draw', named('a', 'b'), {})).toEqual([])
  })
})
