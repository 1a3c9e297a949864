import { createSession, type Tensor } from '@depthwise/core'
import { paramSpecs } from '@depthwise/core/backend'
import { reference } from '@depthwise/ops-cpu'
import { expect, test } from 'vitest'
import { buildNetwork, doorsOf, noise, toPlanes } from '../src/subject/build.ts'
import { packNetwork, unpackNetwork } from '../src/subject/pack.ts'
import { clampedNetwork } from '../src/subject/passes.ts'
import { inputOf, runReference, tinyV2 } from './nets.ts'

test('a packed network comes back equal, unbounded clamps included', () => {
  const network = clampedNetwork(tinyV2())
  const back = unpackNetwork(packNetwork(network))
  expect(back.graph).toEqual(network.graph)
  expect([...back.params.keys()]).toEqual([...network.params.keys()])
  for (const [name, { dtype, shape, data }] of network.params) {
    expect(back.params.get(name)).toEqual({ dtype, shape, data })
  }
})

test('passes leave the answer as it was', async () => {
  const network = tinyV2(20)
  const input = inputOf(network.graph)
  const [ours, folded] = [await runReference(network, input), await runReference(clampedNetwork(network), input)]
  for (const [i, value] of ours.entries()) expect(folded[i]).toBeCloseTo(value, 5)
})

test.each(['v1', 'v2'] as const)('%s: weights keep every layer alive and no value near the denormals', async model => {
  const network = buildNetwork({ model, alpha: 0.25, resolution: 96, precision: 'float32' })
  const { inputName, inputShape } = doorsOf(network)
  await using session = await createSession(network.graph, network.params, { backends: [reference()], expose: 'all' })
  const values = await session.run({ [inputName]: noise(inputShape) })
  for (const [name, { data }] of Object.entries(values) as [string, Tensor<'float32'>][]) {
    const sizes = data.map(Math.abs).filter(size => size > 0)
    expect(sizes.length / data.length, name).toBeGreaterThan(0.2)
    expect(Math.max(...sizes.slice(0, 10_000)), name).toBeLessThan(1e3)
    expect(Math.max(...sizes.slice(0, 10_000)), name).toBeGreaterThan(1e-2)
    // Far above 2^-126: a denormal costs some machines a hundred cycles.
    expect(
      sizes.reduce((min, size) => Math.min(min, size), 1),
      name,
    ).toBeGreaterThan(1e-20)
  }
})

test('variances are positive, and the same seed gives the same weights', () => {
  const subject = { model: 'v2', alpha: 0.35, resolution: 96, precision: 'float32' } as const
  const [one, two] = [buildNetwork(subject), buildNetwork(subject)]
  for (const { role, name } of paramSpecs(one.graph)) {
    const [first, second] = [one, two].map(({ params }) => Buffer.from(params.get(name)?.data.buffer as ArrayBuffer))
    expect(first?.equals(second as Buffer), name).toBe(true)
    if (role === 'variance') expect(Math.min(...(one.params.get(name)?.data ?? []))).toBeGreaterThan(0.5)
  }
})

test('planes hold the same picture', () => {
  const image = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
  expect([...toPlanes(image, [1, 2, 2, 3])]).toEqual([1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12])
})
