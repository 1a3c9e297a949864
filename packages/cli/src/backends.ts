import { availableParallelism } from 'node:os'
import { type Backend, createRegistry, OptionError, type Registry, type Skip } from '@depthwise/core'
import { didYouMean } from './nearest.ts'
import type { Terminal } from './terminal.ts'

/** What `--backend` takes, the default first. */
export const backendNames = ['auto', 'reference', 'wasm', 'webgpu'] as const

/** Where each backend comes from; a package is imported when its backend is asked for. */
const makers: Readonly<Record<string, () => Promise<Backend>>> = {
  reference: async () => (await import('@depthwise/ops-cpu')).reference(),
  wasm: async () => (await import('@depthwise/ops-cpu')).wasm(),
  webgpu: async () => (await import('depthwise/node')).nodeWebGpu(),
}

/** What `auto` tries, the fastest first. */
const preferred: readonly string[] = ['wasm', 'reference']

/** Most threads that the wasm backend takes. */
const maxThreads = 64

/** Every backend by name. */
export const registry: Registry = createRegistry(makers)

/** Threads of the wasm backend for one run; `auto`: as many as there are cores. Default 1. */
export type Threads = number | 'auto'

/** The number of threads that an option asks for. */
export const threadCount = (threads: Threads = 1): number =>
  threads === 'auto' ? Math.min(availableParallelism(), maxThreads) : threads

/**
 * The backends a session may use, in order.
 * @throws OptionError for an unknown name, and for several threads of another backend than wasm
 */
export async function backendsFor(name: string, threads?: Threads): Promise<readonly Backend[]> {
  const isKnown = name === 'auto' || registry.names.includes(name)
  if (!isKnown) {
    const found = `"${name}".${didYouMean(name, backendNames)}`
    throw new OptionError({ where: 'option --backend', expected: `one of ${backendNames.join(', ')}`, found })
  }
  const names = name === 'auto' ? preferred : [name]
  const count = threadCount(threads)
  if (count === 1) return Promise.all(names.map(each => registry.create(each)))
  if (!names.includes('wasm')) {
    const expected = 'to be left out, since only the wasm backend has threads'
    throw new OptionError({ where: 'option --threads', expected, found: `${count} with --backend ${name}` })
  }
  const { wasm } = await import('@depthwise/ops-cpu')
  return Promise.all(names.map(each => (each === 'wasm' ? wasm({ threads: count }) : registry.create(each))))
}

/** Backends by their names, without `auto`. */
export function backendsNamed(names: readonly string[], option: string): Promise<readonly Backend[]> {
  for (const name of names) {
    if (registry.names.includes(name)) continue
    const expected = `names out of ${registry.names.join(', ')}`
    throw new OptionError({
      where: `option ${option}`,
      expected,
      found: `"${name}".${didYouMean(name, registry.names)}`,
    })
  }
  return Promise.all(names.map(name => registry.create(name)))
}

/** Says which backends were passed over and why, since the one in use may be slower. */
export function noteSkipped(skipped: readonly Skip[], terminal: Terminal): void {
  for (const { backend, reason } of skipped) terminal.note(`backend ${backend} passed over: ${reason}`)
}

/** Says why there are fewer threads than were asked for; known once a network was compiled. */
export async function noteThreads(backends: readonly Backend[], used: string, terminal: Terminal): Promise<void> {
  const { reasons = [] } = (await backends.find(({ name }) => name === used)?.probe()) ?? {}
  for (const reason of reasons) if (reason.startsWith('fewer threads')) terminal.note(`backend ${used}: ${reason}`)
}
