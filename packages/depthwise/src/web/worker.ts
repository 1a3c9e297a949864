import { OptionError } from '@depthwise/core'
import { answering } from '../many/serve.ts'
import type { PoolMessage } from '../many/worker-pool.ts'
import { webPlatform } from './platform.ts'

// `depthwise/worker`: the program of a worker of a page.

/** The part of a worker's global scope that is used. */
interface Scope {
  readonly document?: object
  postMessage?(message: unknown): void
  addEventListener?(type: 'message', listener: (event: { readonly data: PoolMessage }) => void): void
}

/**
 * Makes the worker that it is called in one of those that `classifyMany` and `embedMany` share their images out to. The file of
 * the worker needs nothing else:
 *
 * ```ts
 * import { serve } from 'depthwise/worker'
 *
 * serve()
 * ```
 * @throws OptionError outside of a worker
 */
export function serve(): void {
  const scope = globalThis as Scope
  if (scope.document || !scope.postMessage || !scope.addEventListener) {
    throw new OptionError({ where: 'serve()', expected: 'a call in the file of a worker', found: 'one elsewhere' })
  }
  const answer = answering(webPlatform)
  scope.addEventListener('message', async ({ data }) => scope.postMessage?.(await answer(data)))
}
