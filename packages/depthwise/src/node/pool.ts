import { Worker } from 'node:worker_threads'
import { DisposedError } from '@depthwise/core'
import { type ImageSource, isUrl } from '../image/source.ts'
import { received, type SentError } from '../many/errors.ts'
import type { Job, JobPool, JobResults, PoolSetup } from '../many/pool.ts'

/** What a worker is sent for each job, and what it answers. */
export interface JobMessage {
  readonly id: number
  readonly job: Job
}
export type JobAnswer =
  | { readonly id: number; readonly result: JobResults[Job['kind']] }
  | { readonly id: number; readonly error: SentError }

interface Waiting {
  readonly resolve: (result: never) => void
  readonly reject: (error: Error) => void
}

/** A worker and the jobs that it has been given. */
interface Member {
  readonly worker: Worker
  readonly waiting: Map<number, Waiting>
}

/** Sources run as TypeScript in this repository and as JavaScript where the package is installed. */
const program = new URL(`./worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

/**
 * Starts threads that each open the network. Weights are shared, not copied, on their way.
 * @throws what kept a thread from starting, such as a bundle without the worker's file
 */
export async function startPool(setup: PoolSetup, jobs: number): Promise<JobPool> {
  const workerData = { ...setup, model: withSharedWeights(setup.model) }
  const members = await Promise.all(Array.from({ length: jobs }, () => startMember(workerData)))
  let next = 0
  let closed = false
  return {
    run(job) {
      if (closed) throw new DisposedError({ where: 'job', expected: 'an open pool', found: 'a closed one' })
      const id = next
      next += 1
      const least = members.reduce((a, b) => (b.waiting.size < a.waiting.size ? b : a))
      return new Promise((resolve, reject) => {
        least.waiting.set(id, { resolve, reject })
        least.worker.postMessage({ id, job: { ...job, image: cloneable(job.image) } } satisfies JobMessage)
      })
    },
    async close() {
      closed = true
      await Promise.all(members.map(({ worker }) => worker.terminate()))
    },
  }
}

function startMember(workerData: PoolSetup): Promise<Member> {
  const worker = new Worker(program, { workerData })
  const waiting = new Map<number, Waiting>()
  const failAll = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  return new Promise((resolve, reject) => {
    worker.once('message', () => {
      worker.on('message', (answer: JobAnswer) => {
        const job = waiting.get(answer.id)
        waiting.delete(answer.id)
        if ('error' in answer) job?.reject(received(answer.error))
        else job?.resolve(answer.result as never)
      })
      resolve({ worker, waiting })
    })
    worker.on('error', error => {
      reject(error as Error)
      failAll(error as Error)
    })
    worker.on('exit', code => failAll(new Error(`a worker ended with code ${code}`)))
  })
}

/** Weights in memory that threads share, so that ten jobs do not take ten copies to start. */
function withSharedWeights(model: PoolSetup['model']): PoolSetup['model'] {
  const params = new Map(
    [...model.params].map(([name, tensor]) => {
      const { data } = tensor
      const shared = new (data.constructor as Float32ArrayConstructor)(new SharedArrayBuffer(data.byteLength))
      shared.set(data as Float32Array)
      return [name, { ...tensor, data: shared }]
    }),
  )
  return { ...model, params: params as PoolSetup['model']['params'] }
}

/** `URL` objects cannot be sent to a worker; their text can. */
const cloneable = (image: ImageSource): ImageSource => (isUrl(image) ? image.href : image)
