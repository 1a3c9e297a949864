import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { layPage } from './page-bundle.ts'
import { peakMemory } from './peak-memory.ts'
import type { Conversations, Host, Remote, Reply, Request } from './protocol.ts'
import { type Server, serveFolder } from './server.ts'

/** Flags of every browser; the last ones keep pages that wait for their turn from being slowed down. */
export const chromiumFlags: readonly string[] = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
]

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Where a browser was found: `CHROMIUM_PATH`, else where Linux distributions put it; null where there is none. */
export function findChromium(): string | null {
  return process.env['CHROMIUM_PATH'] ?? candidates.find(existsSync) ?? null
}

/** Opens a fresh browser with one page for each runtime: nothing is shared, and its renderer's memory is its own. */
export class ChromiumHost implements Host {
  readonly #server: Server
  readonly #path: string
  readonly #living = new Set<PageRemote>()

  constructor(server: Server, path: string) {
    this.#server = server
    this.#path = path
  }

  static async start(workspace: string, path: string): Promise<ChromiumHost> {
    await layPage(workspace)
    return new ChromiumHost(await serveFolder(workspace), path)
  }

  async open(): Promise<PageRemote> {
    const { chromium } = await import('playwright-core')
    const browser = await chromium.launch({
      executablePath: this.#path,
      headless: true,
      // Sandboxing needs privileges that root in a container has not.
      chromiumSandbox: process.getuid?.() !== 0,
      args: [...chromiumFlags],
    })
    const page = await browser.newPage()
    await page.goto(`${this.#server.origin}/page/index.html`)
    await page.waitForFunction(() => 'depthwiseBench' in globalThis)
    const remote = new PageRemote(browser, page, () => this.#living.delete(remote))
    this.#living.add(remote)
    return remote
  }

  /** The browser's version. */
  async version(): Promise<string> {
    const remote = await this.open()
    await remote.close()
    return remote.version
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#living].map(remote => remote.close()))
    await this.#server[Symbol.asyncDispose]()
  }
}

class PageRemote implements Remote {
  readonly #browser: Browser
  readonly #page: Page
  readonly #closed: () => void

  constructor(browser: Browser, page: Page, closed: () => void) {
    this.#browser = browser
    this.#page = page
    this.#closed = closed
  }

  async ask<K extends keyof Conversations>(request: Request<K>): Promise<Reply<K>> {
    if (request.kind === 'memory') return { peakMB: await this.#peakMemory() } as Reply<K>
    return this.#page.evaluate(async asked => {
      const host = globalThis as unknown as { depthwiseBench(request: unknown): Promise<never> }
      return host.depthwiseBench(asked)
    }, request)
  }

  get version(): string {
    return this.#browser.version()
  }

  // A page can't be held still from outside. Runtimes in pages wait on their threads without spinning for long.
  pause(): void {}
  resume(): void {}

  async close(): Promise<void> {
    this.#closed()
    await this.#browser.close()
  }

  /** Of the largest renderer: the page's own; a spare one that waits for the next page is smaller. */
  async #peakMemory(): Promise<number | null> {
    const session = await this.#browser.newBrowserCDPSession()
    const { processInfo } = await session.send('SystemInfo.getProcessInfo')
    await session.detach()
    const peaks = processInfo.filter(({ type }) => type === 'renderer').flatMap(({ id }) => peakMemory(id) ?? [])
    return peaks.length === 0 ? null : Math.max(...peaks)
  }
}
