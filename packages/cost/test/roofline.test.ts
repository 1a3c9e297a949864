import { BackendUnavailableError, GraphBuilder } from '@depthwise/core'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { wasm } from '@depthwise/ops-cpu'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calibrate, ceilings, explain, foldedGraph, type Machine, predict } from '../src/index.ts'
import { nonNegativeLeastSquares } from '../src/roofline/least-squares.ts'
import { streaming } from '../src/roofline/machine.ts'
import { type Clockwork, clockwork } from './clockwork.ts'

const quick = { milliseconds: 0 }
const rates: Clockwork = { operation: 2e-8, byte: 1e-7, call: 0.004 }
const known = calibrate(clockwork(rates), quick)
const nets = [
  mobileNetV1({ alpha: 0.25, resolution: 128 }),
  mobileNetV2(),
  mobileNetV2({ preset: 'torch', alpha: 1.4 }),
]

async function timeOf(graph: (typeof nets)[number], backend = clockwork(rates)): Promise<number> {
  await using executable = await backend.compile(graph, new Map())
  return (await executable.profile({})).reduce((sum, { milliseconds }) => sum + milliseconds, 0)
}

describe('a machine whose rates are known', () => {
  it('is found out: networks take what is foretold', async () => {
    const machine = await known
    expect(machine).toMatchObject({ backend: 'clockwork', features: ['gears'], missing: {} })
    for (const graph of nets) {
      const { milliseconds, runMilliseconds, uncosted } = predict(graph, machine)
      expect(uncosted).toEqual([])
      const layers = milliseconds - runMilliseconds
      expect(Math.abs(layers / (await timeOf(graph)) - 1)).toBeLessThan(0.03)
    }
    expect(machine.rates.pointwise?.samples).toBeGreaterThan(50)
    expect(machine.rates.pointwise?.error).toBeLessThan(0.02)
    expect(ceilings(machine.rates.pointwise!).gigaflops).toBeCloseTo(1e-6 / rates.operation, -1)
    expect(JSON.parse(JSON.stringify(machine))).toEqual(machine)
  })

  it.each([
    ['compute', { operation: 1e-6, byte: 1e-10, call: 1e-6 }],
    ['bandwidth', { operation: 1e-12, byte: 1e-6, call: 1e-6 }],
    ['overhead', { operation: 1e-12, byte: 1e-12, call: 1 }],
  ] as const)('tells that %s binds', async (bound, gears) => {
    const prediction = predict(mobileNetV2(), await calibrate(clockwork(gears), quick))
    // Of a dense layer operations and weights are in one proportion, so that nothing tells them apart.
    const layers = prediction.layers.filter(layer => ['pointwise', 'depthwise', 'stem'].includes(layer.class))
    const time = (of: typeof layers) => of.reduce((sum, layer) => sum + layer.milliseconds, 0)
    expect(time(layers.filter(layer => layer.bound === bound)) / time(layers)).toBeGreaterThan(0.9)
  })

  it('names the nodes it has no rate for, and costs the rest', async () => {
    const machine = await calibrate(clockwork({ ...rates, without: 'softmax' }), quick)
    expect(machine.missing).toEqual({ softmax: 'softmax_1: expected other ops, found softmax' })
    const { uncosted, milliseconds } = predict(mobileNetV2(), machine)
    expect(uncosted).toMatchObject([{ name: 'predictions_softmax', kind: 'softmax' }])
    expect(uncosted[0]?.reason).toContain('no rate for softmax kernels on clockwork: softmax_1: expected other ops')
    expect(milliseconds).toBeGreaterThan(0)
    const b = new GraphBuilder()
    const grouped = b.conv2d(b.input([1, 8, 8, 16]), { name: 'grouped', filters: 16, kernel: 3, groups: 4 })
    expect(predict(b.build([b.relu(grouped)]), machine).uncosted).toMatchObject([
      { kind: 'conv2d', reason: 'a convolution of 4 groups, which backends run at no one rate' },
    ])
  })

  it('explains a profile: names what falls short, and what was foretold of the rest', async () => {
    const machine = await known
    const graph = mobileNetV1()
    const limping = clockwork({ ...rates, slow: { conv_pw_7_relu: 3, conv_pw_8_relu: 2, conv_dw_13_relu: 1.1 } })
    const executable = await limping.compile(graph, new Map())
    const { layers, short, measured, predicted, uncosted } = explain(await executable.profile({}), graph, machine)
    expect(short.map(layer => layer.name)).toEqual(['conv_pw_7_relu', 'conv_pw_8_relu'])
    expect(short[0]).toMatchObject({ kernel: 'gear', layers: ['conv_pw_7_relu'], bound: 'compute' })
    expect(short[0]?.ratio).toBeCloseTo(3, 0)
    expect(layers.length).toBe(
      foldedGraph(graph).nodes.filter(({ op }) => !['input', 'reshape'].includes(op.kind)).length,
    )
    expect(measured).toBeGreaterThan(predicted)
    expect(uncosted).toEqual([])
  })
})

