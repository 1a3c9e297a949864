import type { Backend, Signal } from '@depthwise/core'
import { type ManyResult, manyImages, openPool, settleJobs } from '../many/many.ts'
import type { MeasuredJob, MeasuredRun } from '../many/pool.ts'
import type { Net } from '../net.ts'
import { imageRunner } from './image-runner.ts'
import type { NamedImage } from './named-image.ts'
import { nodePlatform } from './platform.ts'

/** What is computed of each image, where, and by how many workers. */
export interface MeasureOptions {
  readonly output: MeasuredJob['output']
  /** What the network was loaded with; workers open it on the same, by name. */
  readonly backends: readonly Backend[]
  /**
   * Images at work at the same time. `'auto'` (default): as many as there are cores, but one for at most `imagesPerJob` images,
   * since each worker opens the network first.
   */
  readonly jobs?: number | 'auto'
  readonly signal?: Signal
}

/** Fewest images that are worth a worker of their own. */
export const imagesPerJob = 8

/** How many workers `measureImages` starts for so many images; 1 for none beside the main thread. */
export function jobsFor(images: number, jobs: number | 'auto' = 'auto'): number {
  const max = jobs === 'auto' ? Math.ceil(images / imagesPerJob) : images
  const count = settleJobs(jobs, nodePlatform.cores())
  return Math.max(1, Math.min(count, max))
}

/**
 * Runs a network on many images, as `classifyMany` and `embedMany` do, and also times each run. Results come in the order of the
 * images; one that fails becomes a result with its error.
 * @throws OptionError for a wrong number of jobs
 */
export async function* measureImages<I extends NamedImage>(
  net: Net,
  images: readonly I[],
  { output, backends, jobs, signal }: MeasureOptions,
): AsyncGenerator<ManyResult<I, MeasuredRun>, void, undefined> {
  const count = jobsFor(images.length, jobs)
  const { preprocessing, labels } = net.info
  const pool = await openPool({ model: net.model, preprocessing, labels }, backends, count, nodePlatform)
  const run = imageRunner(net)
  try {
    yield* manyImages(images, { width: 2 * (pool ? count : 1), ...(signal && { signal }) }, ({ image, name }) => {
      const job = { kind: 'measured', output, image, name } as const
      return pool ? pool.run(job) : run(job)
    })
  } finally {
    await pool?.close()
  }
}
