import { describeInChromium } from '@depthwise/testing/page'
import { isolation, type Site, serve } from '@depthwise/testing/site'
import { drawings, type Visitor, visit } from '@depthwise/testing/visitor'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { describeInstalled, type InstalledExample, install } from './install.ts'
import { draw, eventually, expectUsable, found, imageOf, square } from './page.ts'

const output = (page: Page): Promise<string | null> => page.locator('output').textContent()
const facts = (page: Page, backend: string): Promise<string | null> =>
  page.getByRole('list', { name: 'Backends here' }).getByText(`${backend}:`).textContent()

describeInstalled('a network in a worker', () => {
  let app: InstalledExample
  beforeAll(async () => {
    app = await install('web-worker')
  })
  afterAll(() => app?.[Symbol.dispose]())

  describeInChromium('built', () => {
    beforeAll(async () => {
      await app.script('typecheck')
      await app.script('build', '--logLevel', 'warn')
    })

    it('reads drawings and images, with threads where the page is isolated', async () => {
      await using site = await serve(`${app.folder}/dist`, isolation)
      await using visitor = await visit({ gpu: false })
      const seen = await visitor.open(site.url)
      await eventually(() => output(seen)).toBe('Draw, or choose an image.')
      expect(await facts(seen, 'wasm')).toMatch(/^wasm: simd; relaxed-simd; threads: [2-4]$/)
      expect(await facts(seen, 'webgpu')).toMatch(/adapter/)
      await draw(seen, drawings.seven)
      await eventually(() => output(seen)).toMatch(/^7, found in \d+\.\d ms on wasm$/)
      expect(await found(seen)).toEqual(['7', expect.anything(), expect.anything()])
      await expectUsable(seen)
      const choice = seen.getByRole('combobox', { name: 'Backend' })
      expect(await choice.locator('option:disabled').allTextContents()).toEqual(['webgpu'])
      await choice.selectOption('reference')
      await eventually(() => output(seen)).toMatch(/^7, found in \d+\.\d ms on reference$/)
      const file = seen.getByLabel('Choose an image')
      await file.setInputFiles({ name: 'square.png', mimeType: 'image/png', buffer: await imageOf(square) })
      await eventually(async () => (await found(seen))[0]).toBe('square')
      await file.setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('no image') })
      await eventually(() => output(seen)).toBe('This did not work: This browser cannot open notes.png as an image.')
      await seen.getByRole('button', { name: 'Clear' }).click()
      await eventually(() => found(seen)).toEqual([])
      expect(visitor.errors()).toEqual([])
    })

    it('runs on WebGPU, and says why there is one thread where it is not isolated', async () => {
      await using site = await serve(`${app.folder}/dist`)
      await using visitor = await visit({ gpu: true })
      const seen = await visitor.open(site.url)
      await eventually(() => output(seen)).toBe('Draw, or choose an image.')
      expect(await facts(seen, 'wasm')).toMatch(/fewer threads than \d: the page is not cross-origin isolated/)
      await draw(seen, drawings.circle)
      await seen.getByRole('combobox', { name: 'Backend' }).selectOption('webgpu')
      await eventually(() => output(seen)).toMatch(/^circle, found in \d+\.\d ms on webgpu$/)
      // Chromium warns that its software adapter is none to be proud of.
      expect(visitor.errors().filter(line => !/webgpu|adapter/i.test(line))).toEqual([])
    })
  })

  describeInChromium('its client', () => {
    let site: Site
    let visitor: Visitor
    let page: Page
    beforeAll(async () => {
      site = await app.serve('start', { host: '--host' })
      visitor = await visit({ gpu: false })
      // Notes what workers say; while `misled`, their script is not where it should be.
      await visitor.context.addInitScript(`
      globalThis.replies = []
      globalThis.Worker = class extends Worker {
        constructor(url, options) {
          super(globalThis.misled ? '/nothing/worker.js' : url, options)
          this.addEventListener('message', ({ data }) => replies.push(data.failure?.name ?? 'reply'))
        }
      }`)
      page = await visitor.open(site.url)
      await page.getByText('Draw, or choose an image.').waitFor()
    }, 60_000)
    afterAll(async () => {
      await visitor?.[Symbol.asyncDispose]()
      await site?.[Symbol.asyncDispose]()
    }, 30_000)
    afterEach(() => expect(visitor.errors()).toEqual([]))

    /** Runs statements in the page, with an open client and an image to show it. */
    const run = (statements: string): Promise<unknown> =>
      page.evaluate(`(async () => {
      const { RemoteClassifier } = await import('/src/client.ts')
      const client = new RemoteClassifier()
      await client.open()
      const image = () => new ImageData(200, 200)
      const name = promise => promise.then(() => 'answered', error => error.name)
      replies.length = 0
      ${statements}
    })()`)

    it('calls stale requests off before they are computed', async () => {
      const result = await run(`
      // Some tenths of a second of work, during which the others arrive.
      const shown = [new ImageData(3000, 3000), image(), image(), image()]
      const aborts = [new AbortController(), new AbortController()]
      const busy = client.classify(shown[0])
      const stale = aborts.map(({ signal }, i) => client.classify(shown[i + 1], { signal }))
      const last = client.classify(shown[3])
      for (const abort of aborts) abort.abort()
      const late = client.classify(image(), { signal: AbortSignal.abort() })
      const names = await Promise.all([busy, ...stale, last, late].map(name))
      await client.close()
      return { names, replies: replies.toSorted() }`)
      expect(result).toEqual({
        names: ['answered', 'AbortError', 'AbortError', 'answered', 'AbortError'],
        // Of the worker: two were called off; two answers, one farewell.
        replies: ['AbortError', 'AbortError', 'reply', 'reply', 'reply'],
      })
    })

    it('hands the bytes of an image over', async () => {
      const bytes = await run(`
      const shown = image()
      const before = shown.data.byteLength
      const answer = client.classify(shown, { top: 2 })
      const after = shown.data.byteLength
      const { predictions } = await answer
      await client.close()
      return [before, after, predictions.length]`)
      expect(bytes).toEqual([160_000, 0, 2])
    })

    it('tells errors by the names that they have in the worker', async () => {
      const names = await run(`
      const bad = { width: 3, height: 3, data: new Uint8ClampedArray(7) }
      const names = [await name(client.classify(bad)), await name(client.use('abacus'))]
      names.push(await name(client.use('webgpu')), await name(client.classify(image())))
      const pending = name(client.classify(image()))
      await client.close()
      names.push(await pending, await name(client.classify(image())), await name(client.close()))
      return names`)
      expect(names).toEqual([
        'ShapeError',
        'OptionError',
        'BackendUnavailableError',
        'answered',
        'answered',
        'DisposedError',
        'answered',
      ])
    })

    it('rejects what it is asked when its worker cannot start', async () => {
      await page.evaluate('misled = true')
      await expect(run('')).rejects.toThrow('the worker could not be started')
      await page.evaluate('misled = false')
      // The browser itself tells of the script that is none.
      expect(visitor.errors().filter(line => !/worker script|nothing|MIME/.test(line))).toEqual([])
    })
  })
})
