import { BackendUnavailableError } from '@depthwise/core'

/**
 * Calls the host for something it may refuse: code under a content security policy, memory, workers. Sessions then go on to
 * their next backend.
 * @throws BackendUnavailableError with the host's own error as its cause
 */
export async function hostCall<T>(expected: string, call: () => T | PromiseLike<T>, hint = ''): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    throw new BackendUnavailableError({ where: 'wasm', expected, found: `${cause}${hint}`, cause })
  }
}
