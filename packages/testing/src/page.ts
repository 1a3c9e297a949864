import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Locator, Page } from 'playwright-core'
import { describe } from 'vitest'
import { missing } from './chromium.ts'

/** A suite that drives Chromium: skipped by name where there is none, never on CI. */
export function describeInChromium(name: string, suite: () => void): void {
  const skipped = missing !== null && !process.env['CI']
  describe.skipIf(skipped)(skipped ? `${name} (skipped: no ${missing})` : name, suite)
}

export type Point = readonly [x: number, y: number]

/** Draws strokes on a sheet as a hand would: points in units of its sides. */
export async function drawOn(page: Page, sheet: Locator, strokes: readonly (readonly Point[])[]): Promise<void> {
  const box = await sheet.boundingBox()
  if (!box) throw new Error('no sheet to draw on')
  const at = ([x, y]: Point): [number, number] => [box.x + x * box.width, box.y + y * box.height]
  for (const [first, ...rest] of strokes) {
    if (!first) continue
    await page.mouse.move(...at(first))
    await page.mouse.down()
    for (const point of rest) await page.mouse.move(...at(point), { steps: 3 })
    await page.mouse.up()
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Axe {
  run(): Promise<{
    readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[]
  }>
}

/** Rules of WCAG and good practice that the page breaks as it stands, by their names, with the elements that do. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const found = await (globalThis as unknown as { readonly axe: Axe }).axe.run()
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}
