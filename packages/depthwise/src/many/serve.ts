import { settleBackends } from '../backends.ts'
import { openNet } from '../live-net.ts'
import type { Net } from '../net.ts'
import type { Platform } from '../platform.ts'
import { sendable } from './errors.ts'
import type { Job, JobResults, MeasuredJob, MeasuredRun, PoolSetup } from './pool.ts'
import type { PoolAnswer, PoolMessage } from './worker-pool.ts'

/**
 * Answers the messages of a pool, inside a worker: opens the network, then does the jobs.
 * @param runner how jobs of kind `measured` are done on an open network, where there are any
 */
export function answering(
  platform: Platform,
  runner?: (net: Net) => (job: MeasuredJob) => Promise<MeasuredRun>,
): (message: PoolMessage) => Promise<PoolAnswer> {
  let work: ((job: Job) => Promise<JobResults[Job['kind']]>) | undefined
  return async message => {
    const { id } = message
    try {
      if ('setup' in message) {
        work = workOf(await opened(message.setup, platform), runner)
        return { id, result: null }
      }
      if (!work) throw new Error('a worker was given a job before its network')
      return { id, result: await work(message.job) }
    } catch (error) {
      return { id, error: sendable(error) }
    }
  }
}

async function opened({ model, preprocessing, labels, backends }: PoolSetup, platform: Platform): Promise<Net> {
  const preprocessingFrom = { crop: 'options', resampling: 'options', normalization: 'options' } as const
  const settled = await settleBackends(backends as never, platform.registry)
  return openNet({ model, preprocessing, preprocessingFrom, labels, top: 1, backends: settled }, platform)
}

function workOf(
  net: Net,
  runner?: (net: Net) => (job: MeasuredJob) => Promise<MeasuredRun>,
): (job: Job) => Promise<JobResults[Job['kind']]> {
  const measure = runner?.(net)
  return async job => {
    if (job.kind === 'classify') return net.classify(job.image, { top: job.top })
    if (job.kind === 'embed') return net.embed(job.image)
    if (measure) return measure(job)
    throw new Error('this worker times no runs')
  }
}
