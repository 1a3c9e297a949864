import { BackendUnavailableError } from '@depthwise/core'
import type { AdapterClass } from '../tiles.ts'
import { entryPoint, type WebGpuOptions } from './options.ts'
import type { GpuAdapter, GpuAdapterInfo, GpuDevice, GpuFeatures, GpuLimits } from './types.ts'

/** What was found, or in words why there is nothing. */
export type Finding = { readonly adapter: GpuAdapter } | { readonly reason: string }

/** Asks for an adapter; never throws. */
export async function findAdapter(options: WebGpuOptions): Promise<Finding> {
  const gpu = entryPoint(options)
  if (!gpu) {
    return { reason: 'no navigator.gpu here; in Node, pass webgpu({ gpu: create([]) }) of the package webgpu' }
  }
  const { powerPreference } = options
  try {
    const adapter = await gpu.requestAdapter(powerPreference === undefined ? {} : { powerPreference })
    return adapter ? { adapter } : { reason: 'requestAdapter found no adapter: no usable GPU or driver' }
  } catch (error) {
    return { reason: `requestAdapter failed: ${error instanceof Error ? error.message : error}` }
  }
}

const wantedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
] as const satisfies readonly (keyof GpuLimits)[]

/**
 * A device with the adapter's own limits, with timestamps where it has them, and with `shader-f16` if that is asked for.
 * @throws BackendUnavailableError when the adapter refuses
 */
export async function openDevice(adapter: GpuAdapter, options: WebGpuOptions): Promise<GpuDevice> {
  if (options.precision === 'f16' && !adapter.features.has('shader-f16')) throw missingHalf(adapter.info)
  const features = ['timestamp-query', ...(options.precision === 'f16' ? ['shader-f16'] : [])]
  try {
    return await adapter.requestDevice({
      label: 'depthwise',
      requiredFeatures: features.filter(feature => adapter.features.has(feature)) as never[],
      requiredLimits: Object.fromEntries(wantedLimits.map(name => [name, adapter.limits[name]])),
    })
  } catch (error) {
    const found = error instanceof Error ? error.message : `${error}`
    throw new BackendUnavailableError({ where: 'webgpu', expected: 'a device', found, cause: error })
  }
}

export function missingHalf(info: GpuAdapterInfo | undefined): BackendUnavailableError {
  return new BackendUnavailableError({
    where: 'webgpu, option precision',
    expected: 'an adapter with shader-f16 for f16',
    found: info ? describeAdapter(info) : 'a device without it',
  })
}

/** The most telling words an adapter has for itself; browsers leave most of them empty. */
export function describeAdapter({ description, device, architecture, vendor }: GpuAdapterInfo): string {
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
  { precision = 'f32' }: WebGpuOptions,
): readonly string[] {
  return [
    ...(info ? [`adapter: ${describeAdapter(info)}`] : []),
    precision,
    ...['shader-f16', 'timestamp-query'].filter(feature => features.has(feature)),
  ]
}
