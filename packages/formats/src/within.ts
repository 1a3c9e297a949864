import { DepthwiseError, FormatError, OptionError, UnsupportedOpError } from '@depthwise/core'

/**
 * Runs a step of the import, naming it in whatever it complains of. A graph that breaks the rules of graphs came from a
 * file that breaks those of its format.
 */
export function within<T>(step: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    // An option is the caller's, and no fault of the file.
    if (!(cause instanceof DepthwiseError) || cause instanceof OptionError) throw cause
    const { where: place, expected, found } = cause
    const where = place.startsWith(step) ? place : `${step}, ${place}`
    const complaint = { where, expected, found, cause }
    throw cause instanceof UnsupportedOpError ? new UnsupportedOpError(complaint) : new FormatError(complaint)
  }
}
