import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'

const shared = fileURLToPath(new URL('../../../../shared/', import.meta.url))

/** Skips where the shared checkpoints are absent, and says so; never on CI, where their absence is a failure. */
export const describeShared =
  existsSync(shared) || process.env['CI']
    ? describe
    : (name: string, body: () => void) => describe.skip(`${name} (skipped: no ../shared beside the repository)`, body)

/** A file of the shared folder. */
export function sharedBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(shared + path))
}
