import { GraphBuilder, type Inputs, OptionError, ShapeError, tensor } from '@depthwise/core'
import { reference, wasm } from '@depthwise/ops-cpu'
import { binLabel, compareBackends, difference, explain } from '@depthwise/parity'
import { describe, expect, it } from 'vitest'
import { planted } from './planted.ts'
import { smallNetwork } from './small-network.ts'

const { graph, params, inputs } = smallNetwork()
const row = (...values: number[]) => tensor([1, values.length], values)

describe('difference', () => {
  it('counts in absolute and relative terms, in float32 steps, and as an angle', () => {
    const next = Math.fround(1 + 2 ** -23)
    const found = difference(row(1, -2, 0, 4), row(next, -2, 0.5, 3), { ofLargest: 0.2 })
    expect(found).toMatchObject({ elements: 4, beyond: 1, maxAbs: 1, maxRel: 1, largest: 4, special: 0 })
    expect(found.worst).toEqual({ index: 3, at: [0, 3], reference: 4, candidate: 3 })
    expect(found.ulps.slice(0, 2)).toEqual([1, 1])
    expect(found.ulps.reduce((sum, count) => sum + count)).toBe(4)
    expect(found.cosine).toBeCloseTo(17 / Math.sqrt(21 * 14.25), 6)
    expect(found.ulps.map((_, bin) => binLabel(bin)).slice(0, 4)).toEqual(['0', '1', '2..3', '4..7'])
  })

  it('steps over zero one by one', () => {
    const tiny = 2 ** -149
    expect(difference(row(tiny, 0), row(-tiny, -0), { ofLargest: 0 }).ulps).toEqual([1, 0, 1])
  })

  it('counts distances by powers of two', () => {
    const steps = [0, 1, 2, 3, 4, 7, 8, 15, 16]
    const ones = steps.map(() => 1)
    const apart = steps.map(step => 1 + step * 2 ** -23)
    expect(difference(row(...ones), row(...apart), { ofLargest: 0 }).ulps).toEqual([1, 1, 2, 2, 2, 1])
  })

  it('wants the same NaN and infinities, wherever they are', () => {
    const same = row(Number.NaN, Infinity, -Infinity, 1)
    expect(difference(same, same, { ofLargest: 0 })).toMatchObject({ beyond: 0, special: 0, maxAbs: 0 })
    const found = difference(same, row(Number.NaN, -Infinity, 7, Number.NaN), { ofLargest: 100 })
    expect(found).toMatchObject({ beyond: 3, special: 3, maxAbs: Infinity })
    expect(found.worst.index).toBe(1)
  })

  it('lets the widest bound count', () => {
    const [a, b] = [row(1000, 1), row(1000, Math.fround(1 + 3 * 2 ** -23))]
    expect(difference(a, b, { ofLargest: 0 }).beyond).toBe(1)
    for (const tolerance of [{ ulps: 3 }, { absolute: 1e-6 }, { ofLargest: 1e-9 }]) {
      expect(difference(a, b, { ofLargest: 0, ...tolerance }).beyond).toBe(0)
    }
  })

  it('does not compare different shapes', () => {
    expect(() => difference(row(1, 2), row(1), { ofLargest: 0 })).toThrow(ShapeError)
  })
})

describe('two backends that agree', () => {
  it('say so, with a row for every value that is kept', async () => {
    const report = await compareBackends(graph, params, inputs, { reference: reference(), candidate: wasm() })
    expect(report).toMatchObject({ ok: true, first: null, runs: 2, reference: 'reference', candidate: 'wasm' })
    expect(report.nodes.map(({ name }) => name)).toContain('block_1_add')
    expect(report.unseen.map(({ name }) => name)).toContain('block_1_expand_BN')
    expect(report.nodes.length + report.unseen.length).toBe(graph.nodes.length - 1)
    expect(report.top).toEqual([{ output: 'predictions', top: 5, images: 2, first: 2, ordered: 2, shared: 1 }])
    expect(explain(report)).toContain('wasm agrees with reference')
  })

  it('also with every node exposed, over several inputs and another batch', async () => {
    const three = [1, 2, 3].map((scale): Inputs => {
      const data = Float32Array.from({ length: 2 * 20 * 18 * 3 }, (_, i) => Math.sin(i * scale))
      return { input: tensor([2, 20, 18, 3], data) }
    })
    const options = {
      reference: reference(),
      candidate: wasm({ simd: 'plain' }),
      expose: 'all',
      batch: 2,
      top: 3,
    } as const
    const report = await compareBackends(graph, params, three, options)
    expect(report).toMatchObject({ ok: true, runs: 3, unseen: [] })
    expect(report.nodes).toHaveLength(graph.nodes.length)
    expect(report.top).toMatchObject([{ top: 3, images: 6, first: 6 }])
  })
})

it('integers go into a reproduction as they came', async () => {
  const b = new GraphBuilder()
  const bytes = b.input([1, 2, 2, 1], { name: 'bytes', dtype: 'uint8' })
  const pixels = b.build([b.affine(bytes, { scale: [0.5], offset: [0] })])
  const doubled = planted({ value: data => data.set(data.map(x => 2 * x)) })
  const options = { reference: reference(), candidate: doubled, expose: 'all' } as const
  const report = await compareBackends(pixels, new Map(), { bytes: Uint8Array.of(1, 2, 3, 4) }, options)
  expect(report.first?.reproduction).toMatchObject({
    alone: true,
    graph: { nodes: [{ name: 'bytes', dtype: 'uint8' }, {}] },
  })
  expect(report.first?.reproduction?.runs[0]?.inputs['bytes']?.data).toEqual(Uint8Array.of(1, 2, 3, 4))
})

it('a fault that nothing repeats is kept whole, and says so', async () => {
  let runs = 0
  const flaky = planted({
    value: (data, { node }) => {
      if (node.name !== 'pool') return
      runs += 1
      if (runs === 2) data[0] = 100
    },
  })
  const report = await compareBackends(graph, params, inputs, { reference: reference(), candidate: flaky })
  expect(report.first?.node.name).toBe('pool')
  expect(report.first?.reproduction).toMatchObject({ alone: false, candidate: 'planted' })
  expect(explain(report)).toContain('not reproduced alone')
})

it('options outside their domain', async () => {
  const backends = { reference: reference(), candidate: reference() }
  await expect(compareBackends(graph, params, [], backends)).rejects.toThrow(OptionError)
  for (const wrong of [{ tolerance: -1 }, { tolerance: Number.NaN }, { top: 0 }]) {
    await expect(compareBackends(graph, params, inputs, { ...backends, ...wrong })).rejects.toThrow(OptionError)
  }
})
