import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { type BrowserContext, chromium, type Response } from 'playwright-core'
import { flags, program } from '../../packages/testing/src/chromium.ts'
import { serve } from '../../packages/testing/src/site.ts'
import { videoOf } from './camera.ts'
import { published, shared } from './front-door.ts'
import type { AppPage } from './page-app.ts'

/** The page's camera shows one photo. */
const photo = 'parrot.jpg'

/** What the page shows when it recognises that photo. */
const recognised = /^macaw \(\d+ %\)$/

/** What a page may say on the console besides what its program prints. */
const allowed = [
  // A network that does not state how it takes images.
  /^depthwise: ".*" does not state how it was trained/,
  // Chromium's own remark, once an adapter is asked for that this machine does not have.
  /No available adapters/,
]

/** Chromium with pages of a folder. */
export interface Visitor extends AsyncDisposable {
  /** Opens a page and waits for what it promises; throws when it says something else, warns or fails. */
  open(page: AppPage): Promise<string>
  /** Bytes of scripts, compressed by brotli one by one, that a page has loaded when it has printed what it promises. */
  weigh(page: AppPage): Promise<number>
}

/** Serves a folder, and starts a browser whose camera shows a photo and whose downloads come from this machine. */
export async function visitFolder(folder: string): Promise<Visitor> {
  const site = await serve(folder)
  const profile = mkdtempSync(join(tmpdir(), 'depthwise-packages-page-'))
  const camera = join(profile, 'camera.y4m')
  writeFileSync(camera, await videoOf(join(shared, 'photos', photo)))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: program,
    headless: true,
    args: [
      ...flags,
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${camera}`,
    ],
    permissions: ['camera'],
  })
  await answerDownloads(context)
  return {
    open: page => openPage(context, site.url, page),
    async weigh(page) {
      const scripts: Promise<Buffer>[] = []
      const onResponse = (response: Response): void => {
        if (response.url().endsWith('.js')) scripts.push(response.body())
      }
      context.on('response', onResponse)
      await openPage(context, site.url, page)
      context.off('response', onResponse)
      return (await Promise.all(scripts)).reduce((sum, script) => sum + brotliCompressSync(script).length, 0)
    },
    async [Symbol.asyncDispose]() {
      await context.close()
      await site[Symbol.asyncDispose]()
      rmSync(profile, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** Answers the download of the published checkpoint from this machine's copy, and refuses everything else that is elsewhere. */
async function answerDownloads(context: BrowserContext): Promise<void> {
  const body = readFileSync(join(shared, 'checkpoints', published.file))
  await context.route(
    ({ hostname, protocol }) => hostname !== '127.0.0.1' && protocol.startsWith('http'),
    route =>
      route.request().url().endsWith(`/${published.file}`)
        ? route.fulfill({ body, headers: { 'Access-Control-Allow-Origin': '*' } })
        : route.abort(),
  )
}

const patience = 60_000

async function openPage(context: BrowserContext, site: string, { path, promised }: AppPage): Promise<string> {
  const page = await context.newPage()
  const said: string[] = []
  const printed = new Promise<void>((resolve, reject) => {
    page.on('pageerror', reject)
    page.on('console', message => {
      const text = message.text()
      const isUnexpected = ['warning', 'error'].includes(message.type()) && !allowed.some(pattern => pattern.test(text))
      if (isUnexpected) reject(new Error(text))
      said.push(text)
      if (text === promised) resolve()
    })
    setTimeout(() => reject(new Error(`after a minute it has printed ${JSON.stringify(said)}`)), patience).unref()
  })
  try {
    await Promise.race([page.goto(site + path), printed])
    const output = page.locator('output', { hasText: recognised })
    const shown = promised === null ? output.waitFor({ timeout: 2 * patience }) : printed
    await Promise.race([shown, printed])
    return promised ?? (await output.textContent()) ?? ''
  } finally {
    await page.close()
  }
}
