import { type LaunchOptions, launch } from 'puppeteer-core'
import type { Browser } from './engine.ts'

/** Starts a browser that Puppeteer drives; it has a profile of its own, which goes with it. */
export async function puppet(options: LaunchOptions): Promise<Browser> {
  const browser = await launch({ headless: true, ...options })
  return {
    version: await browser.version(),
    async open(url) {
      const page = await browser.newPage()
      const said: string[] = []
      page.on('console', message => said.push(`${message.type()}: ${message.text()}`))
      page.on('pageerror', error => said.push(`page error: ${error}`))
      await page.goto(url)
      return {
        evaluate: expression => page.evaluate(expression) as Promise<never>,
        async drag([first, ...rest]) {
          if (!first) return
          await page.mouse.move(...first)
          await page.mouse.down()
          for (const point of rest) await page.mouse.move(...point)
          await page.mouse.up()
        },
        console: () => said,
        close: () => page.close(),
      }
    },
    async [Symbol.asyncDispose]() {
      await browser.close()
    },
  }
}
