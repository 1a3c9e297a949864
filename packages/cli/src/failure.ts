import { DepthwiseError, OptionError } from '@depthwise/core'
import { debugLevel } from '@depthwise/core/backend'
import type { Terminal } from './terminal.ts'

/** Every request was answered. */
export const exitDone = 0
/** Something could not be done; what could was done. */
export const exitFailed = 1
/** The command line itself is wrong; nothing was tried. */
export const exitUsage = 2

/**
 * Reports an error in one line that names file, option or field, and returns its exit code. Any other error than those of this
 * project is a defect, and the line says so; `DEPTHWISE_DEBUG=1` shows where either came from.
 */
export function report(error: unknown, terminal: Terminal, about?: string): number {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  const intended = error instanceof DepthwiseError
  const prefix = about !== undefined && !message.startsWith(about) ? `${about}: ` : ''
  terminal.error(`${prefix}${intended ? '' : 'defect: '}${message}`)
  if (debugLevel() >= 1) terminal.streams.stderr.write(`${stack}\n`)
  else if (!intended) terminal.note('set DEPTHWISE_DEBUG=1 to see the stack trace')
  return error instanceof OptionError ? exitUsage : exitFailed
}
