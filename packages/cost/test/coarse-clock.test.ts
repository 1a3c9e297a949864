import type { Backend, Executable } from '@depthwise/core'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { bestTimes, calibrate, predict } from '../src/index.ts'
import { measure } from '../src/roofline/measure.ts'
import { clockwork } from './clockwork.ts'

// Browsers coarsen their clock. Here time is made up: it passes as a machine of known rates would take it, and is told in steps.

let time = 0
let step = 0

beforeEach(() => {
  time = 0
  vi.spyOn(performance, 'now').mockImplementation(() => {
    // Looking at the clock takes its time too, which moves on where within a step the layers begin.
    time += 0.000_037
    return Math.floor(time / step) * step
  })
})
afterEach(() => vi.restoreAllMocks())

/** Takes as long as its rates say, and learns its times from the clock, as real ones do. */
function onClock(backend: Backend): Backend {
  return {
    ...backend,
    async compile(graph, params) {
      const exact = await backend.compile(graph, params)
      const layers = await exact.profile({})
      const took = (milliseconds: number): number => {
        const start = performance.now()
        time += milliseconds
        return performance.now() - start
      }
      const executable: Executable = {
        async run(inputs, options) {
          for (const { milliseconds } of layers) time += milliseconds
          return exact.run(inputs, options)
        },
        profile: async () => layers.map(layer => ({ ...layer, milliseconds: took(layer.milliseconds) })),
        [Symbol.asyncDispose]: () => exact[Symbol.asyncDispose](),
      }
      return executable
    },
  }
}

const backend = onClock(clockwork({ operation: 2e-8, byte: 1e-8, call: 0.002 }))
const nets = [mobileNetV1({ alpha: 0.25, resolution: 32 }), mobileNetV2({ alpha: 0.35, resolution: 96 })]

describe.each([
  ['a fine clock', 0.000_01, 0.05],
  ['steps of 5 microseconds, as isolated pages have', 0.005, 0.1],
  ['steps of 100 microseconds, as others have', 0.1, 0.3],
] as const)('with %s', (_, coarseness, bound) => {
  it('small networks take what is foretold of them', async () => {
    step = coarseness
    const machine = await calibrate(backend)
    for (const graph of nets) {
      const { run } = await measure(backend, graph, { rounds: 12, milliseconds: 100 })
      expect(run).toBeGreaterThan(0)
      expect(Math.abs(predict(graph, machine).milliseconds / run - 1)).toBeLessThan(bound)
    }
  })

  it('layers shorter than a step are told for what they take', async () => {
    step = coarseness
    const [graph = mobileNetV1()] = nets
    const { layers, run } = await measure(backend, graph, { rounds: 12, milliseconds: 100 })
    const sum = layers.reduce((total, { milliseconds }) => total + milliseconds, 0)
    expect(Math.abs(sum / run - 1)).toBeLessThan(bound)
  })
})

describe('the best of several rounds', () => {
  const layer = (milliseconds: number) => [{ name: 'a', nodes: [], kernel: 'k', milliseconds }]

  it('is the least where the clock is fine', () => {
    const times = bestTimes(0.0001)
    times.add(3, layer(2))
    times.add(2, layer(2.5))
    expect(times.best()).toEqual({ run: 2, layers: layer(2) })
  })

  it('is the mean of the quickest stretch where it is coarse, without the first rounds', () => {
    const times = bestTimes(0.1)
    for (let round = 0; round < 3; round++) times.add(1, layer(9))
    // 40 steps a stretch: four rounds of 1 ms.
    for (const [run, took] of [
      [1, 0],
      [1, 0.8],
      [1, 0],
      [1, 0.8],
      [2, 0],
      [2, 0.4],
    ] as const) {
      times.add(run, layer(took))
    }
    expect(times.best().run).toBe(1)
    expect(times.best().layers[0]?.milliseconds).toBeCloseTo(0.2, 9)
  })

  it('takes what there is of few rounds, and knows nothing of none', () => {
    const times = bestTimes(0.1)
    expect(times.best()).toEqual({ layers: [], run: Number.POSITIVE_INFINITY })
    times.add(1, layer(1))
    times.add(2, layer(0))
    expect(times.best()).toEqual({ run: 1.5, layers: layer(0.5) })
  })
})
