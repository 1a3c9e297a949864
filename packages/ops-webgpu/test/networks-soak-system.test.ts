import { nodeIndex } from '@depthwise/core/backend'
import { webgpu } from '@depthwise/ops-webgpu'
import { separable } from '@depthwise/ops-webgpu/separable'
import { evaluated } from '@depthwise/testing/agreement'
import { logitsOf, realNetworks, type Shown } from '@depthwise/testing/real-networks'
import { describeShared } from '@depthwise/testing/shared-folder'
import { expect, it } from 'vitest'
import { openDevice } from './device.ts'

const device = await openDevice()
const soak = process.env['DEPTHWISE_SOAK'] !== undefined

function top5(values: ArrayLike<number>): readonly number[] {
  return [...Array(values.length).keys()].sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0)).slice(0, 5)
}

/** Within 1e-3 of the largest logit, and the same five on top. */
function expectLogits(actual: Float32Array, expected: Float32Array): void {
  expect(actual).toHaveLength(expected.length)
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
  const furthest = actual.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i]!)), 0)
  expect(furthest / largest).toBeLessThan(1e-3)
  expect(top5(actual)).toEqual(top5(expected))
}

// What other runtimes recorded for these networks, the conformance kit compares.
describeShared('real networks on real photos (all six in the soak): the reference', () => {
  const loads = Object.entries<() => Promise<Shown>>(realNetworks)
  // Kernels whose threads meet take a software adapter minutes to compile.
  const fused = soak ? loads.map(([name, load]) => [`${name}, fused`, load, { fuse: separable }] as const) : []
  it.each([...loads.map(([name, load]) => [name, load, {}] as const), ...fused])('%s', async (_name, load, options) => {
    const { graph, params, photos, inputs } = await load()
    const logits = logitsOf(graph)
    const name = nodeIndex(graph).get(logits)?.name as string
    const bare = { ...graph, outputs: [logits] }
    await using executable = await webgpu({ device, ...options }).compile(bare, params)
    for (const photo of soak ? photos : photos.slice(0, 1)) {
      const [actual, expected] = [
        await executable.run(inputs(photo)),
        await evaluated({ graph: bare, params }, inputs(photo)),
      ]
      expectLogits(actual[name]?.data as Float32Array, expected[name]?.data as Float32Array)
    }
  })
})
