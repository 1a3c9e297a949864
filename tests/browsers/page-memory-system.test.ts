import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { flags, program } from '@depthwise/testing/chromium'
import { chromium } from '@depthwise/testing/engines/chromium'
import { describeEngine } from '@depthwise/testing/engines/describe'
import { type CDPSession, launch, type Page } from 'puppeteer-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildPage } from '../../apps/demo/build/build.ts'
import { servePage } from '../../apps/demo/build/site.ts'

// What the page of `apps/demo` holds on to while it classifies: nothing.

/** Counts the classifications that the worker answers. To run before the page's own scripts. */
const counting = `
  globalThis.classified = 0
  globalThis.Worker = class extends Worker {
    constructor(...options) {
      super(...options)
      this.addEventListener('message', ({ data }) => {
        if (data.reply?.predictions) classified += 1
      })
    }
  }`

/** Keeps one in ten of the images that a worker is sent: a small part of what a plain mistake would keep. */
const leak = `
  let sent = 0
  globalThis.kept = []
  addEventListener('message', ({ data }) => {
    sent += 1
    if (sent % 10 === 0) kept.push(data)
  })`

/** Bytes by which the heaps may grow: engines learn, and caches fill. An image on its way to the worker has 262,144. */
const leeway = 1.5e6

const clear = `[...document.querySelectorAll('button')].find(each => each.textContent === 'Clear').click()`
const classified = (page: Page): Promise<number> => page.evaluate('classified') as Promise<number>

/** Draws circles, and clears the sheet after each, until so many images more were classified. */
async function draw(page: Page, images: number): Promise<void> {
  const sheet = (await page.evaluate(`(({ left, top, width }) => ({ left, top, side: width }))(
    document.querySelector('.sheet canvas').getBoundingClientRect())`)) as { left: number; top: number; side: number }
  const wanted = (await classified(page)) + images
  while ((await classified(page)) < wanted) {
    for (let i = 0; i <= 60; i++) {
      const angle = (2 * Math.PI * i) / 60
      const at = (value: number): number => sheet.side * (0.5 + 0.3 * value)
      await page.mouse.move(sheet.left + at(Math.cos(angle)), sheet.top + at(Math.sin(angle)))
      if (i === 0) await page.mouse.down()
    }
    await page.mouse.up()
    await page.evaluate(clear)
  }
}

interface Held {
  /** Of scripts, and of the buffers they hold: of the page and its workers. */
  readonly heap: number
  /** Of WebAssembly's memories that are alive. */
  readonly wasm: number
  readonly workers: number
}

async function held(page: Page): Promise<Held> {
  const workers = page.workers()
  const clients = [await page.createCDPSession(), ...workers.map(worker => worker.client)]
  let [heap, wasm] = [0, 0]
  for (const client of clients) {
    await client.send('HeapProfiler.collectGarbage')
    const usage = (await client.send('Runtime.getHeapUsage')) as { usedSize: number; backingStorageSize?: number }
    heap += usage.usedSize + (usage.backingStorageSize ?? 0)
    wasm += await wasmBytes(client)
  }
  return { heap, wasm, workers: workers.length }
}

async function wasmBytes(client: CDPSession): Promise<number> {
  const { result: prototype } = await client.send('Runtime.evaluate', { expression: 'WebAssembly.Memory.prototype' })
  const { objects } = await client.send('Runtime.queryObjects', { prototypeObjectId: prototype.objectId as string })
  const { result: sum } = await client.send('Runtime.callFunctionOn', {
    objectId: objects.objectId as string,
    functionDeclaration: 'function () { return this.reduce((sum, { buffer }) => sum + buffer.byteLength, 0) }',
    returnByValue: true,
  })
  await client.send('Runtime.releaseObject', { objectId: objects.objectId as string })
  return sum.value as number
}

describeEngine(chromium, () => {
  const folder = mkdtempSync(join(tmpdir(), 'depthwise-page-memory-'))
  beforeAll(() => (existsSync(program) ? buildPage(folder) : undefined), 120_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('holds no more after 500 classifications than before, and a leak would show', async () => {
    await using site = await servePage(folder, { isolated: true })
    const browser = await launch({ executablePath: program, headless: true, args: [...flags] })
    try {
      const page = await browser.newPage()
      await page.setViewport({ width: 1280, height: 800 })
      await page.evaluateOnNewDocument(counting)
      await page.goto(site.url)
      await page.waitForFunction('classified > 0')
      // Engines optimise, and caches fill.
      await draw(page, 150)
      const before = await held(page)
      expect(before.workers).toBe(1)
      expect(before.wasm).toBeGreaterThan(1e5)
      await draw(page, 500)
      const after = await held(page)
      expect(after.workers).toBe(1)
      expect(after.wasm).toBe(before.wasm)
      expect(after.heap - before.heap).toBeLessThan(leeway)
      await page.workers()[0]?.evaluate(leak)
      await draw(page, 100)
      const leaking = await held(page)
      expect(leaking.heap - after.heap).toBeGreaterThan(leeway)
    } finally {
      await browser.close()
    }
  }, 300_000)
})
