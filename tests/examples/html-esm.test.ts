import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { drawings, type Visitor, visit } from '../../apps/demo/test/visitor.ts'
import { repository } from '../shared/data.ts'
import { describeInChromium } from '../shared/page.ts'
import { type Instead, stageCdn } from './cdn.ts'
import { draw, eventually, expectUsable, found, pictureOf, square } from './page.ts'
import { type Site, serve } from './site.ts'

// The page as it is, its modules from the CDN that it names, which is here the build of the packages.

describeInChromium('one HTML file', () => {
  let site: Site
  let visitor: Visitor
  beforeAll(async () => {
    site = await serve(`${repository}examples/html-esm`)
    visitor = await visit({ gpu: false })
  }, 60_000)
  afterAll(async () => {
    await visitor?.[Symbol.asyncDispose]()
    await site?.[Symbol.asyncDispose]()
  }, 30_000)

  const open = async (instead?: Instead): Promise<{ page: Page; refused: readonly string[] }> => {
    await visitor.context.unrouteAll()
    const refused = await stageCdn(visitor.context, instead)
    return { page: await visitor.open(site.url), refused }
  }
  const output = (page: Page): Promise<string | null> => page.locator('output').textContent()

  it('reads drawings while they are drawn', async () => {
    const { page, refused } = await open()
    await eventually(() => output(page)).toBe('Ready on wasm: draw, or choose a picture.')
    await draw(page, drawings.circle)
    await eventually(() => found(page)).toEqual(['circle', expect.anything(), expect.anything()])
    expect(await output(page)).toMatch(/^circle, found in \d+\.\d ms on wasm$/)
    await expectUsable(page)
    await page.getByRole('button', { name: 'Clear' }).click()
    await eventually(() => found(page)).toEqual([])
    await draw(page, drawings.seven)
    await eventually(async () => (await found(page))[0]).toBe('7')
    await page.close()
    expect([...visitor.complaints(), ...refused]).toEqual([])
  })

  it('reads pictures, and says of a file that it is none', async () => {
    const { page, refused } = await open()
    const file = page.getByLabel('Choose a picture')
    await file.setInputFiles({ name: 'square.png', mimeType: 'image/png', buffer: await pictureOf(square) })
    await eventually(async () => (await found(page))[0]).toBe('square')
    await file.setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
    const words = 'This did not work: notes.png is no picture that this browser can read.'
    await eventually(() => output(page)).toBe(words)
    expect(await found(page)).toEqual([])
    await draw(page, [[[0.1, 0.1]]])
    await eventually(async () => (await found(page)).length).toBe(3)
    await page.close()
    expect([...visitor.complaints(), ...refused]).toEqual([])
  })

  const checkpoint = readFileSync(`${repository}packages/models/default.depthwise`)
  const cases: readonly [string, Instead, RegExp][] = [
    [
      'lacks a module',
      new Map([['core@0.1.0/dist/index.js', null]]),
      /^The modules of this page could not be loaded\.$/,
    ],
    ['lacks the checkpoint', new Map([['default.depthwise', null]]), /^This did not work: https:\S+ answered 404$/],
    [
      'cuts the checkpoint off',
      new Map([['default.depthwise', checkpoint.subarray(0, 300_000)]]),
      /^The checkpoint is damaged: .*expected .*, found /,
    ],
  ]
  it.each(cases)('says so in words when the CDN %s', async (_case, instead, words) => {
    const { page } = await open(instead)
    await eventually(() => output(page)).toMatch(words)
    // The browser itself tells of what it could not load.
    expect(visitor.complaints().filter(line => !line.includes('404'))).toEqual([])
    await page.close()
  })
})
