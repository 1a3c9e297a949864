import { isDeepStrictEqual } from 'node:util'
import type { Runner } from '@depthwise/parity'

/** What became of the kit's tests, in their order. */
export interface Outcome {
  readonly passed: readonly string[]
  /** By name of the test: the errors it reported. */
  readonly failed: Readonly<Record<string, string>>
  readonly skipped: readonly string[]
}

/** A test runner of a few lines, to see what the kit says of a backend. */
export function listRunner(): { readonly runner: Runner; readonly run: () => Promise<Outcome> } {
  const tests: { readonly name: string; readonly body: () => void | Promise<void> }[] = []
  const skipped: string[] = []
  const it = Object.assign((name: string, body: () => void | Promise<void>) => tests.push({ name, body }), {
    skip: (name: string) => skipped.push(name),
  })
  const expect: Runner['expect'] = found => ({
    toEqual(wanted) {
      if (!isDeepStrictEqual(found, wanted)) throw new Error(`${JSON.stringify(found, null, 1)}`)
    },
  })
  const run = async (): Promise<Outcome> => {
    const passed: string[] = []
    const failed: Record<string, string> = {}
    for (const { name, body } of tests) {
      try {
        await body()
        passed.push(name)
      } catch (error) {
        failed[name] = `${error}`
      }
    }
    return { passed, failed, skipped }
  }
  return { runner: { describe: (_name, body) => body(), it, expect }, run }
}
