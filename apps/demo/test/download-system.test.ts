import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { missing } from '@depthwise/testing/chromium'
import { describeInChromium } from '@depthwise/testing/page'
import { draw, drawings, visit } from '@depthwise/testing/visitor'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildPage } from '../build/build.ts'
import { type Sent, servePage } from '../build/site.ts'

// What a visit costs to download, and how soon it answers.

const folder = mkdtempSync(join(tmpdir(), 'depthwise-download-'))
beforeAll(() => buildPage(folder), 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const sum = (sent: readonly Sent[], of: (one: Sent) => number): number => sent.reduce((all, one) => all + of(one), 0)

it('every file of the page, the checkpoint among them, is under 1.9 MB in all, nothing compressed', () => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  const bytes = files.map(({ parentPath, name }) => statSync(join(parentPath, name)).size)
  expect(bytes.reduce((all, one) => all + one, 0)).toBeLessThan(1.9e6)
  expect(files.some(({ name }) => name.endsWith('.depthwise'))).toBe(true)
  expect(files.filter(({ name }) => name.endsWith('.map'))).toEqual([])
})

describeInChromium('a first visit in Chromium', () => {
  it('downloads little more than the checkpoint before it reads a drawing', async () => {
    expect(missing).toBeNull()
    await using site = await servePage(folder, { isolated: true })
    await using visitor = await visit({ gpu: false })
    // The service worker fetches the rest after all this; it is not part of what a visitor waits for.
    await visitor.context.addInitScript(() => {
      ServiceWorkerContainer.prototype.register = () => new Promise(() => {})
    })
    const page = await visitor.open(site.url)
    await draw(page, /^Sheet/, drawings.square)
    await expect.poll(() => page.locator('.verdict').textContent(), { timeout: 60_000 }).toBe('square')
    const sent = site.sent()
    const checkpoint = sent.filter(({ path }) => path.endsWith('.depthwise'))
    const program = sent.filter(({ path }) => !path.endsWith('.depthwise'))
    expect(checkpoint).toHaveLength(1)
    expect(sum(checkpoint, one => one.bytes)).toBeLessThan(7e5)
    expect(sum(program, one => one.bytes)).toBeLessThan(3e5)
    expect(sum(program, one => one.wireBytes)).toBeLessThan(1.1e5)
    // Few, and none twice but the icon, which the browser itself asks for: each costs a round trip.
    const assets = sent.map(({ path }) => path).filter(path => path.startsWith('/assets/'))
    expect(assets).toEqual([...new Set(assets)])
    expect(assets.length).toBeLessThan(45)
    const times = await page.evaluate(() => ({
      paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.POSITIVE_INFINITY,
      answer: performance.getEntriesByName('first-classification')[0]?.startTime ?? Number.POSITIVE_INFINITY,
    }))
    // Under a second of a machine of its own (docs/performance.md); here others may work beside it.
    expect(times.paint).toBeLessThan(20_000)
    expect(times.answer).toBeLessThan(30_000)
  }, 180_000)
})
