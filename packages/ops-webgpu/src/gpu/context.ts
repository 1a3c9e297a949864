import { DeviceLostError } from '@depthwise/core'
import type { Access, Kernel } from '../kernels/kernel.ts'
import type { AdapterClass } from '../tiles.ts'
import { adapterClass } from './adapter.ts'
import { KernelError } from './errors.ts'
import { computeStage } from './flags.ts'
import { outOfMemory } from './scope.ts'
import { soon } from './soon.ts'
import type { GpuBuffer, GpuDevice, GpuLoss, GpuObject } from './types.ts'

interface Layouts {
  readonly group: GpuObject
  readonly pipeline: GpuObject
}

/** A device in use, with the pipelines compiled on it so far; executables of one backend share it. */
export class Context {
  readonly device: GpuDevice
  readonly adapterClass: AdapterClass
  /** Set once the device is gone. */
  lost: GpuLoss | null = null
  /** Set once nobody uses the device any more and it is destroyed. */
  closed = false
  readonly #pipelines = new Map<string, Promise<GpuObject>>()
  readonly #layouts = new Map<string, Layouts>()
  readonly #buffers = new Set<GpuBuffer>()

  constructor(device: GpuDevice, info = device.adapterInfo) {
    this.device = device
    this.adapterClass = adapterClass(info)
    device.lost.then(
      loss => {
        this.lost = loss
      },
      () => {},
    )
  }

  /** Buffers that are not destroyed yet. */
  get liveBuffers(): number {
    return this.#buffers.size
  }

  /** @throws DeviceMemoryError where not even the host's share of it can be had */
  createBuffer(label: string, size: number, usage: number, mappedAtCreation = false): GpuBuffer {
    try {
      const buffer = this.device.createBuffer({ label, size, usage, mappedAtCreation })
      this.#buffers.add(buffer)
      return buffer
    } catch (error) {
      // Mapped creation allocates on the host and throws a RangeError there.
      throw error instanceof RangeError ? outOfMemory(label, error) : error
    }
  }

  destroyBuffer(buffer: GpuBuffer): void {
    if (this.#buffers.delete(buffer)) buffer.destroy()
  }

  /** The layouts of buffers read or written in this order; made once each. */
  layouts(access: readonly Access[]): Layouts {
    const key = access.join()
    const known = this.#layouts.get(key)
    if (known) return known
    const entries = access.map((each, binding) => {
      const type = each === 'read' ? ('read-only-storage' as const) : ('storage' as const)
      return { binding, visibility: computeStage, buffer: { type } }
    })
    const group = this.device.createBindGroupLayout({ entries })
    const made = { group, pipeline: this.device.createPipelineLayout({ bindGroupLayouts: [group as never] }) }
    this.#layouts.set(key, made)
    return made
  }

  /**
   * The pipeline of a kernel; kernels of one text share it.
   * @throws KernelError naming `where`, with the compiler's messages
   */
  pipeline(kernel: Kernel, where: string): Promise<GpuObject> {
    const known = this.#pipelines.get(kernel.source)
    if (known) return known
    const made = this.#compile(kernel, where)
    this.#pipelines.set(kernel.source, made)
    made.catch(() => this.#pipelines.delete(kernel.source))
    return made
  }

  async #compile({ name, source, access }: Kernel, where: string): Promise<GpuObject> {
    // Without a scope around it, the device would also report a bad text to the page at large.
    this.device.pushErrorScope('validation')
    const module = this.device.createShaderModule({ label: name, code: source })
    const reported = this.device.popErrorScope().catch(() => null)
    const layout = this.layouts(access).pipeline as never
    try {
      const compute = { module: module as never, entryPoint: 'main' }
      return await this.device.createComputePipelineAsync({ label: name, layout, compute })
    } catch (error) {
      if (await this.isLost()) throw this.lossError()
      const found = (await reported)?.message ?? (error instanceof Error ? error.message : `${error}`)
      throw new KernelError({ where: `${where}, kernel ${name}`, expected: 'a pipeline', found, cause: error })
    }
  }

  /** Whether the device is gone; news of a loss may come a little after the failures it causes. */
  async isLost(): Promise<boolean> {
    if (!this.lost) await Promise.race([this.device.lost, soon()])
    return this.lost !== null
  }

  lossError(): DeviceLostError {
    const { reason, message } = this.lost ?? { reason: 'unknown', message: '' }
    return new DeviceLostError({
      where: 'webgpu',
      expected: 'a device in use',
      found: `one that was lost (${reason})${message === '' ? '' : `: ${message}`}`,
    })
  }
}
