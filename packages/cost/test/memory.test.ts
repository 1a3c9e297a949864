import { type Graph, GraphBuilder, OptionError, tensor } from '@depthwise/core'
import { elementCount, optimize, paramSpecs } from '@depthwise/core/backend'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldedGraph, type LiveValue, type MemoryPlan, materialized, memory, type Schedule } from '../src/index.ts'

const schedules = ['layers', 'fused', 'bands'] as const satisfies readonly Schedule[]

const inverted = (t: number): Graph => {
  const b = new GraphBuilder()
  const x = b.input([1, 8, 8, 4], { name: 'x' })
  const wide = b.relu6(b.conv2d(x, { name: 'expand', filters: 4 * t, kernel: 1 }))
  const deep = b.relu6(b.depthwiseConv2d(wide, { name: 'filter', kernel: 3 }), { name: 'filtered' })
  return b.build([b.add(x, b.conv2d(deep, { name: 'project', filters: 4, kernel: 1 }), { name: 'sum' })])
}

/** A chain of layers, some with a shortcut around them. */
const randomNet = fc
  .array(fc.constantFrom('conv', 'depthwise', 'relu', 'norm', 'residual', 'flatten', 'pool'), { maxLength: 12 })
  .map(kinds => {
    const b = new GraphBuilder()
    let x = b.input([1, 6, 6, 4])
    for (const kind of kinds) {
      if (x.shape.length !== 4) break
      if (kind === 'conv') x = b.conv2d(x, { filters: 4 + (x.id % 3) * 4, kernel: 1 })
      else if (kind === 'depthwise') x = b.depthwiseConv2d(x, { kernel: 3 })
      else if (kind === 'relu') x = b.relu6(x)
      else if (kind === 'norm') x = b.batchNorm(x)
      else if (kind === 'residual') x = b.add(x, b.depthwiseConv2d(x, { kernel: 3 }))
      else if (kind === 'pool') x = b.maxPool(x, { kernel: 2 })
      else x = b.flatten(x)
    }
    return b.build([x])
  })

const overlap = (a: LiveValue, b: LiveValue): boolean =>
  a.from <= b.to && b.from <= a.to && a.address < b.address + b.bytes && b.address < a.address + a.bytes

function checkPlan(plan: MemoryPlan): void {
  for (const [i, value] of plan.values.entries()) {
    for (const other of plan.values.slice(i + 1))
      expect(overlap(value, other), `${value.name} and ${other.name}`).toBe(false)
  }
  expect(plan.arenaBytes).toBeGreaterThanOrEqual(plan.peakBytes)
  expect(plan.steps.length === 0 || plan.steps[plan.peakStep]?.bytes === plan.peakBytes).toBe(true)
}