describe('the wasm backend', () => {
  it('is calibrated at all its classes, and its profile covers every layer that was foretold', async () => {
    const machine = await calibrate(wasm(), quick)
    expect(machine.missing).toEqual({})
    expect(machine.weights.map(({ byte }) => byte > 0)).not.toContain(false)
    const graph = mobileNetV2({ alpha: 0.35, resolution: 96 })
    const prediction = predict(graph, machine)
    expect(prediction.milliseconds).toBeGreaterThan(0)
    const profile = prediction.layers.map(({ name, nodes, milliseconds }) => ({
      name,
      nodes,
      kernel: '',
      milliseconds,
    }))
    for (const layer of explain(profile, graph, machine).layers) expect(layer.ratio).toBeCloseTo(1, 6)
  })

  it('a backend that cannot run here is refused with its reason', async () => {
    const absent = {
      ...clockwork(rates),
      probe: async () => ({ available: false, features: [], reasons: ['no gears'] }),
    }
    await expect(calibrate(absent)).rejects.toThrow(BackendUnavailableError)
    await expect(calibrate(absent)).rejects.toThrow('backend clockwork: expected one that runs here, found no gears')
  })

  it('stops when it is told to', async () => {
    const signal = {
      aborted: true,
      throwIfAborted() {
        throw new Error('enough')
      },
    }
    await expect(calibrate(clockwork(rates), { signal })).rejects.toThrow('enough')
  })
})

describe('nonNegativeLeastSquares', () => {
  it('finds the rates of exact measurements', () => {
    const rate = fc.double({ min: 0.01, max: 100, noNaN: true })
    fc.assert(
      fc.property(fc.tuple(rate, rate, rate), truth => {
        const works = [
          [1, 0, 1],
          [5, 1, 1],
          [2, 9, 1],
          [0, 3, 1],
          [7, 7, 1],
        ]
        const rows = works.map(work => {
          const time = work.reduce((sum, value, i) => sum + value * (truth[i] as number), 0)
          return work.map(value => value / time)
        })
        const found = nonNegativeLeastSquares(rows, 3)
        for (const row of rows) {
          const sum = row.reduce((total, value, i) => total + value * (found[i] as number), 0)
          expect(sum).toBeCloseTo(1, 5)
        }
        // A rate that makes up a ten-thousandth of every time is below what normal equations resolve.
        const least = Math.max(...truth) / 1000
        for (const [i, value] of found.entries()) {
          if ((truth[i] as number) > least) expect(value / (truth[i] as number)).toBeCloseTo(1, 2)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('never goes below 0, and leaves out what nothing speaks for', () => {
    // Twice the work in half the time: the second rate would have to be negative.
    const found = nonNegativeLeastSquares(
      [
        [1, 0, 0],
        [2, 4, 0],
      ],
      3,
    )
    expect(found[1]).toBe(0)
    expect(found[2]).toBe(0)
    expect(found[0]).toBeCloseTo(3 / 5, 6)
  })
})

it('streaming goes between measurements, and stays at the ends beyond', () => {
  const curve: Machine['weights'] = [
    { footprint: 1024, byte: 1 },
    { footprint: 4096, byte: 3 },
  ]
  expect([1, 1024, 2048, 4096, 1e9].map(footprint => streaming(curve, footprint))).toEqual([1, 1, 2, 3, 3])
  expect(streaming([], 5)).toBe(0)
})
