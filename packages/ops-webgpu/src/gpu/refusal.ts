import { DepthwiseError } from '@depthwise/core'
import { DeviceMemoryError, KernelError } from './errors.ts'
import type { GpuError } from './types.ts'

/** The message of whatever a host threw. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : `${error}`
}

export function outOfMemory(where: string, cause: GpuError | Error): DeviceMemoryError {
  return new DeviceMemoryError({ where, expected: 'memory on the device', found: cause.message || 'none left', cause })
}

/**
 * What a call of the host threw, as an error of this backend. Hosts throw a RangeError where they have no memory of their own
 * left (WebGPU, section 5.1.3).
 */
export function refusal(where: string, cause: unknown): DepthwiseError {
  if (cause instanceof DepthwiseError) return cause
  if (cause instanceof RangeError) return outOfMemory(where, cause)
  return new KernelError({ where, expected: 'a call that the device accepts', found: messageOf(cause), cause })
}

/**
 * The result of a call of the host that may throw.
 * @throws DeviceMemoryError or KernelError, with the host's error as `cause`
 */
export function attempt<T>(where: string, call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw refusal(where, error)
  }
}
