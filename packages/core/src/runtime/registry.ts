import { OptionError } from '../errors.ts'
import type { Backend } from './backend.ts'

/**
 * Makes a backend when it is first asked for; it may load the package then, so that nobody pays for one that is not
 * used.
 */
export type BackendFactory = () => Backend | Promise<Backend>

/** Names to backends: what a command line looks up and `session.use(name)` asks. A value, never a global. */
export interface Registry {
  readonly names: readonly string[]
  /** @throws OptionError when nobody goes by that name */
  create(name: string): Promise<Backend>
  /** A registry that knows one backend more (or another one under a known name). */
  with(name: string, factory: BackendFactory): Registry
}

/** A registry of these names. Names are looked up as own properties: `toString` is not a backend. */
export function createRegistry(factories: Readonly<Record<string, BackendFactory>> = {}): Registry {
  const names = Object.keys(factories)
  return {
    names,
    async create(name) {
      const factory = Object.hasOwn(factories, name) ? factories[name] : undefined
      if (!factory) {
        const expected = names.length === 0 ? 'a registry with backends in it' : `one of ${names.join(', ')}`
        throw new OptionError({ where: 'backend', expected, found: `"${name}"` })
      }
      return factory()
    },
    with: (name, factory) => createRegistry({ ...factories, [name]: factory }),
  }
}
