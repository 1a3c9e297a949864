/**
 * The part of a test runner that the kit uses. Vitest, Jest and Bun have it as it is; for `node:test` write
 * `expect: found => ({ toEqual: wanted => assert.deepStrictEqual(found, wanted) })`.
 */
export interface Runner {
  readonly describe: (name: string, body: () => void) => unknown
  readonly it: It
  readonly expect: (found: unknown) => { toEqual(wanted: unknown): unknown }
}

/** `it`, with a way to skip where the runner has one; where it has none, skipped cases stand as passed, named as skipped. */
export interface It {
  (name: string, body: () => void | Promise<void>): unknown
  readonly skip?: (name: string, body: () => void | Promise<void>) => unknown
}

/** A case that was not run, and why. */
export interface SkippedCase {
  readonly name: string
  readonly reason: string
}
