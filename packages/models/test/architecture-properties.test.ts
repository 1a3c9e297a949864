import { createSession, type Graph, optimize, tensor, verify, zeros } from '@depthwise/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type MobileNetOptions,
  makeDivisible,
  mobileNetV1,
  mobileNetV1Rows,
  mobileNetV2,
  mobileNetV2Rows,
} from '../src/index.ts'
import { reference } from './neighbours.ts'
import { randomParams, randomReals } from './random-params.ts'

const networks = {
  v1: { build: mobileNetV1, map: 'conv_pw_13_relu', blocks: mobileNetV1Rows.length },
  v2: { build: mobileNetV2, map: 'out_relu', blocks: mobileNetV2Rows.reduce((sum, [, , n]) => sum + n, 0) },
} as const
const nodeOf = (graph: Graph, name: string) => graph.nodes.find(node => node.name === name)

const options = fc.record({
  network: fc.constantFrom('v1' as const, 'v2' as const),
  preset: fc.constantFrom('keras' as const, 'torch' as const, 'slim' as const),
  alpha: fc.double({ min: 0.05, max: 2, noNaN: true }),
  height: fc.integer({ min: 33, max: 300 }),
  width: fc.integer({ min: 33, max: 300 }),
  channels: fc.constantFrom(1, 3, 4),
})

/** Rows that five strided layers leave: halved upwards, but for the four depthwise ones of Keras' V1, halved downwards. */
function mapExtent(extent: number, downwards: boolean): number {
  const half = (value: number): number => (downwards ? Math.floor(value / 2) : Math.ceil(value / 2))
  return [1, 2, 3, 4].reduce(half, Math.ceil(extent / 2))
}

/** Channels of the last map, from the papers' rows and the presets' rules. */
function mapChannels(network: 'v1' | 'v2', preset: string, alpha: number): number {
  if (network === 'v2') return makeDivisible(1280 * Math.max(1, alpha))
  const cut = Math.trunc(1024 * alpha)
  return preset === 'torch' ? makeDivisible(1024 * alpha) : preset === 'slim' ? Math.max(8, cut) : cut
}

describe('any alpha and resolution', () => {
  it('makes a graph that verifies, with the extents and channels that strides and rules leave', () => {
    const property = fc.property(options, ({ network, preset, alpha, height, width, channels }) => {
      const { build, map, blocks } = networks[network]
      const graph = build({ preset, alpha, inputShape: [height, width, channels], classes: 7 })
      verify(graph)
      const downwards = preset === 'keras' && network === 'v1'
      expect(nodeOf(graph, map)?.shape).toEqual([
        1,
        mapExtent(height, downwards),
        mapExtent(width, downwards),
        mapChannels(network, preset, alpha),
      ])
      expect(graph.nodes.at(-1)?.shape).toEqual([1, 7])
      expect(graph.nodes.filter(node => node.op.kind === 'depthwiseConv2d')).toHaveLength(blocks)
      const adds = graph.nodes.filter(node => node.op.kind === 'add')
      if (network === 'v1') expect(adds).toHaveLength(0)
      // A shortcut within each stage, and one more for each pair of stages of one width that meet at stride 1.
      else expect(adds.length).toBeGreaterThanOrEqual(10)
    })
    fc.assert(property, { numRuns: 150 })
  })
})

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
      const graph = networks[network].build({ ...tiny, preset, classifierActivation: 'softmax' })
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
    const { build } = networks[network]
    const keras = build({ ...tiny, inputShape, preset: 'keras', includeTop: false, pooling: 'avg' })
    const slim = build({ ...tiny, inputShape, preset: 'slim', includeTop: false, pooling: 'avg' })
    expect(keras.nodes.length).toBe(slim.nodes.length + 4)
    const params = randomParams(slim)
    expect(await probabilities(keras, params)).toEqual(await probabilities(slim, params))
  })

  it.each(['v1', 'v2'] as const)('%s: passes fold padding nodes and batch norms away', async network => {
    const graph = networks[network].build({ ...tiny, inputShape: [45, 70, 3] })
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
