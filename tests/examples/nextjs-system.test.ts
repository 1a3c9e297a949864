import { describeInChromium } from '@depthwise/testing/page'
import type { Site } from '@depthwise/testing/site'
import { drawings, visit } from '@depthwise/testing/visitor'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInstalled, type InstalledExample, install } from './install.ts'
import { draw, eventually, expectUsable, found, imageOf, square } from './page.ts'

// Next.js is no part of the workspace: it weighs more than everything else together.

const patience = 900_000

describeInstalled('an app of Next.js', () => {
  let app: InstalledExample
  let server: Site
  let url: string
  beforeAll(async () => {
    app = await install('nextjs')
    await app.script('build')
    server = await app.serve('start', { host: '--hostname' })
    url = server.url
  }, patience)
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
    app?.[Symbol.dispose]()
  })

  const post = async (body: Uint8Array<ArrayBuffer> | ReadableStream): Promise<{ status: number; answer: unknown }> => {
    const streamed = body instanceof ReadableStream && ({ duplex: 'half' } as const)
    const response = await fetch(`${url}api/classify`, { method: 'POST', body, ...streamed })
    return { status: response.status, answer: await response.json() }
  }

  it('classifies an image on the server, again and again', async () => {
    const image = new Uint8Array(await imageOf(square))
    for (const { status, answer } of await Promise.all([post(image), post(image), post(image)])) {
      expect(status).toBe(200)
      const best = { label: 'square', probability: expect.closeTo(0.94, 1) }
      expect(answer).toMatchObject({ predictions: [best, {}, {}], where: 'wasm on the server' })
    }
  })

  it('refuses what is not an image, too large, or of no known length', async () => {
    expect(await post(new TextEncoder().encode('no image'))).toEqual({
      status: 400,
      answer: { error: 'this is not an image' },
    })
    expect(await post(new Uint8Array(10_000_001))).toMatchObject({ status: 413 })
    expect(await post(new Blob(['no image']).stream())).toMatchObject({ status: 411 })
  })

  it('sends a page that is readable before any script has run', async () => {
    const html = await (await fetch(url)).text()
    expect(html).toContain('<h1>Drawings in Next.js</h1>')
    expect(html).toContain('Sheet to draw on')
  })

  describeInChromium('in Chromium', () => {
    it('reads drawings, and has the server read them', async () => {
      await using visitor = await visit({ gpu: false })
      const page = await visitor.open(url)
      const output = page.locator('output')
      await eventually(() => output.textContent()).toBe('Ready: draw.')
      await draw(page, drawings.seven)
      await eventually(() => output.textContent()).toMatch(/^7, found in \d+\.\d ms by wasm here$/)
      await expectUsable(page)
      await page.getByRole('button', { name: 'Ask the server' }).click()
      await eventually(() => output.textContent()).toMatch(/^7, found in \d+\.\d ms by wasm on the server$/)
      expect(await found(page)).toEqual([expect.stringMatching(/^7/), expect.anything(), expect.anything()])
      await page.getByRole('button', { name: 'Clear' }).click()
      await eventually(() => found(page)).toEqual([])
      expect(visitor.errors()).toEqual([])
    })
  })
})
