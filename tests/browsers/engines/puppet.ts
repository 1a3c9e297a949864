import { type LaunchOptions, launch } from 'puppeteer-core'
import type { Browser } from './engine.ts'

/** Starts a browser that Puppeteer drives; it has a profile of its own, which goes with it. */
export async function puppet(options: LaunchOptions): Promise<Browser> {
  const browser = await launch({ headless: true, ...options })
  return {
    version: await browser.version(),
    async visit(url, until) {
      const page = await browser.newPage()
      const said: string[] = []
      page.on('console', message => said.push(`${message.type()}: ${message.text()}`))
      page.on('pageerror', error => said.push(`page error: ${error}`))
      await page.goto(url)
      await until
      await page.close()
      return said
    },
    async [Symbol.asyncDispose]() {
      await browser.close()
    },
  }
}
