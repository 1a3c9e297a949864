import { type Graph, OptionError } from '@depthwise/core'
import { verify } from '@depthwise/core/backend'
import { runs } from '@depthwise/testing/soak'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeDivisible, mobileNetV1, mobileNetV1Rows, mobileNetV2, mobileNetV2Rows } from '../src/index.ts'

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
      const adds = graph.nodes.filter(node => node.op.kind === 'binary')
      if (network === 'v1') expect(adds).toHaveLength(0)
      // A shortcut within each stage, and one more for each pair of stages of one width that meet at stride 1.
      else expect(adds.length).toBeGreaterThanOrEqual(10)
    })
    fc.assert(property, runs(150, 20_000))
  })
})

/** A good value of each option, for junk to spoil some of. */
const good = {
  alpha: 0.5,
  inputShape: [64, 64, 3],
  resolution: 64,
  dropout: 0.1,
  includeTop: true,
  pooling: null,
  classes: 10,
  classifierActivation: 'softmax',
  preset: 'slim',
}
const junk = fc.oneof(
  fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }),
  fc.double(),
  fc.integer(),
  fc.constantFrom('keras', 'avg', 'max', null, true, false, [1, 1, 1], [1e9, 1e9, 1e9], 2 ** 31, Symbol('x')),
)
const spoilt = fc.dictionary(fc.constantFrom(...Object.keys(good), 'depthMultiplier'), junk, { maxKeys: 4 })

describe('options of any kind', () => {
  it('make a network or an OptionError, never anything else', () => {
    const tally = { graphs: 0, errors: 0 }
    const property = fc.property(fc.boolean(), fc.subarray(Object.entries(good)), spoilt, (first, entries, changes) => {
      const options = { ...Object.fromEntries(entries), ...changes } as never
      try {
        verify(first ? mobileNetV1(options) : mobileNetV2(options))
        tally.graphs += 1
      } catch (error) {
        if (!(error instanceof OptionError)) throw error
        expect(error.message.length).toBeLessThan(600)
        tally.errors += 1
      }
    })
    fc.assert(property, runs(500, 50_000))
    // Neither side may be empty: a generator that only ever makes one of them would test little.
    expect(Math.min(tally.graphs, tally.errors)).toBeGreaterThan(20)
  })

  it('are refused as a whole, too', () => {
    for (const options of [null, 1, 'keras'])
      expect(() => mobileNetV1(options as never)).toThrow('options: expected an object')
  })
})
