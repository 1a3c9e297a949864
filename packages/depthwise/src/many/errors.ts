import * as core from '@depthwise/core'
import type { ErrorDetails } from '@depthwise/core/backend'

/** An error as a message from a worker; messages lose the class of an error. */
export interface SentError {
  readonly name: string
  readonly message: string
  readonly details: ErrorDetails | null
}

/** An error as plain data. */
export function sendable(error: unknown): SentError {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  if (!(error instanceof core.DepthwiseError)) return { name, message, details: null }
  const { where, expected, found } = error
  return { name, message, details: { where, expected, found } }
}

const classes: Readonly<Record<string, new (details: ErrorDetails) => core.DepthwiseError>> = {
  BackendUnavailableError: core.BackendUnavailableError,
  DeviceLostError: core.DeviceLostError,
  DisposedError: core.DisposedError,
  FormatError: core.FormatError,
  GraphError: core.GraphError,
  OptionError: core.OptionError,
  ShapeError: core.ShapeError,
  UnsupportedOpError: core.UnsupportedOpError,
  WeightsError: core.WeightsError,
}

/** The error again, of its class where core has it. */
export function received({ name, message, details }: SentError): Error {
  const error = details ? new (classes[name] ?? core.DepthwiseError)(details) : new Error(message)
  // Of classes that only the worker's host has, the name stays.
  return error.name === name ? error : Object.defineProperty(error, 'name', { value: name })
}
