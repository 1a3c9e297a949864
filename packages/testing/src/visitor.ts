import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { flags, program } from './chromium.ts'
import { drawOn } from './page.ts'

// A camera that shows a test picture, and is allowed.
const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']

/** A browser with a profile of its own, and the errors it reported. */
export interface Visitor extends AsyncDisposable {
  readonly context: BrowserContext
  /** A page that was opened at an address; what goes wrong in it is noted. */
  open(url: string, size?: { readonly width: number; readonly height: number }): Promise<Page>
  /** Warnings and errors of the console, and uncaught exceptions, since the last time this was asked. */
  errors(): readonly string[]
}

/** What the browser has. */
export interface Equipment {
  /** WebGPU, on Chromium's software adapter. */
  readonly gpu: boolean
  /** A file of Motion JPEG that the camera shows in place of the test picture. */
  readonly film?: string
}

export async function visit({ gpu, film }: Equipment): Promise<Visitor> {
  const profile = mkdtempSync(join(tmpdir(), 'depthwise-page-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: program,
    headless: true,
    args: [
      ...flags,
      ...camera,
      ...(gpu ? ['--enable-unsafe-webgpu'] : []),
      ...(film === undefined ? [] : [`--use-file-for-fake-video-capture=${film}`]),
    ],
    permissions: ['clipboard-read', 'clipboard-write', 'camera'],
    acceptDownloads: true,
  })
  let said: string[] = []
  return {
    context,
    async open(url, size = { width: 1280, height: 800 }) {
      const page = await context.newPage()
      await page.setViewportSize(size)
      page.on('console', message => {
        if (['warning', 'error'].includes(message.type())) said.push(`${message.type()}: ${message.text()}`)
      })
      page.on('pageerror', error => said.push(`uncaught: ${error}`))
      await page.goto(url)
      return page
    },
    errors() {
      const all = said
      said = []
      return all
    },
    async [Symbol.asyncDispose]() {
      await context.close()
      rmSync(profile, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** Draws strokes on a sheet as a hand would: points in units of its side. */
export async function draw(
  page: Page,
  label: RegExp,
  strokes: readonly (readonly (readonly [number, number])[])[],
): Promise<void> {
  await drawOn(page, page.getByRole('application', { name: label }), strokes)
}

const turn = (from: number, to: number, x = 0.5, y = 0.5, rx = 0.25, ry = 0.3): [number, number][] =>
  Array.from({ length: 25 }, (_, i) => {
    const angle = (from + ((to - from) * i) / 24) * 2 * Math.PI
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)]
  })

/** Drawings that nobody could take for something else. */
export const drawings = {
  circle: [turn(0, 1, 0.5, 0.5, 0.3, 0.3)],
  one: [
    [
      [0.38, 0.3],
      [0.52, 0.15],
      [0.52, 0.85],
    ],
  ],
  seven: [
    [
      [0.28, 0.2],
      [0.72, 0.2],
      [0.45, 0.85],
    ],
  ],
  three: [[...turn(-0.45, 0.25, 0.48, 0.34, 0.2, 0.17), ...turn(-0.25, 0.42, 0.48, 0.67, 0.22, 0.18)]],
  square: [
    [
      [0.2, 0.2],
      [0.8, 0.2],
      [0.8, 0.8],
      [0.2, 0.8],
      [0.2, 0.2],
    ],
  ],
} as const satisfies Readonly<Record<string, readonly (readonly (readonly [number, number])[])[]>>
