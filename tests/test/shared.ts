import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'

export const shared: string = fileURLToPath(new URL('../../../shared/', import.meta.url))

/** Skips where the shared checkpoints are absent, and says so; never on CI, where their absence is a failure. */
export const describeShared =
  existsSync(shared) || process.env['CI']
    ? describe
    : (name: string, body: () => void) => describe.skip(`${name} (skipped: no ../shared beside the repository)`, body)
