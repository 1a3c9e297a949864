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
  const { outputFiles } = await build({ entryPoints, bundle: true, format: 'esm', target: 'es2022', write: false })
  browser = await chromium.launch({
    executablePath,
    headless: true,
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--enable-unsafe-webgpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
  page = await browser.newPage()
  // The loopback address is a secure context, without which there is no navigator.gpu.
  await page.route('http://127.0.0.1/**', route => {
    const script = route.request().url().endsWith('.js')
    const body = script ? outputFiles[0]?.text : '<!doctype html><script type="module" src="suite.js"></script>'
    return route.fulfill({ contentType: script ? 'text/javascript' : 'text/html', body: body ?? '' })
  })
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
    expect(features).toContain('f32')
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
})
