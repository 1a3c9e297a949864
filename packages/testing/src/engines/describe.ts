import { describe } from 'vitest'
import type { Engine } from './engine.ts'

/** Skips where the browser is absent, and says so; never on CI, where its absence is a failure. */
export function describeEngine({ name, missing }: Engine, body: () => void): void {
  const lack = missing()
  if (lack && !process.env['CI']) describe.skip(`${name} (skipped: no ${lack})`, body)
  else describe(name, body)
}
