import { createSession, type Graph, tensor, zeros } from '@depthwise/core'
import { optimize } from '@depthwise/core/backend'
import { randomParams, randomReals } from '@depthwise/testing/random-params'
import { describe, expect, it } from 'vitest'
import { type MobileNetOptions, mobileNetV1, mobileNetV2 } from '../src/index.ts'
import { reference } from './neighbours.ts'

const networks = { v1: mobileNetV1, v2: mobileNetV2 } as const

async function probabilities(graph: Graph, params = randomParams(graph)): Promise<Float32Array> {
  const real = randomReals(7)
  const input = zeros(graph.nodes[0]?.shape ?? [])
  for (let i = 0; i < input.data.length; i++) input.data[i] = 2 * real() - 1
  await using session = await createSession(graph, params, { backends: [reference()] })
  const outputs = await session.run({ input: tensor(input.shape, input.data) })
  return (Object.values(outputs)[0] as { data: Float32Array }).data
}

describe('tiny networks run', () => {
  const tiny: MobileNetOptions = { alpha: 0.25, inputShape: [48, 64, 3], classes: 5, dropout: 0 }

  it.each(['v1', 'v2'] as const)('%s: the probabilities of each preset add up to one', async network => {
    for (const preset of ['keras', 'torch', 'slim'] as const) {
      const graph = networks[network]({ ...tiny, preset, classifierActivation: 'softmax' })
      const values = await probabilities(graph)
      expect(values).toHaveLength(5)
      expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
      expect(Math.max(...values)).toBeLessThan(1)
    }
  })

  it.each([
    ['v1', [64, 96, 3]],
    ['v2', [48, 72, 3]],
  ] as const)('%s: padding nodes at even sizes compute what SAME does', async (network, inputShape) => {
    const build = networks[network]
    const keras = build({ ...tiny, inputShape, preset: 'keras', includeTop: false, pooling: 'avg' })
    const slim = build({ ...tiny, inputShape, preset: 'slim', includeTop: false, pooling: 'avg' })
    expect(keras.nodes.length).toBe(slim.nodes.length + 4)
    const params = randomParams(slim)
    expect(await probabilities(keras, params)).toEqual(await probabilities(slim, params))
  })

  it.each(['v1', 'v2'] as const)('%s: passes fold padding nodes and batch norms away', async network => {
    const graph = networks[network]({ ...tiny, inputShape: [45, 70, 3] })
    const params = randomParams(graph)
    const small = optimize({ graph, params })
    const kinds = new Set(small.graph.nodes.map(node => node.op.kind))
    for (const kind of ['pad', 'batchNorm', 'relu6', 'add', 'dropout'] as const) expect(kinds).not.toContain(kind)
    const [expected, found] = [await probabilities(graph, params), await probabilities(small.graph, small.params)]
    for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5)
  })

  it('without top: maximum and mean of the same map', async () => {
    const ends = (pooling: 'avg' | 'max' | null) => mobileNetV1({ ...tiny, includeTop: false, pooling })
    const [map, mean, largest] = [ends(null), ends('avg'), ends('max')]
    const params = randomParams(map)
    const values = await probabilities(map, params)
    const channels = 256
    const columns = Array.from({ length: channels }, (_, c) => values.filter((_, i) => i % channels === c))
    const means = await probabilities(mean, params)
    for (const [c, column] of columns.entries()) {
      expect(means[c]).toBeCloseTo(column.reduce((sum, value) => sum + value, 0) / column.length, 5)
    }
    expect(Array.from(await probabilities(largest, params))).toEqual(columns.map(column => Math.max(...column)))
  })
})
