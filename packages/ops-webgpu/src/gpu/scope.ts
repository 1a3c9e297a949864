import type { Complaint } from '@depthwise/core'
import { DeviceMemoryError, KernelError } from './errors.ts'
import type { GpuDevice, GpuError } from './types.ts'

/** The errors WebGPU reports out of band, as they turn up: none, or what the device complained of. */
export interface Verdict {
  readonly memory: GpuError | null
  readonly validation: GpuError | null
}

/** What synchronous work returned, and what the device will say of it. */
export interface Judged<T> {
  readonly result: T
  readonly verdict: Promise<Verdict>
}

/**
 * Runs synchronous work within error scopes. Scopes are a stack a device, which the caller may share: they never stay
 * open across an await.
 */
export function judged<T>(device: GpuDevice, work: () => T): Judged<T> {
  device.pushErrorScope('out-of-memory')
  device.pushErrorScope('validation')
  let verdict: Promise<Verdict> | undefined
  const close = (): Promise<Verdict> => {
    // On a lost device scopes may reject; the loss is told elsewhere.
    const validation = device.popErrorScope().catch(() => null)
    const memory = device.popErrorScope().catch(() => null)
    return Promise.all([validation, memory]).then(([v, m]) => ({ validation: v, memory: m }))
  }
  try {
    const result = work()
    verdict = close()
    return { result, verdict }
  } finally {
    if (!verdict) void close()
  }
}

/** @throws DeviceMemoryError or KernelError when the device complained */
export function assertAccepted({ memory, validation }: Verdict, where: string): void {
  if (memory) throw outOfMemory(where, memory)
  if (validation) {
    throw new KernelError({ where, expected: 'commands the device accepts', found: validation.message })
  }
}

export function outOfMemory(where: string, cause: GpuError | Error): DeviceMemoryError {
  const complaint: Complaint = { where, expected: 'memory on the device', found: cause.message || 'none left', cause }
  return new DeviceMemoryError(complaint)
}
