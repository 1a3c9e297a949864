import { type Backend, OptionError, type Registry } from '@depthwise/core'
import { show } from '@depthwise/core/backend'

/** Backends by name. */
export type BackendName = 'wasm' | 'webgpu' | 'reference'

/** One backend or several in order of preference, by name or made by the caller. */
export type BackendChoice = BackendName | Backend | readonly (BackendName | Backend)[]

/**
 * The backends of a choice.
 * @throws OptionError saying what to write for an unknown name, or for a function that was not called
 */
export async function settleBackends(choice: BackendChoice, registry: Registry): Promise<readonly Backend[]> {
  const list = Array.isArray(choice) ? (choice as readonly unknown[]) : [choice]
  if (list.length === 0) throw wrong(registry, 'an empty list')
  return Promise.all(list.map(each => settleBackend(each, registry)))
}

/** One backend, by name or as it is. */
export async function settleBackend(choice: unknown, registry: Registry): Promise<Backend> {
  if (typeof choice === 'string') {
    if (registry.names.includes(choice)) return registry.create(choice)
    throw wrong(registry, `"${choice.slice(0, 80)}"`)
  }
  if (typeof choice === 'function') throw wrong(registry, 'a function: call it, as in backends: wasm()')
  if (isBackend(choice)) return choice
  throw wrong(registry, show(choice))
}

function isBackend(value: unknown): value is Backend {
  const { compile, probe } = (value ?? {}) as Partial<Backend>
  return typeof compile === 'function' && typeof probe === 'function'
}

function wrong({ names }: Registry, found: string): OptionError {
  const expected = `${names.map(name => `'${name}'`).join(', ')}, a backend such as wasm(), or a list of them`
  return new OptionError({ where: 'option backends', expected, found })
}
