import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'

/** Real networks, photos and recorded answers lie in a folder beside the repository, not in it. */
export const shared: string = fileURLToPath(new URL('../../../../shared/', import.meta.url))

/** The root of the repository. */
export const repository: string = fileURLToPath(new URL('../../../', import.meta.url))

/** Whether tests of that folder run. On a build machine its absence is a failure, elsewhere a reason to skip. */
export const testsShared: boolean = existsSync(shared) || process.env['CI'] !== undefined

/** A suite that needs the folder; where it is skipped, its name says why. */
export function describeShared(name: string, suite: () => void): void {
  describe.skipIf(!testsShared)(testsShared ? name : `${name} (skipped: no ../shared beside the repository)`, suite)
}

/** A file of the folder. */
export function sharedBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(shared + path))
}

export const checkpoint = (name: string): string => `${shared}checkpoints/${name}`
export const photo = (name: string): string => `${shared}photos/${name}`
