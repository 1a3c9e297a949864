import { afterAll, beforeAll, expect } from 'vitest'
import type { Browser, Engine } from './engine.ts'

/** Launches a browser for the tests of the suite at hand, and closes it after them. */
export function launched(engine: Engine): () => Browser {
  let browser: Browser | undefined
  beforeAll(async () => {
    expect(engine.missing(), `${engine.name} is not installed`).toBeNull()
    browser = await engine.launch()
  }, 60_000)
  afterAll(() => browser?.[Symbol.asyncDispose](), 30_000)
  return () => browser as Browser
}
