import { describeInChromium } from '@depthwise/testing/page'
import { type Site, serve } from '@depthwise/testing/site'
import { drawings, type Visitor, visit } from '@depthwise/testing/visitor'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { describeInstalled, type InstalledExample, install } from './install.ts'
import { draw, eventually, expectUsable, found, imageOf, square } from './page.ts'

const output = (page: Page): Promise<string | null> => page.locator('output').textContent()

describeInstalled('an app of React', () =>
  describeInChromium('installed', () => {
    let app: InstalledExample
    let site: Site
    let visitor: Visitor
    beforeAll(async () => {
      // Its script checks types first.
      app = await install('vite-react')
      await app.script('build', '--logLevel', 'warn')
      site = await serve(`${app.folder}/dist`)
      visitor = await visit({ gpu: false })
    })
    afterAll(async () => {
      await visitor?.[Symbol.asyncDispose]()
      await site?.[Symbol.asyncDispose]()
      app?.[Symbol.dispose]()
    })
    // Chromium itself remarks that there is no adapter, once one is asked for.
    afterEach(() => expect(visitor.errors().filter(line => !line.includes('No available adapters'))).toEqual([]))

    it('reads drawings and images, and changes backends', async () => {
      const page = await visitor.open(site.url)
      await eventually(() => output(page)).toBe('Ready on wasm: draw, or choose an image.')
      await draw(page, drawings.seven)
      await eventually(() => output(page)).toMatch(/^7, found in \d+\.\d ms on wasm$/)
      expect(await found(page)).toEqual([expect.stringMatching(/^7/), expect.anything(), expect.anything()])
      await expectUsable(page)
      const backend = page.getByRole('combobox', { name: 'Backend' })
      await backend.selectOption('reference')
      await eventually(() => output(page)).toMatch(/^7, found in \d+\.\d ms on reference$/)
      await backend.selectOption('webgpu')
      await eventually(() => output(page)).toMatch(/^Not in this browser: .*webgpu \(.*adapter/)
      // The one that was in use stays.
      await page.getByRole('button', { name: 'Clear' }).click()
      await eventually(() => found(page)).toEqual([])
      await draw(page, drawings.circle)
      await eventually(async () => (await found(page))[0]).toMatch(/^circle/)
      await backend.selectOption('wasm')
      await eventually(() => output(page)).toMatch(/^circle, found in \d+\.\d ms on wasm$/)
      const file = page.getByLabel('Choose an image')
      await file.setInputFiles({ name: 'square.png', mimeType: 'image/png', buffer: await imageOf(square) })
      await eventually(async () => (await found(page))[0]).toMatch(/^square/)
      await file.setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('no image') })
      await eventually(() => output(page)).toBe('This browser cannot open notes.png as an image.')
      await page.close()
    })

    it('says so in words when the checkpoint is not there, or damaged', async () => {
      const isCheckpoint = /\.depthwise$/
      // A network that was loaded before would come from the browser's cache.
      await using fresh = await visit({ gpu: false })
      await fresh.context.route(isCheckpoint, route => route.fulfill({ status: 404 }))
      const page = await fresh.open(site.url)
      await eventually(() => output(page)).toMatch(
        /^The network cannot be read: http\S+: expected .*, found HTTP 404 Not Found$/,
      )
      expect(fresh.errors().filter(line => !line.includes('404'))).toEqual([])
      await fresh.context.unroute(isCheckpoint)
      await fresh.context.route(isCheckpoint, route => route.fulfill({ body: 'no network' }))
      await page.reload()
      await eventually(() => output(page)).toMatch(/^The network cannot be read: /)
      expect(await output(page)).not.toMatch(/404/)
    })

    it('opens twice under StrictMode in development, and keeps one network', async () => {
      await using server = await app.serve('start', { host: '--host' })
      const page = await visitor.context.newPage()
      const asked: string[] = []
      const gone: string[] = []
      page.on('request', request => {
        if (request.url().endsWith('.depthwise')) asked.push(request.url())
      })
      page.on('requestfailed', request => gone.push(request.url()))
      await page.goto(server.url)
      await eventually(() => output(page)).toBe('Ready on wasm: draw, or choose an image.')
      // The first opening is aborted while it asks, or before it does.
      expect(asked.length - gone.length).toBe(1)
      await draw(page, drawings.seven)
      await eventually(() => output(page)).toMatch(/^7, found in \d+\.\d ms on wasm$/)
      await page.close()
    })
  }),
)