describe('memory', () => {
  it('layer by layer: operands, result and the shortcut that waits', () => {
    const plan = memory(inverted(6))
    expect(plan.steps.map(({ name, bytes }) => [name, bytes / 4])).toEqual([
      ['relu6_2', 8 * 8 * (4 + 24)],
      ['filtered', 8 * 8 * (4 + 24 + 24)],
      ['sum', 8 * 8 * (4 + 24 + 4)],
    ])
    expect(plan).toMatchObject({ peakBytes: 4 * 8 * 8 * 52, peakStep: 1, arenaBytes: 4 * 8 * 8 * 52 })
  })

  it('fused: what is inside a block is there in parts only (V2 paper, section 5.1)', () => {
    const parts = (count: number) => memory(inverted(6), { schedule: 'fused', parts: count })
    expect(parts(6).steps).toMatchObject([{ name: 'sum', bytes: 4 * 64 * (4 + 4 + 8), scratchBytes: 4 * 64 * 8 }])
    expect(parts(24).peakBytes).toBe(4 * 64 * (4 + 4 + 2))
    // In one part nothing is gained, so the layers run one by one.
    expect(parts(1).steps).toHaveLength(3)
  })

  it('bands: a block needs the rows its band looks at', () => {
    const plan = memory(inverted(6), { schedule: 'bands', rows: 2, dtype: 'float16' })
    expect(plan.steps).toMatchObject([{ scratchBytes: 2 * 8 * 24 * (2 + 4) }])
    expect(memory(inverted(6), { schedule: 'bands', rows: 100 }).steps).toHaveLength(3)
  })

  it('element-wise layers and views take the place of their operand, unless somebody still reads it', () => {
    const b = new GraphBuilder()
    const x = b.input([1, 4, 4, 2])
    const pooled = b.maxPool(x, { kernel: 3 })
    const kept = b.maxPool(b.relu(pooled), { kernel: 3, name: 'kept' })
    const net = b.build([b.flatten(b.add(kept, b.sigmoid(kept)))])
    const { values, peakBytes } = memory(net)
    expect(values.map(({ names }) => names.length)).toEqual([1, 2, 3, 1])
    expect(peakBytes).toBe(2 * 4 * 32)
  })

  it.each(schedules)('plans of random nets never lay two living values over each other: %s', schedule => {
    fc.assert(
      fc.property(randomNet, net => checkPlan(memory(net, { schedule }))),
      { numRuns: 150 },
    )
  })

  it.each(schedules)('a plan tells every value and node once, and costs less the more is fused: %s', schedule => {
    for (const graph of [
      mobileNetV1(),
      mobileNetV2({ preset: 'torch' }),
      mobileNetV2({ alpha: 0.35, resolution: 96 }),
    ]) {
      const plan = memory(graph, { schedule })
      checkPlan(plan)
      const covered = plan.steps.flatMap(step => step.nodes)
      expect(new Set(covered).size).toBe(covered.length)
      expect(plan.peakBytes).toBeLessThanOrEqual(memory(graph).peakBytes)
    }
  })

  it('V2 in bands needs less than a third of what it needs layer by layer', () => {
    const peaks = schedules.map(schedule => memory(mobileNetV2(), { schedule }).peakBytes)
    // The first expanded map of 96 channels, and what the depthwise layer of stride 2 makes of it.
    expect(peaks[0]).toBe(4 * 96 * (112 ** 2 + 56 ** 2))
    expect(peaks[2]).toBeLessThan((peaks[0] as number) / 3)
  })

  it('refuses unknown schedules, dtypes and cuts', () => {
    const net = inverted(2)
    expect(() => memory(net, { schedule: 'tiles' as never })).toThrow(
      'option schedule: expected one of layers, fused, bands',
    )
    expect(() => memory(net, { dtype: 'f64' as never })).toThrow(OptionError)
    expect(() => memory(net, { parts: 0 })).toThrow('option parts: expected a positive integer, found 0')
    expect(() => memory(net, { rows: Number.NaN })).toThrow(OptionError)
  })
})

describe('materialized', () => {
  it('names the largest value of each size', () => {
    expect(materialized(memory(inverted(6)))).toEqual([
      { size: '8x8', name: 'relu6_2', channels: 24, bytes: 4 * 64 * 24 },
    ])
  })
})

describe('foldedGraph', () => {
  it('is what optimize makes of the graph, weights and their names aside', () => {
    const bare = (graph: Graph) =>
      graph.nodes.map(({ op, ...node }) => ({
        ...node,
        op: { ...op, ...('weights' in op ? { weights: '', bias: op.bias && '' } : {}) },
      }))
    const nets = [mobileNetV1({ resolution: 32 }), mobileNetV2({ resolution: 32 }), inverted(3)]
    fc.assert(
      fc.property(fc.oneof(randomNet, fc.constantFrom(...nets)), graph => {
        const params = new Map(
          paramSpecs(graph).map(({ name, shape }) => [
            name,
            tensor(shape, new Float32Array(elementCount(shape)).fill(1)),
          ]),
        )
        expect(bare(foldedGraph(graph))).toEqual(bare(optimize({ graph, params }).graph))
      }),
      { numRuns: 60 },
    )
  })
})
