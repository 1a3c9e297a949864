import { readFileSync, writeFileSync } from 'node:fs'
import { describeInChromium } from '@depthwise/testing/page'
import { repository } from '@depthwise/testing/shared-folder'
import { type Site, serve } from '@depthwise/testing/site'
import { drawings, type Visitor, visit } from '@depthwise/testing/visitor'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Instead, stageCdn } from './cdn.ts'
import { describeInstalled, install } from './install.ts'
import { draw, eventually, expectUsable, found, imageOf, square } from './page.ts'

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

  const open = async (): Promise<{ page: Page; refused: readonly string[] }> => {
    await visitor.context.unrouteAll()
    const refused = await stageCdn(visitor.context)
    return { page: await visitor.open(site.url), refused }
  }
  const opened = async (fresh: Visitor, instead: Instead): Promise<Page> => {
    await stageCdn(fresh.context, instead)
    return fresh.open(site.url)
  }
  const output = (page: Page): Promise<string | null> => page.locator('output').textContent()

  it('reads drawings while they are drawn', async () => {
    const { page, refused } = await open()
    await eventually(() => output(page)).toBe('Ready on wasm: draw, or choose an image.')
    await draw(page, drawings.circle)
    await eventually(() => found(page)).toEqual(['circle', expect.anything(), expect.anything()])
    expect(await output(page)).toMatch(/^circle, found in \d+\.\d ms on wasm$/)
    await expectUsable(page)
    await page.getByRole('button', { name: 'Clear' }).click()
    await eventually(() => found(page)).toEqual([])
    await draw(page, drawings.seven)
    await eventually(async () => (await found(page))[0]).toBe('7')
    await page.close()
    expect([...visitor.errors(), ...refused]).toEqual([])
  })

  it('reads images, and says of a file that it is not one', async () => {
    const { page, refused } = await open()
    const file = page.getByLabel('Choose an image')
    await file.setInputFiles({ name: 'square.png', mimeType: 'image/png', buffer: await imageOf(square) })
    await eventually(async () => (await found(page))[0]).toBe('square')
    await file.setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('no image') })
    const words = 'This did not work: This browser cannot open notes.png as an image.'
    await eventually(() => output(page)).toBe(words)
    expect(await found(page)).toEqual([])
    await draw(page, [[[0.1, 0.1]]])
    await eventually(async () => (await found(page)).length).toBe(3)
    await page.close()
    expect([...visitor.errors(), ...refused]).toEqual([])
  })

  const checkpoint = readFileSync(`${repository}packages/models/default.depthwise`)
  const cases: readonly [string, Instead, RegExp][] = [
    [
      'lacks a module',
      new Map([['core@0.1.0/dist/index.js', null]]),
      /^The modules of this page could not be loaded\.$/,
    ],
    [
      'lacks the checkpoint',
      new Map([['default.depthwise', null]]),
      /^The network cannot be read: https:\S+: expected .*, found HTTP 404 Not Found$/,
    ],
    [
      'cuts the checkpoint off',
      new Map([['default.depthwise', checkpoint.subarray(0, 300_000)]]),
      /^The network cannot be read: .*expected .*, found /,
    ],
  ]
  it.each(cases)('says so in words when the CDN %s', async (_case, instead, words) => {
    // A network that was loaded before would come from the browser's cache.
    await using fresh = await visit({ gpu: false })
    const page = await opened(fresh, instead)
    await eventually(() => output(page)).toMatch(words)
    // The browser itself tells of what it could not load.
    expect(fresh.errors().filter(line => !line.includes('404'))).toEqual([])
  })

  describeInstalled('installed', () => {
    it('runs from packages that are installed beside it, by the line of its README', async () => {
      using example = await install('html-esm')
      const path = `${example.folder}/index.html`
      const [line = ''] = /^const file = .*$/m.exec(readFileSync(`${example.folder}/README.md`, 'utf8')) ?? []
      writeFileSync(
        path,
        readFileSync(path, 'utf8').replace(/const file = .*/, () => line),
      )
      await using local = await serve(example.folder)
      await using fresh = await visit({ gpu: false })
      const refused = await stageCdn(fresh.context)
      const page = await fresh.open(local.url)
      await eventually(() => output(page)).toBe('Ready on wasm: draw, or choose an image.')
      await draw(page, drawings.circle)
      await eventually(async () => (await found(page))[0]).toBe('circle')
      expect([...fresh.errors(), ...refused]).toEqual([])
    })
  })
})
