import { BackendUnavailableError } from '@depthwise/core'

/** A buffer the device has no memory for, or a value larger than its limits; sessions move on to the next backend. */
export class DeviceMemoryError extends BackendUnavailableError {
  override readonly name: string = 'DeviceMemoryError'
}

/** The device refused a kernel or a command; `where` names the node. Sessions that were compiling move on. */
export class KernelError extends BackendUnavailableError {
  override readonly name: string = 'KernelError'
}
