import { setTimeout as sleep } from 'node:timers/promises'

/** The few commands of the W3C WebDriver protocol (https://www.w3.org/TR/webdriver2/) that tests need. */
export class WebDriverSession {
  readonly #address: string
  readonly version: string

  private constructor(address: string, version: string) {
    this.#address = address
    this.version = version
  }

  /** Opens a session at a driver that may still be starting. */
  static async open(driver: string, capabilities: object): Promise<WebDriverSession> {
    await listening(driver)
    const opened = await command('POST', `${driver}/session`, { capabilities: { alwaysMatch: capabilities } })
    const { sessionId, capabilities: given } = opened as {
      readonly sessionId: string
      readonly capabilities: { readonly browserName: string; readonly browserVersion: string }
    }
    return new WebDriverSession(`${driver}/session/${sessionId}`, `${given.browserName}/${given.browserVersion}`)
  }

  async go(url: string): Promise<void> {
    await command('POST', `${this.#address}/url`, { url })
  }

  async evaluate(expression: string): Promise<unknown> {
    return command('POST', `${this.#address}/execute/sync`, { script: `return (${expression})`, args: [] })
  }

  async drag([first, ...rest]: readonly (readonly [number, number])[]): Promise<void> {
    if (!first) return
    const move = ([x, y]: readonly [number, number]): object => ({
      type: 'pointerMove',
      duration: 0,
      x: Math.round(x),
      y: Math.round(y),
    })
    const press = (type: 'pointerDown' | 'pointerUp'): object => ({ type, button: 0 })
    const actions = [move(first), press('pointerDown'), ...rest.map(move), press('pointerUp')]
    const pointer = { type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions }
    await command('POST', `${this.#address}/actions`, { actions: [pointer] })
  }

  async close(): Promise<void> {
    await command('DELETE', this.#address)
  }
}

async function listening(driver: string): Promise<void> {
  const deadline = Date.now() + 30_000
  for (;;) {
    try {
      await command('GET', `${driver}/status`)
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
      await sleep(50)
    }
  }
}

async function command(method: string, url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`)
  return (JSON.parse(text) as { readonly value: unknown }).value
}
