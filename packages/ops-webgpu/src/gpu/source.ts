import { BackendUnavailableError, type Capabilities } from '@depthwise/core'
import { adapterClass, describeAdapter, featureWords, findAdapter, missingHalf, openDevice } from './adapter.ts'
import { Context } from './context.ts'
import type { WebGpuOptions } from './options.ts'
import type { GpuAdapter, GpuDevice } from './types.ts'

/** Opens a device when the first executable needs one and closes it behind the last; a lost one is replaced. */
export class DeviceSource {
  readonly #options: WebGpuOptions
  #opening: Promise<Context> | null = null
  /** Users of each device, by its context. */
  readonly #users = new Map<Context, number>()
  #adapter: GpuAdapter | undefined
  #deviceLost = false

  constructor(options: WebGpuOptions) {
    this.#options = options
    this.#adapter = options.adapter
    options.device?.lost.then(
      () => {
        this.#deviceLost = true
      },
      () => {},
    )
  }

  /** @throws BackendUnavailableError, in words, where no device can be had */
  async acquire(): Promise<Context> {
    if (this.#opening) {
      const context = await this.#opening
      if (!context.lost && !context.closed) return this.#use(context)
      this.#opening = null
    }
    const opening = this.#open()
    this.#opening = opening
    try {
      return this.#use(await opening)
    } catch (error) {
      if (this.#opening === opening) this.#opening = null
      throw error
    }
  }

  /** Gives back what `acquire` returned; a device that was opened here is destroyed behind its last user. */
  release(context: Context): void {
    const users = (this.#users.get(context) ?? 1) - 1
    if (users > 0) {
      this.#users.set(context, users)
      return
    }
    this.#users.delete(context)
    if (context.device === this.#options.device) return
    context.closed = true
    context.device.destroy()
  }

  async probe(): Promise<Capabilities> {
    const { device, precision } = this.#options
    const numerics = { nan: false, infinity: false, denormals: false }
    const unavailable = (reason: string): Capabilities => ({
      available: false,
      features: [],
      reasons: [reason],
      numerics,
    })
    if (device) {
      if (this.#deviceLost) return unavailable("the caller's device was lost")
      if (precision === 'f16' && !device.features.has('shader-f16')) return unavailable('the device lacks shader-f16')
      const features = featureWords(device.features, device.adapterInfo, this.#options)
      return { available: true, features, reasons: [], numerics }
    }
    const finding = this.#adapter ? { adapter: this.#adapter } : await findAdapter(this.#options)
    if ('reason' in finding) return unavailable(finding.reason)
    const { info, features } = finding.adapter
    if (precision === 'f16' && !features.has('shader-f16')) {
      return unavailable(`${describeAdapter(info)} lacks shader-f16`)
    }
    const reasons =
      adapterClass(info) === 'software' ? [`${describeAdapter(info)} is a software adapter: right, but slow`] : []
    return { available: true, features: featureWords(features, info, this.#options), reasons, numerics }
  }

  #use(context: Context): Context {
    this.#users.set(context, (this.#users.get(context) ?? 0) + 1)
    return context
  }

  async #open(): Promise<Context> {
    const { device, precision } = this.#options
    if (device) return new Context(this.#callers(device, precision))
    // An adapter yields one device: the caller's is used up by the first.
    const given = this.#adapter
    this.#adapter = undefined
    const finding = given ? { adapter: given } : await findAdapter(this.#options)
    if ('reason' in finding) {
      throw new BackendUnavailableError({ where: 'webgpu', expected: 'an adapter', found: finding.reason })
    }
    return new Context(await openDevice(finding.adapter, this.#options), finding.adapter.info)
  }

  #callers(device: GpuDevice, precision: WebGpuOptions['precision']): GpuDevice {
    if (this.#deviceLost) {
      throw new BackendUnavailableError({ where: 'webgpu', expected: "the caller's device", found: 'a lost one' })
    }
    if (precision === 'f16' && !device.features.has('shader-f16')) throw missingHalf(device.adapterInfo)
    return device
  }
}
