import { parentPort, workerData } from 'node:worker_threads'
import { settleBackends } from '../backends.ts'
import { openNet } from '../live-net.ts'
import { sendable } from '../many/errors.ts'
import type { PoolSetup } from '../many/pool.ts'
import { nodePlatform } from './platform.ts'
import type { JobAnswer, JobMessage } from './pool.ts'

// One of the threads of `classifyMany`: opens the network it was started with, then answers jobs.

const { model, preprocessing, labels, backends } = workerData as PoolSetup
const net = await openNet(
  {
    model,
    preprocessing,
    preprocessingFrom: { crop: 'options', resampling: 'options', normalization: 'options' },
    labels,
    top: 1,
    backends: await settleBackends(backends as never, nodePlatform.registry),
  },
  nodePlatform,
)

async function answer({ id, job }: JobMessage): Promise<JobAnswer> {
  try {
    const result =
      job.kind === 'classify' ? await net.classify(job.image, { top: job.top }) : await net.embed(job.image)
    return { id, result }
  } catch (error) {
    return { id, error: sendable(error) }
  }
}

parentPort?.on('message', async (message: JobMessage) => parentPort?.postMessage(await answer(message)))
parentPort?.postMessage('ready')
