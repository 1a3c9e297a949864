import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'

/** Real networks and photos, beside the repository. */
export const shared: string = fileURLToPath(new URL('../../../../shared/', import.meta.url))

/** The root of the repository. */
export const repository: string = fileURLToPath(new URL('../../../', import.meta.url))

export const checkpoint = (name: string): string => `${shared}checkpoints/${name}`
export const photo = (name: string): string => `${shared}photos/${name}`

/** Skips where the shared data is absent, and says so; never on CI, where its absence is a failure. */
export const describeShared =
  existsSync(shared) || process.env['CI']
    ? describe
    : (name: string, body: () => void) => describe.skip(`${name} (skipped: no ../shared beside the repository)`, body)
