import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { describe, expect } from 'vitest'
import { missing } from '../shared/chromium.ts'

/** Under load a page takes its time. */
export const eventually = <T>(value: () => T) => expect.poll(value, { timeout: 20_000, interval: 100 })

/** A suite that drives Chromium: skipped by name where there is none, never on CI. */
export function describeInChromium(name: string, suite: () => void): void {
  const skipped = missing !== null && !process.env['CI']
  describe.skipIf(skipped)(skipped ? `${name} (skipped: no ${missing})` : name, suite)
}

type Point = readonly [x: number, y: number]

/** Draws strokes on the page's canvas as a hand would: points in units of its sides. */
export async function draw(page: Page, strokes: readonly (readonly Point[])[]): Promise<void> {
  const canvas = page.locator('canvas')
  await canvas.scrollIntoViewIfNeeded()
  const box = await canvas.boundingBox()
  if (!box) throw new Error('no canvas to draw on')
  const at = ([x, y]: Point): [number, number] => [box.x + x * box.width, box.y + y * box.height]
  for (const [first, ...rest] of strokes) {
    if (!first) continue
    await page.mouse.move(...at(first))
    await page.mouse.down()
    for (const point of rest) await page.mouse.move(...at(point), { steps: 3 })
    await page.mouse.up()
  }
}

/** A file of a drawing, dark on light: `path` as in SVG, on 300 by 300. */
export function pictureOf(path: string): Promise<Buffer> {
  const ink = `<path d="${path}" fill="none" stroke="#222" stroke-width="12"/>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><rect width="300" height="300" fill="#eee"/>${ink}</svg>`
  return sharp(Buffer.from(svg)).png().toBuffer()
}

export const square = 'M60 60h180v180h-180z'

/** What the page found, best first, without the percentages. */
export const found = async (page: Page): Promise<readonly string[]> =>
  (await page.locator('ol > li').allInnerTexts()).map(text => text.split('\n')[0] ?? '')

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Axe {
  run(): Promise<{ readonly violations: readonly { readonly id: string; readonly help: string }[] }>
}

/** Holds a page to what everybody can use: axe-core finds nothing, and on a phone nothing runs over the edge. */
export async function expectUsable(page: Page): Promise<void> {
  await page.evaluate(axe)
  const broken = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { readonly axe: Axe }).axe.run()
    return violations.map(({ id, help }) => `${id}: ${help}`)
  })
  expect(broken).toEqual([])
  const size = page.viewportSize()
  await page.setViewportSize({ width: 360, height: 740 })
  const wide = await page.evaluate(() => {
    const { document } = globalThis as unknown as {
      readonly document: { readonly documentElement: { scrollWidth: number } }
    }
    return document.documentElement.scrollWidth
  })
  expect(wide).toBeLessThanOrEqual(360)
  if (size) await page.setViewportSize(size)
}
