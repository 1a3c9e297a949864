import { BackendUnavailableError, DeviceLostError, UnsupportedOpError } from '../errors.ts'
import type { Graph, Params } from '../graph/graph.ts'
import { debug } from '../observe/debug.ts'
import { traced } from '../observe/trace.ts'
import type { Backend, Capabilities, CompileOptions } from './backend.ts'
import { Slot } from './slot.ts'

/** A backend that was passed over, and why, in words. */
export interface Skip {
  readonly backend: string
  readonly reason: string
}

/** The backend that could, compiled and ready, and those of the list before it that could not. */
export interface Selection {
  readonly slot: Slot
  readonly skipped: readonly Skip[]
}

/** Whether an error means "not on this backend" rather than "not at all": bad weights stay bad everywhere. */
export function isSurmountable(error: unknown): error is Error {
  return (
    error instanceof BackendUnavailableError || error instanceof UnsupportedOpError || error instanceof DeviceLostError
  )
}

/** Probes never throw, but one that does must not keep the other backends from their turn. */
async function probed(backend: Backend): Promise<Pick<Capabilities, 'available' | 'reasons'>> {
  try {
    return await backend.probe()
  } catch (error) {
    return { available: false, reasons: [`its probe failed: ${error instanceof Error ? error.message : error}`] }
  }
}

/**
 * Compiles on the first backend that can.
 * @throws BackendUnavailableError listing every backend's reason, when none can
 */
export async function selectBackend(
  backends: readonly Backend[],
  graph: Graph,
  params: Params,
  options: CompileOptions,
): Promise<Selection> {
  const skipped: Skip[] = []
  const skip = (backend: Backend, reason: string): void => {
    debug(1, () => `session: ${backend.name} skipped: ${reason}`)
    skipped.push({ backend: backend.name, reason })
  }
  for (const backend of backends) {
    const { available, reasons } = await probed(backend)
    options.signal?.throwIfAborted()
    if (!available) {
      skip(backend, reasons.join('; ') || 'not available')
      continue
    }
    try {
      const executable = await traced(`compile ${backend.name}`, () => backend.compile(graph, params, options))
      return { slot: new Slot(backend, executable), skipped }
    } catch (error) {
      if (!isSurmountable(error)) throw error
      skip(backend, error.message)
    }
  }
  throw noneLeft('a backend that can run this graph here', skipped)
}

/** What is thrown when every backend was passed over. */
export function noneLeft(expected: string, skipped: readonly Skip[]): BackendUnavailableError {
  const found = skipped.map(({ backend, reason }) => `${backend} (${reason})`).join(', ')
  return new BackendUnavailableError({ where: 'session', expected, found })
}
