import { OptionError } from '@depthwise/core'
import { show } from '@depthwise/core/backend'
import { type DrawableLike, type ImageSource, isBlob, isImageData, isPixels, isUrl } from '../image/source.ts'
import type { JobPool, PoolSetup, WorkerLike } from '../many/pool.ts'
import { type PoolAnswer, type PoolMessage, type PoolWorker, startWorkers } from '../many/worker-pool.ts'
import { absolute } from './address.ts'
import { pixelsOfDrawable } from './draw.ts'

/** Longest time in milliseconds that a worker takes to load its program and to open the network. */
const patience = 60_000

/**
 * Workers of a page that each open the network.
 * @param start starts a worker whose program calls `serve()` of `depthwise/worker`
 * @throws what kept a worker from starting
 */
export async function startPool(setup: PoolSetup, jobs: number, start?: () => WorkerLike): Promise<JobPool> {
  if (!start) throw new Error('pages need the option worker, which starts one')
  return startWorkers(() => poolWorker(start()), jobs, setup, cloneable)
}

function poolWorker(worker: WorkerLike): PoolWorker {
  if (typeof worker?.postMessage !== 'function' || typeof worker.addEventListener !== 'function') {
    throw new OptionError({ where: 'option worker', expected: 'a function that gives a Worker', found: show(worker) })
  }
  return {
    send: (message: PoolMessage) => worker.postMessage(message),
    listen(answered, failed) {
      const silence = setTimeout(() => {
        failed(new Error(`a worker did not answer for ${patience / 1000} s: does its file call serve()?`))
      }, patience)
      worker.addEventListener('message', ({ data }: { readonly data: PoolAnswer }) => {
        clearTimeout(silence)
        answered(data)
      })
      worker.addEventListener('error', ({ message }: { readonly message?: string }) => {
        clearTimeout(silence)
        failed(new Error(message ? `a worker failed: ${message}` : 'the file of a worker does not load'))
      })
      worker.addEventListener('messageerror', () => failed(new Error('a worker sent what cannot be read')))
    },
    end: async () => worker.terminate(),
  }
}

/** What a worker can be sent: elements of the page are drawn first, as they are now, and addresses are those of the page. */
async function cloneable(image: ImageSource): Promise<ImageSource> {
  if (typeof image === 'string') return absolute(image)
  if (isUrl(image)) return image.href
  if (isPixels(image) || isImageData(image) || isBlob(image)) return image
  return (await pixelsOfDrawable(image as DrawableLike, 'image')) ?? image
}
