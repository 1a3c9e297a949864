import { type Backend, OptionError, type Signal } from '@depthwise/core'
import type { Platform } from '../platform.ts'
import { inParallel } from './in-parallel.ts'
import type { JobPool, PoolSetup, WorkerLike } from './pool.ts'

/** How many images are worked on at once, and in which order the answers come. */
export interface ManyOptions {
  /**
   * Images at work at the same time, each with a decoder and a network of its own: `'auto'` (default) for as many as there are
   * cores. Without workers (see `worker`), images are decoded while the one before is classified.
   */
  readonly jobs?: number | 'auto'
  /**
   * Starts a worker of a page, whose file calls `serve()` of `depthwise/worker`; one is started for each job. Node starts threads
   * without it.
   */
  readonly worker?: () => WorkerLike
  /** Answers in the order of the images (default), or as they are ready. */
  readonly ordered?: boolean
  /** Ends the work; the loop then throws its reason. */
  readonly signal?: Signal
}

/** The answer for one of many images: `error` is set where it could not be had, which does not stop the others. */
export type ManyResult<I, R> =
  | { readonly index: number; readonly image: I; readonly result: R; readonly error: null }
  | { readonly index: number; readonly image: I; readonly result: null; readonly error: Error }

/** Most networks that are opened at once. */
const maxJobs = 256

/**
 * How many jobs an option asks for.
 * @throws OptionError unless it is a positive integer or `'auto'`
 */
export function settleJobs(jobs: number | 'auto' = 'auto', cores: number): number {
  const count = jobs === 'auto' ? Math.min(cores, maxJobs) : jobs
  if (Number.isInteger(count) && count >= 1 && count <= maxJobs) return count
  throw new OptionError({
    where: 'option jobs',
    expected: `an integer from 1 to ${maxJobs}, or 'auto'`,
    found: `${jobs}`,
  })
}

/** Works on each image; a failure becomes a result. */
export async function* manyImages<I, R>(
  images: Iterable<I> | AsyncIterable<I>,
  { width, ordered = true, signal }: { readonly width: number } & Pick<ManyOptions, 'ordered' | 'signal'>,
  work: (image: I) => Promise<R>,
): AsyncGenerator<ManyResult<I, R>, void, undefined> {
  const attempt = async (image: I, index: number): Promise<ManyResult<I, R>> => {
    try {
      return { index, image, result: await work(image), error: null }
    } catch (cause) {
      return { index, image, result: null, error: cause instanceof Error ? cause : new Error(String(cause), { cause }) }
    }
  }
  for await (const result of inParallel(images, { width, ordered }, attempt)) {
    signal?.throwIfAborted()
    yield result
  }
}

/**
 * Workers for so many jobs; null for a single one, and where there can be none: the caller then works by itself.
 * @param worker starts a worker of a page
 */
export async function openPool(
  setup: Omit<PoolSetup, 'backends'>,
  backends: readonly Backend[],
  jobs: number,
  { registry, startPool }: Platform,
  worker?: () => WorkerLike,
): Promise<JobPool | null> {
  if (jobs === 1) return null
  const names = backends.map(({ name }) => name)
  // A backend of the caller's own cannot be handed to a worker.
  const foreign = names.find(name => !registry.names.includes(name))
  try {
    if (foreign !== undefined) throw new Error(`backend "${foreign}" cannot be used in workers`)
    return await startPool({ ...setup, backends: names }, jobs, worker)
  } catch (error) {
    console.warn(`depthwise: working on one core instead of ${jobs}: ${(error as Error).message}`)
    return null
  }
}
