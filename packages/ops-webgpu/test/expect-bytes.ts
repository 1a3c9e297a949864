import type { Outputs } from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
import type { WebGpuOptions } from '@depthwise/ops-webgpu'
import { webgpu } from '@depthwise/ops-webgpu'
import type { QuantizedNetwork } from '@depthwise/testing/quantized-draft'
import { expect } from 'vitest'
import { gpu } from './device.ts'

/**
 * How bytes are multiplied: by the dot product of WGSL, or unpacked, as where the host does not name its features. Each compilation
 * opens a device of its own, which keeps no kernels of networks before it.
 */
export const multiplications = {
  dot4I8Packed: { gpu },
  'unpacked bytes': { gpu: { requestAdapter: () => gpu.requestAdapter() } },
} as const satisfies Readonly<Record<string, WebGpuOptions>>

/** Holds every value of a quantized network to the reference: element type, quantization and elements. */
export async function expectBytes(options: WebGpuOptions, { graph, params, inputs }: QuantizedNetwork): Promise<void> {
  const exposed = { expose: 'all' } as const
  await using truth = await reference().compile(graph, params, exposed)
  await using executable = await webgpu(options).compile(graph, params, exposed)
  const [expected, actual]: readonly Outputs[] = [await truth.run(inputs), await executable.run(inputs)]
  expect(actual).toEqual(expected)
}
