import { BackendUnavailableError, type Capabilities } from '@depthwise/core'
import { adapterClass, describeAdapter, featureWords, findAdapter, missingHalf, openDevice } from './adapter.ts'
import { Context } from './context.ts'
import type { WebGpuOptions } from './options.ts'
import { messageOf } from './refusal.ts'
import type { GpuAdapter, GpuDevice, GpuFeatures } from './types.ts'

/**
 * The contexts of devices that callers pass in, one per device. A device keeps the listeners of its `lost` promise alive: a
 * context per backend would keep every backend ever made on that device.
 */
const callersContexts = new WeakMap<GpuDevice, Context>()

/** Opens a device when the first executable needs one and closes it behind the last; a lost one is replaced. */
export class DeviceSource {
  readonly #options: WebGpuOptions
  #opening: Promise<Context> | null = null
  /** What `#opening` resolved to. */
  #current: Context | null = null
  /** Users of each device, by its context. */
  readonly #users = new Map<Context, number>()
  #adapter: GpuAdapter | undefined

  constructor(options: WebGpuOptions) {
    this.#options = options
    this.#adapter = options.adapter
    // The context listens for the loss of the device, which may come before the first compilation.
    if (options.device) contextOf(options.device)
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
      const context = await opening
      if (this.#opening === opening) this.#current = context
      return this.#use(context)
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
    if (this.#current === context) {
      // Its pipelines and the device itself would stay in memory until the next compilation.
      this.#current = null
      this.#opening = null
    }
    context.device.destroy()
  }

  async probe(): Promise<Capabilities> {
    const numerics = { nan: false, infinity: false, denormals: false }
    try {
      return { available: true, ...(await this.#look()), numerics }
    } catch (error) {
      return { available: false, features: [], reasons: [messageOf(error)], numerics }
    }
  }

  /** @throws in words where no device can be had */
  async #look(): Promise<Pick<Capabilities, 'features' | 'reasons'>> {
    const { device, dtype } = this.#options
    const lacking = (what: string, has: GpuFeatures): void => {
      if (dtype === 'float16' && !has.has('shader-f16')) throw new Error(`${what} lacks shader-f16`)
    }
    if (device) {
      if (contextOf(device).lost) throw new Error("the caller's device was lost")
      lacking('the device', device.features)
      return { features: featureWords(device.features, device.adapterInfo, this.#options), reasons: [] }
    }
    const finding = this.#adapter ? { adapter: this.#adapter } : await findAdapter(this.#options)
    if ('reason' in finding) throw new Error(finding.reason)
    const { info, features } = finding.adapter
    const name = describeAdapter(info)
    lacking(name, features)
    const reasons = adapterClass(info) === 'software' ? [`${name} is a software adapter: right, but slow`] : []
    return { features: featureWords(features, info, this.#options), reasons }
  }

  #use(context: Context): Context {
    this.#users.set(context, (this.#users.get(context) ?? 0) + 1)
    return context
  }

  async #open(): Promise<Context> {
    const { device, dtype } = this.#options
    if (device) return contextOf(this.#callers(device, dtype))
    // An adapter yields one device: the caller's is used up by the first.
    const given = this.#adapter
    this.#adapter = undefined
    const finding = given ? { adapter: given } : await findAdapter(this.#options)
    if ('reason' in finding) {
      const { reason: found, cause } = finding
      throw new BackendUnavailableError({ where: 'webgpu', expected: 'an adapter', found, cause })
    }
    return new Context(await openDevice(finding.adapter, this.#options), finding.adapter.info)
  }

  #callers(device: GpuDevice, dtype: WebGpuOptions['dtype']): GpuDevice {
    if (contextOf(device).lost) {
      throw new BackendUnavailableError({ where: 'webgpu', expected: "the caller's device", found: 'a lost one' })
    }
    if (dtype === 'float16' && !device.features.has('shader-f16')) throw missingHalf(device.adapterInfo)
    return device
  }
}

function contextOf(device: GpuDevice): Context {
  const known = callersContexts.get(device)
  if (known) return known
  const made = new Context(device)
  callersContexts.set(device, made)
  return made
}
