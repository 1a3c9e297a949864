import { drawOn, type Point, violations } from '@depthwise/testing/page'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { expect } from 'vitest'

/** Under load a page takes its time. */
export const eventually = <T>(value: () => T) => expect.poll(value, { timeout: 20_000, interval: 100 })

/** Draws strokes on the page's canvas, wherever on the page that is. */
export async function draw(page: Page, strokes: readonly (readonly Point[])[]): Promise<void> {
  const canvas = page.locator('canvas')
  await canvas.scrollIntoViewIfNeeded()
  await drawOn(page, canvas, strokes)
}

/** A file of a drawing, dark on light: `path` as in SVG, on 300 by 300. */
export function imageOf(path: string): Promise<Buffer> {
  const ink = `<path d="${path}" fill="none" stroke="#222" stroke-width="12"/>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><rect width="300" height="300" fill="#eee"/>${ink}</svg>`
  return sharp(Buffer.from(svg)).png().toBuffer()
}

export const square = 'M60 60h180v180h-180z'

/** What the page found, best first, without the percentages. */
export const found = async (page: Page): Promise<readonly string[]> =>
  (await page.locator('ol > li').allInnerTexts()).map(text => text.split('\n')[0] ?? '')

/** Holds a page to what everybody can use: axe-core finds nothing, and on a phone nothing runs over the edge. */
export async function expectUsable(page: Page): Promise<void> {
  expect(await violations(page)).toEqual([])
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
