import { DepthwiseError, FormatError, OptionError, UnsupportedOpError } from '@depthwise/core'

/**
 * Runs a step of the import and names it in the errors of that step. A graph that breaks the rules of graphs came from a
 * file that breaks those of its format.
 */
export function within<T>(step: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    // A wrong option is not a fault of the file.
    if (!(cause instanceof DepthwiseError) || cause instanceof OptionError) throw cause
    const { where: place, expected, found } = cause
    const where = place.startsWith(step) ? place : `${step}, ${place}`
    const details = { where, expected, found, cause }
    throw cause instanceof UnsupportedOpError ? new UnsupportedOpError(details) : new FormatError(details)
  }
}
