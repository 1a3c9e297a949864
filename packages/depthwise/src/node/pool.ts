import { Worker } from 'node:worker_threads'
import { type ImageSource, isUrl } from '../image/source.ts'
import type { JobPool, PoolSetup } from '../many/pool.ts'
import { type PoolWorker, startWorkers } from '../many/worker-pool.ts'

/** Sources run as TypeScript in this repository and as JavaScript where the package is installed. */
const program = new URL(`./worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

/**
 * Starts threads that each open the network.
 * @throws what kept a thread from starting, such as a bundle without the worker's file
 */
export function startPool(setup: PoolSetup, jobs: number): Promise<JobPool> {
  return startWorkers(startThread, jobs, setup, cloneable)
}

function startThread(): PoolWorker {
  const worker = new Worker(program)
  return {
    send: message => worker.postMessage(message),
    listen(answered, failed) {
      worker.on('message', answered)
      worker.on('error', error => failed(error as Error))
      worker.on('exit', code => failed(new Error(`a worker ended with code ${code}`)))
    },
    end: () => worker.terminate(),
  }
}

/** `URL` objects cannot be sent to a worker; their text can. */
const cloneable = (image: ImageSource): ImageSource => (isUrl(image) ? image.href : image)
