import { BackendUnavailableError } from '@depthwise/core'
import type { AdapterClass } from '../tiles.ts'
import { withDeadline } from './deadline.ts'
import { entryPoint, type WebGpuOptions } from './options.ts'
import { messageOf } from './refusal.ts'
import type { GpuAdapter, GpuAdapterInfo, GpuDevice, GpuFeatures, GpuLimits } from './types.ts'

/** What was found, or in words why there is nothing. */
export type Finding = { readonly adapter: GpuAdapter } | { readonly reason: string; readonly cause?: unknown }

/** Asks for an adapter; never throws. */
export async function findAdapter(options: WebGpuOptions): Promise<Finding> {
  const { powerPreference } = options
  const request = powerPreference === undefined ? {} : { powerPreference }
  try {
    const gpu = entryPoint(options)
    if (!gpu) {
      return { reason: 'no navigator.gpu here; in Node, pass webgpu({ gpu: create([]) }) of the package webgpu' }
    }
    const adapter = await withDeadline('requestAdapter', () => gpu.requestAdapter(request))
    return adapter ? { adapter } : { reason: 'requestAdapter found no adapter: no usable GPU or driver' }
  } catch (cause) {
    return { reason: `requestAdapter failed: ${messageOf(cause)}`, cause }
  }
}

const wantedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxTextureDimension2D',
] as const satisfies readonly (keyof GpuLimits)[]

/**
 * A device with the adapter's own limits, with timestamps where it has them, and with `shader-f16` if that is asked for.
 * @throws BackendUnavailableError when the adapter refuses
 */
export async function openDevice(adapter: GpuAdapter, options: WebGpuOptions): Promise<GpuDevice> {
  if (options.dtype === 'float16' && !adapter.features.has('shader-f16')) throw missingHalf(adapter.info)
  const features = ['timestamp-query', ...(options.dtype === 'float16' ? ['shader-f16'] : [])]
  try {
    const request = {
      label: 'depthwise',
      requiredFeatures: features.filter(feature => adapter.features.has(feature)) as never[],
      requiredLimits: Object.fromEntries(wantedLimits.map(name => [name, adapter.limits[name]])),
    }
    return await withDeadline(
      'requestDevice',
      () => adapter.requestDevice(request),
      device => device.destroy(),
    )
  } catch (cause) {
    throw new BackendUnavailableError({ where: 'webgpu', expected: 'a device', found: messageOf(cause), cause })
  }
}

export function missingHalf(info: GpuAdapterInfo | undefined): BackendUnavailableError {
  return new BackendUnavailableError({
    where: 'webgpu, option dtype',
    expected: 'an adapter with shader-f16 for float16',
    found: describeAdapter(info),
  })
}

/** The most specific description that an adapter gives; browsers leave most fields empty. */
export function describeAdapter(info: GpuAdapterInfo | undefined): string {
  if (!info) return 'unnamed adapter'
  const { description, device, architecture, vendor } = info
  return description || [vendor, architecture, device].filter(word => word !== '').join(' ') || 'unnamed adapter'
}

/** All an adapter says of itself, by which it is known again. */
export function adapterName({ vendor, architecture, device, description }: GpuAdapterInfo): string {
  return [vendor, architecture, device, description].join(' ').trim()
}

/** Software adapters say so, or go by one of the names they are known under. */
export function adapterClass(info: GpuAdapterInfo | undefined): AdapterClass {
  if (!info) return 'gpu'
  const software = info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(adapterName(info))
  return software ? 'software' : 'gpu'
}

/** What is in use, in the field's words. */
export function featureWords(
  features: GpuFeatures,
  info: GpuAdapterInfo | undefined,
  { dtype = 'float32' }: WebGpuOptions,
): readonly string[] {
  return [
    ...(info ? [`adapter: ${describeAdapter(info)}`] : []),
    dtype,
    ...['shader-f16', 'timestamp-query'].filter(feature => features.has(feature)),
  ]
}
