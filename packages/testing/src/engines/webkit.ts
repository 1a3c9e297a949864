import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Browser, Engine } from './engine.ts'
import { freePort, spawnGroup } from './process-group.ts'
import { WebDriverSession } from './webdriver.ts'

const programs = {
  display: '/usr/bin/Xvfb',
  driver: '/usr/bin/WebKitWebDriver',
  browser: '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
}

/** JavaScriptCore: WebKitGTK's small browser over the W3C WebDriver protocol, on a display in memory. */
export const webkit: Engine = webkitEngine('WebKitGTK', {})

/**
 * Safari gives an isolated page shared memory. WebKitGTK 2.50 does so only where its JavaScriptCore is told to, and then
 * gives it to every page.
 */
export const webkitSharing: Engine = {
  ...webkitEngine('WebKitGTK, told to share memory', { JSC_useSharedArrayBuffer: '1' }),
  sharing: 'everywhere',
}

function webkitEngine(name: string, options: Readonly<Record<string, string>>): Engine {
  return {
    name,
    relaxed: 'perhaps',
    sharing: 'perhaps',
    missing: () => Object.values(programs).find(program => !existsSync(program)) ?? null,
    launch: () => launch(options),
  }
}

async function launch(options: Readonly<Record<string, string>>): Promise<Browser> {
  await using stack = new AsyncDisposableStack()
  const profile = mkdtempSync(join(tmpdir(), 'depthwise-webkit-'))
  stack.defer(() => rmSync(profile, { recursive: true, force: true, maxRetries: 3 }))

  // The display picks a free number and writes it to descriptor 3.
  const screen = ['-displayfd', '3', '-screen', '0', '800x600x24', '-nolisten', 'tcp']
  const display = spawnGroup(programs.display, screen, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  stack.defer(() => display.stop())
  const [number] = (await once(display.child.stdio[3] as Readable, 'data')) as [Buffer]

  const port = await freePort()
  const driver = spawnGroup(programs.driver, [`--port=${port}`], {
    stdio: 'ignore',
    env: {
      ...options,
      PATH: process.env['PATH'],
      DISPLAY: `:${number.toString().trim()}`,
      HOME: profile,
      XDG_RUNTIME_DIR: profile,
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
      // The sandbox needs privileges that root in a container has not.
      ...(process.getuid?.() === 0 && { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' }),
    },
  })
  stack.defer(() => driver.stop())
  const session = await WebDriverSession.open(`http://127.0.0.1:${port}`, {
    browserName: 'MiniBrowser',
    'webkitgtk:browserOptions': { binary: programs.browser, args: ['--automation'] },
  })
  stack.defer(() => session.close())
  const open = stack.move()
  return {
    version: session.version,
    // The driver has one window.
    async open(url) {
      await session.go(url)
      return {
        evaluate: expression => session.evaluate(expression) as Promise<never>,
        drag: points => session.drag(points),
        // The protocol has no command that reads the console; the page itself collects what reaches scripts.
        console: () => [],
        close: () => session.go('about:blank'),
      }
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}
