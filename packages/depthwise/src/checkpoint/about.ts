import { DepthwiseError } from '@depthwise/core'
import type { ErrorDetails } from '@depthwise/core/backend'

/** Lets what goes wrong inside a file also name the file. */
export async function about<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DepthwiseError) || error.where.startsWith(path)) throw error
    const { where, expected, found } = error
    const kind = error.constructor as new (details: ErrorDetails) => DepthwiseError
    throw new kind({ where: `${path}, ${where}`, expected, found, cause: error })
  }
}
