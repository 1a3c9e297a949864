import { KernelError } from './errors.ts'
import { attempt, outOfMemory } from './refusal.ts'
import type { GpuDevice, GpuError } from './types.ts'

/** The errors WebGPU reports out of band, as they turn up: none, or what the device reported. */
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
  attempt('error scope', () => {
    device.pushErrorScope('out-of-memory')
    device.pushErrorScope('validation')
  })
  let verdict: Promise<Verdict> | undefined
  const close = (): Promise<Verdict> => {
    const validation = poppedScope(device)
    const memory = poppedScope(device)
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

/** What the youngest scope caught. On a lost device scopes may refuse; the loss is reported elsewhere. */
async function poppedScope(device: GpuDevice): Promise<GpuError | null> {
  try {
    return await device.popErrorScope()
  } catch {
    return null
  }
}

/** @throws DeviceMemoryError or KernelError when the device reported an error */
export function assertAccepted({ memory, validation }: Verdict, where: string): void {
  if (memory) throw outOfMemory(where, memory)
  if (validation) {
    throw new KernelError({ where, expected: 'commands the device accepts', found: validation.message })
  }
}
