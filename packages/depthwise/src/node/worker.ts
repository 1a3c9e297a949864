import { parentPort, workerData } from 'node:worker_threads'
import { settleBackends } from '../backends.ts'
import { openNet } from '../live-net.ts'
import { sendable } from '../many/errors.ts'
import type { Job, JobResults, PoolSetup } from '../many/pool.ts'
import { imageRunner } from './image-runner.ts'
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

const measure = imageRunner(net)

async function answer({ id, job }: JobMessage): Promise<JobAnswer> {
  try {
    return { id, result: await resultOf(job) }
  } catch (error) {
    return { id, error: sendable(error) }
  }
}

function resultOf(job: Job): Promise<JobResults[Job['kind']]> {
  if (job.kind === 'measured') return measure(job)
  return job.kind === 'classify' ? net.classify(job.image, { top: job.top }) : net.embed(job.image)
}

parentPort?.on('message', async (message: JobMessage) => parentPort?.postMessage(await answer(message)))
parentPort?.postMessage('ready')
