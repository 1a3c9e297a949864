import {
  type Backend,
  BackendUnavailableError,
  createRegistry,
  OptionError,
  type Registry,
  type Skip,
} from '@depthwise/core'
import type { Terminal } from './terminal.ts'

/** What `--backend` takes, the choice left to us first. */
export const backendNames = ['auto', 'reference', 'wasm', 'webgpu'] as const

/** The packages backends live in, imported when asked for: a package's export of the backend's name makes it. */
const homes: Readonly<Record<string, () => Promise<object>>> = {
  wasm: () => import('@depthwise/ops-cpu'),
  reference: () => import('@depthwise/ops-cpu'),
}

/** What `auto` tries, the fastest first. */
const preferred: readonly string[] = ['wasm', 'reference']

/** Every backend this build knows by name; one that it does not bring is there too, and says so when probed. */
export const registry: Registry = createRegistry(
  Object.fromEntries(
    backendNames
      .filter(name => name !== 'auto')
      .map(name => [name, async () => (await makerOf(name))?.() ?? absent(name)] as const),
  ),
)

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
  const brought = await Promise.all(preferred.map(async each => ((await makerOf(each)) ? [each] : [])))
  return Promise.all(brought.flat().map(each => registry.create(each)))
}

/** Tells which backends were passed over, and why: a slower answer is never given in silence. */
export function noteSkipped(skipped: readonly Skip[], terminal: Terminal): void {
  for (const { backend, reason } of skipped) terminal.note(`backend ${backend} passed over: ${reason}`)
}

async function makerOf(name: string): Promise<(() => Backend) | undefined> {
  const home = homes[name]
  const maker: unknown = home && Reflect.get(await home(), name)
  return typeof maker === 'function' ? (maker as () => Backend) : undefined
}

/** Stands for a backend that has a name but is not part of this build. */
function absent(name: string): Backend {
  const reason = `not part of this version of depthwise`
  return {
    name,
    probe: async () => ({ available: false, features: [], reasons: [reason] }),
    compile: async () => {
      throw new BackendUnavailableError({
        where: `backend ${name}`,
        expected: 'one that this version has',
        found: reason,
      })
    },
  }
}
