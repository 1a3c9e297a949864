import { type DepthwiseError, DeviceLostError } from '@depthwise/core'
import type { Access, Kernel } from '../kernels/kernel.ts'
import type { AdapterClass } from '../tiles.ts'
import { adapterClass, adapterName } from './adapter.ts'
import { delay } from './delay.ts'
import { KernelError } from './errors.ts'
import { computeStage, textureUsage } from './flags.ts'
import { attempt, messageOf, refusal } from './refusal.ts'
import { judged, type Verdict } from './scope.ts'
import type { GpuBuffer, GpuDevice, GpuLoss, GpuObject, GpuTexture } from './types.ts'

interface Layouts {
  readonly group: GpuObject
  readonly pipeline: GpuObject
}

const bindingTypes = {
  read: { buffer: { type: 'read-only-storage' } },
  read_write: { buffer: { type: 'storage' } },
  uniform: { buffer: { type: 'uniform' } },
  texture: { texture: {} },
} as const satisfies { readonly [A in Access]: object }

/** Makes a buffer, as `createBuffer` of a context does. */
export type MakeBuffer = Context['createBuffer']

/** A device in use, with the pipelines compiled on it so far, which all executables on it share. */
export class Context {
  readonly device: GpuDevice
  readonly adapterClass: AdapterClass
  /** Its own words; empty where it has none. */
  readonly adapter: string
  /** Set once the device is gone. */
  lost: GpuLoss | null = null
  /** Set once the device has no users left and is destroyed. */
  closed = false
  readonly #pipelines = new Map<string, Promise<GpuObject>>()
  readonly #layouts = new Map<string, Layouts>()
  readonly #memory = new Set<GpuBuffer | GpuTexture>()

  constructor(device: GpuDevice, info = device.adapterInfo) {
    this.device = device
    this.adapterClass = adapterClass(info)
    this.adapter = info ? adapterName(info) : ''
    device.lost.then(
      loss => {
        this.lost = loss
      },
      () => {},
    )
  }

  /** @throws DeviceMemoryError or KernelError when the host refuses at once; the device's own verdict comes later */
  createBuffer(label: string, size: number, usage: number, mappedAtCreation = false): GpuBuffer {
    const buffer = attempt(label, () => this.device.createBuffer({ label, size, usage, mappedAtCreation }))
    this.#memory.add(buffer)
    return buffer
  }

  destroy(memory: GpuBuffer | GpuTexture): void {
    if (this.#memory.delete(memory)) memory.destroy()
  }

  /** A texture for pictures; destroyed like buffers, with which it is counted. */
  createTexture(label: string, width: number, height: number): GpuTexture {
    const flags = textureUsage.copyTarget | textureUsage.binding | textureUsage.attachment
    const format = 'rgba8unorm' as never
    const size = { width, height }
    const texture = attempt(label, () => this.device.createTexture({ label, size, format, usage: flags }))
    this.#memory.add(texture)
    return texture
  }

  /** The layouts of buffers read or written in this order; made once each. */
  layouts(access: readonly Access[]): Layouts {
    const key = access.join()
    const known = this.#layouts.get(key)
    if (known) return known
    const entries = access.map((each, binding) => ({ binding, visibility: computeStage, ...bindingTypes[each] }))
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
    let verdict: Promise<Verdict> | undefined
    try {
      // Without a scope around it, the device would also report a bad text to the page at large.
      const module = judged(this.device, () => this.device.createShaderModule({ label: name, code: source }))
      verdict = module.verdict
      const layout = this.layouts(access).pipeline as never
      const compute = { module: module.result as never, entryPoint: 'main' }
      return await this.device.createComputePipelineAsync({ label: name, layout, compute })
    } catch (error) {
      if (await this.isLost()) throw this.lossError()
      const found = (await verdict)?.validation?.message ?? messageOf(error)
      throw new KernelError({ where: `${where}, kernel ${name}`, expected: 'a pipeline', found, cause: error })
    }
  }

  /** Whether the device is gone; news of a loss may come a little after the failures it causes. */
  async isLost(): Promise<boolean> {
    if (!this.lost) await Promise.race([this.device.lost, delay()])
    return this.lost !== null
  }

  /** The error to throw for a failed call of the host: the loss of the device, where that is the cause. */
  async explained(error: unknown, where: string): Promise<DepthwiseError> {
    return (await this.isLost()) ? this.lossError() : refusal(where, error)
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
