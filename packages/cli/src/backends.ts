import { type Backend, createRegistry, OptionError, type Registry, type Skip } from '@depthwise/core'
import type { Terminal } from './terminal.ts'

/** What `--backend` takes, the choice left to us first. */
export const backendNames = ['auto', 'reference', 'wasm', 'webgpu'] as const

/** Where each backend comes from; their packages are imported when one is asked for. */
const makers: Readonly<Record<string, () => Promise<Backend>>> = {
  reference: async () => (await import('@depthwise/ops-cpu')).reference(),
  wasm: async () => (await import('@depthwise/ops-cpu')).wasm(),
  webgpu: async () => (await import('depthwise/node')).nodeWebGpu(),
}

/** What `auto` tries, the fastest first. */
const preferred: readonly string[] = ['wasm', 'reference']

/** Every backend by name. */
export const registry: Registry = createRegistry(makers)

/**
 * The backends a session may use, in order.
 * @throws OptionError for an unknown name
 */
export async function backendsFor(name: string): Promise<readonly Backend[]> {
  if (name !== 'auto') {
    if (registry.names.includes(name)) return [await registry.create(name)]
    throw new OptionError({
      where: 'option --backend',
      expected: `one of ${backendNames.join(', ')}`,
      found: `"${name}"`,
    })
  }
  return Promise.all(preferred.map(each => registry.create(each)))
}

/** Tells which backends were passed over, and why: a slower answer is never given in silence. */
export function noteSkipped(skipped: readonly Skip[], terminal: Terminal): void {
  for (const { backend, reason } of skipped) terminal.note(`backend ${backend} passed over: ${reason}`)
}
