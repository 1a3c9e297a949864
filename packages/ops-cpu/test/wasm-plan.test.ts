import { tensor } from '@depthwise/core'
import { optimize } from '@depthwise/core/backend'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { integerPeak, peak } from '@depthwise/ops-cpu'
import { randomParams } from '@depthwise/testing/random-params'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coverRows, sliceRuns } from '../src/wasm/lower/product.ts'
import { packDepthwise, packedProductFloats, packProduct, panelRuns } from '../src/wasm/plan/pack.ts'
import { groupOrigins, schedule } from '../src/wasm/plan/schedule.ts'
import { everywhere, nowhere } from './wasm-compiled.ts'

describe('tiles', () => {
  it('cover every pixel once, with at most one tile of another height', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 6 }), (pixels, height) => {
        const { full, lower, tail } = coverRows(pixels, height)
        expect(full * height + lower * (height - 1) + tail).toBe(pixels)
        expect(tail).toBeLessThan(height)
        if (tail > 0) expect(lower).toBe(0)
      }),
    )
    expect(coverRows(49, 6)).toEqual({ full: 4, lower: 5, tail: 0 })
    expect(coverRows(7, 6)).toEqual({ full: 1, lower: 0, tail: 1 })
  })

  it('threads take panels without gaps or overlaps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.constantFrom(2, 8),
        fc.integer({ min: 1, max: 9 }),
        (c, v, n) => {
          const runs = panelRuns(c, 3, v)
          const panels = runs.reduce((sum, run) => sum + run.panels, 0)
          const seen: number[] = []
          for (let t = 0; t < n; t++) {
            const share = sliceRuns(runs, Math.floor((panels * t) / n), Math.floor((panels * (t + 1)) / n), 4)
            for (const { channel, panels, vectors, offset } of share) {
              expect(offset).toBe(4 * channel)
              for (let i = 0; i < panels * 4 * vectors; i++) seen.push(channel + i)
            }
          }
          expect(seen).toEqual(Array.from({ length: 4 * Math.ceil(c / 4) }, (_, i) => i))
        },
      ),
    )
  })
})

describe('packing', () => {
  it('puts every weight and bias where a walk over the panels finds it, zeros elsewhere', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 75 }),
        fc.constantFrom(1, 2, 8),
        (depth, channels, vectors) => {
          const data = Float32Array.from({ length: depth * channels }, (_, i) => i + 1)
          const factors = Float64Array.from({ length: channels }, (_, c) => (c % 3) + 1)
          const bias = tensor(
            [channels],
            Float32Array.from({ length: channels }, (_, c) => -c - 1),
          )
          const packed = new Float32Array(packedProductFloats(channels, depth))
          const runs = panelRuns(channels, depth, vectors)
          packProduct(packed, { data, factors, start: 0, stride: channels, depth, channels }, bias, 0, runs)
          let at = 0
          for (const run of runs) {
            for (let panel = 0; panel < run.panels; panel++) {
              for (let k = -1; k < depth; k++) {
                for (let i = 0; i < 4 * run.vectors; i++, at++) {
                  const c = run.channel + panel * 4 * run.vectors + i
                  const wanted = c >= channels ? 0 : k < 0 ? -c - 1 : data[k * channels + c]! * factors[c]!
                  if (packed[at] !== wanted) expect.fail(`float ${at}: ${packed[at]} where ${wanted} belongs`)
                }
              }
            }
          }
          expect(at).toBe(packed.length)
        },
      ),
    )
  })

  it('interleaves depthwise weights four channels at a time', () => {
    const weights = { data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), factors: Float64Array.of(1, 1, 1, 1, 2) }
    const packed = new Float32Array(24)
    packDepthwise(packed, weights, tensor([5], [-1, -2, -3, -4, -5]), 2, 5)
    expect([...packed.slice(0, 12)]).toEqual([-1, -2, -3, -4, 1, 2, 3, 4, 6, 7, 8, 9])
    expect([...packed.slice(12)]).toEqual([-5, 0, 0, 0, 10, 0, 0, 0, 20, 0, 0, 0])
  })
})

describe('the schedule', () => {
  const optimized = (graph: ReturnType<typeof mobileNetV2>) => optimize({ graph, params: randomParams(graph) }).graph

  it('makes each of the seventeen inverted residuals of V2 one group', () => {
    const graph = mobileNetV2({ alpha: 0.35, inputShape: [96, 96, 3], classes: 10 })
    const groups = schedule(optimized(graph), everywhere)
    const blocks = groups.filter(group => group.kind === 'block')
    expect(blocks).toHaveLength(17)
    expect(blocks.filter(block => block.expand === null)).toHaveLength(1)
    // Every authored node is computed by exactly one group.
    const origins = groups.flatMap(groupOrigins)
    expect(new Set(origins).size).toBe(origins.length)
  })

  it('makes each of the thirteen separable convolutions of V1 one group', () => {
    const graph = mobileNetV1({ alpha: 0.25, inputShape: [96, 96, 3], classes: 10 })
    const blocks = schedule(optimized(graph), everywhere).filter(group => group.kind === 'block')
    expect(blocks).toHaveLength(13)
    expect(blocks.every(block => block.expand === null)).toBe(true)
  })

  it('fuses nothing where no value is large enough', () => {
    const graph = optimized(mobileNetV2({ alpha: 0.35, inputShape: [96, 96, 3], classes: 10 }))
    expect(schedule(graph, nowhere).every(group => group.kind === 'single')).toBe(true)
  })
})

describe('peak', () => {
  it.each(['relaxed', 'plain'] as const)('measures a plausible ceiling with %s SIMD', async simd => {
    const measured = await peak(simd)
    expect(measured.simd).toBe(simd)
    // One multiply-add a nanosecond would be 8; no core does a hundred times that.
    expect(measured.gflops).toBeGreaterThan(0.5)
    expect(measured.gflops).toBeLessThan(1000)
  })

  it('takes the best the engine has', async () => {
    expect((await peak()).simd).toBe('relaxed')
  })

  it('measures products of bytes, by 16 bits where SIMD is plain', async () => {
    const measured = await integerPeak('plain')
    expect(measured.dot).toBe('wide')
    expect(measured.gops).toBeGreaterThan(0.5)
    expect(measured.gops).toBeLessThan(2000)
    expect((await integerPeak()).gops).toBeGreaterThan(0.5)
  })
})
