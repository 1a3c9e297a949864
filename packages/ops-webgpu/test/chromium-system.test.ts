import { existsSync } from 'node:fs'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PageSuite } from './page-suite.ts'

const soak = process.env['DEPTHWISE_SOAK'] !== undefined

let browser: Browser
let page: Page

beforeAll(async () => {
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
  if (!existsSync(executablePath)) throw new Error(`no browser at ${executablePath}: is chromium installed?`)
  const entryPoints = [`${import.meta.dirname}/page/suite.ts`]
  const { outputFiles } = await build({
    entryPoints,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    // In one file, esbuild leaves out the start of modules that an index of a package without side effects hands on and that
    // something else imports lazily.
    ignoreAnnotations: true,
  })
  browser = await chromium.launch({
    executablePath,
    headless: true,
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--enable-unsafe-webgpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
  page = await browser.newPage()
  // The loopback address is a secure context, without which there is no navigator.gpu.
  await page.route('http://127.0.0.1/**', route => {
    const url = route.request().url()
    // Some images never arrive.
    if (url.endsWith('slow.png')) return
    const script = url.endsWith('.js')
    const body = script ? outputFiles[0]?.text : '<!doctype html><script type="module" src="suite.js"></script>'
    return route.fulfill({ contentType: script ? 'text/javascript' : 'text/html', body: body ?? '' })
  })
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
  await page.route('http://localhost/**', route => route.fulfill({ contentType: 'image/svg+xml', body: svg }))
  await page.goto('http://127.0.0.1/')
  await page.waitForFunction(() => 'suite' in globalThis)
})

afterAll(async () => {
  await browser?.close()
})

/** Has the page do one of its tasks. */
function ask<K extends keyof PageSuite>(task: K, ...given: Parameters<PageSuite[K]>): ReturnType<PageSuite[K]> {
  const answer = page.evaluate(
    ([name, values]) => {
      const { suite } = globalThis as unknown as { suite: Record<string, (...values: readonly unknown[]) => unknown> }
      return suite[name]?.(...values)
    },
    [task, given] as const,
  )
  return answer as ReturnType<PageSuite[K]>
}

describe('device webgpu-chromium, headless, on its software adapter', () => {
  it('finds navigator.gpu by itself', async () => {
    const { available, features } = await ask('probe')
    expect(available).toBe(true)
    expect(features).toContain('float32')
  })

  it('passes the conformance kit', async () => {
    const { passed, failed } = await ask('conformance', soak ? 100 : 1)
    expect(failed).toEqual([])
    expect(passed).toBeGreaterThan(100)
  })

  it('loses no request when the device is lost', async () => {
    const outcome = await ask('loss')
    expect(outcome).toEqual({ backend: 'webgpu', devices: 2, same: true })
  })

  it('takes bitmaps, canvases and video frames, within two levels of our own preprocessing', async () => {
    const off = await ask('pictures')
    expect(Object.keys(off)).toEqual(['bitmap', 'canvas', 'frame'])
    for (const [name, levels] of Object.entries(off)) expect(levels, name).toBeLessThanOrEqual(2)
  })

  it('takes images and videos of the page at their natural size, whatever their size there or in the file', async () => {
    const off = await ask('elements')
    expect(Object.keys(off)).toHaveLength(9)
    for (const [name, levels] of Object.entries(off)) expect(levels, name).toBeLessThanOrEqual(2)
  })

  it('says what is wrong with an image that cannot be read', async () => {
    const said = await ask('unreadable')
    expect(said).toEqual({
      loading: expect.stringMatching(/^OptionError: .* an <img> that is still loading: await its decode\(\) first$/),
      broken: expect.stringMatching(/^OptionError: .* an <img> that did not load/),
      foreign: expect.stringMatching(/^OptionError: .* expected an image that can be copied, found .*origin/),
      video: expect.stringMatching(/^OptionError: .* a <video> without a frame/),
      bitmap: expect.stringMatching(/^OptionError: .* an image that is closed or empty/),
      frame: expect.stringMatching(/^OptionError: .* a VideoFrame that is closed or empty/),
      wide: expect.stringMatching(/^ShapeError: .* at most 8192x8192 \(maxTextureDimension2D/),
    })
  })

  it('keeps few textures over 200 sizes, and loses none in 50 failures', async () => {
    const { max, left } = await ask('textures', 200, 50)
    expect(max).toBeLessThanOrEqual(17)
    expect(left).toBe(0)
  })
})
