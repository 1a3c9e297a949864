import * as core from '@depthwise/core'

/** An error as a message from a worker; messages lose the class of an error. */
export interface SentError {
  readonly name: string
  readonly message: string
  readonly complaint: core.Complaint | null
}

/** An error as plain data. */
export function sendable(error: unknown): SentError {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  if (!(error instanceof core.DepthwiseError)) return { name, message, complaint: null }
  const { where, expected, found } = error
  return { name, message, complaint: { where, expected, found } }
}

const classes: Readonly<Record<string, new (complaint: core.Complaint) => core.DepthwiseError>> = {
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
export function received({ name, message, complaint }: SentError): Error {
  const error = complaint ? new (classes[name] ?? core.DepthwiseError)(complaint) : new Error(message)
  // Of classes that only the worker's host has, the name stays.
  return error.name === name ? error : Object.defineProperty(error, 'name', { value: name })
}
