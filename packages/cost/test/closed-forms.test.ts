import { type Graph, GraphBuilder, type Value } from '@depthwise/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ClosedForm,
  cost,
  depthwiseConvolution,
  depthwiseSeparable,
  invertedResidual,
  pointwiseConvolution,
  reductionRatio,
  scaledDepthwiseSeparable,
  standardConvolution,
} from '../src/index.ts'

const extent = fc.integer({ min: 1, max: 40 })
const channels = fc.integer({ min: 1, max: 64 })
const size = fc.record({
  kernel: fc.oneof(fc.constantFrom(1, 3, 5), fc.tuple(fc.constantFrom(1, 3), fc.constantFrom(3, 7))),
  inputs: channels,
  outputs: channels,
  map: fc.oneof(extent, fc.tuple(extent, extent)),
})

type Map = number | readonly [number, number]

/** What `cost` counts in a net of bare convolutions over a map of the given size. */
function counted(map: Map, inputs: number, layers: (b: GraphBuilder, x: Value) => Value): ClosedForm {
  const b = new GraphBuilder()
  const [height, width] = typeof map === 'number' ? [map, map] : map
  const graph: Graph = b.build([layers(b, b.input([1, height, width, inputs]))])
  const { macs, paramsBy } = cost(graph).total
  return { macs, weights: paramsBy.weights }
}

const bare = { bias: false } as const
const holds = (property: (form: { kernel: Map; inputs: number; outputs: number; map: Map }) => void): void =>
  fc.assert(
    fc.property(size, form => {
      property(form)
    }),
  )

describe('closed forms of the V1 paper equal the count of the graph', () => {
  it('standard convolution (equation 2)', () =>
    holds(form =>
      expect(standardConvolution(form)).toEqual(
        counted(form.map, form.inputs, (b, x) => b.conv2d(x, { filters: form.outputs, kernel: form.kernel, ...bare })),
      ),
    ))

  it('depthwise convolution (equation 4)', () =>
    holds(form =>
      expect(depthwiseConvolution(form)).toEqual(
        counted(form.map, form.inputs, (b, x) => b.depthwiseConv2d(x, { kernel: form.kernel, ...bare })),
      ),
    ))

  it('pointwise convolution (equation 5, second term)', () =>
    holds(form =>
      expect(pointwiseConvolution(form)).toEqual(
        counted(form.map, form.inputs, (b, x) => b.conv2d(x, { filters: form.outputs, kernel: 1, ...bare })),
      ),
    ))

  const separable = (b: GraphBuilder, x: Value, kernel: Map, outputs: number): Value =>
    b.conv2d(b.depthwiseConv2d(x, { kernel, ...bare }), { filters: outputs, kernel: 1, ...bare })

  it('depthwise separable convolution (equation 5), and the reduction 1/N + 1/D_K²', () =>
    holds(form => {
      const closed = depthwiseSeparable(form)
      expect(closed).toEqual(counted(form.map, form.inputs, (b, x) => separable(b, x, form.kernel, form.outputs)))
      expect(reductionRatio(form)).toBeCloseTo(closed.macs / standardConvolution(form).macs, 12)
      expect(reductionRatio(form)).toBeCloseTo(closed.weights / standardConvolution(form).weights, 12)
    }))

  it('width and resolution multipliers (equations 6 and 7) where they leave whole numbers', () => {
    const quarters = fc.integer({ min: 1, max: 5 }).map(n => n / 4)
    const multipleOf4 = fc.integer({ min: 1, max: 12 }).map(n => 4 * n)
    const whole = fc.record({
      inputs: multipleOf4,
      outputs: multipleOf4,
      map: multipleOf4,
      alpha: quarters,
      rho: quarters,
    })
    fc.assert(
      fc.property(whole, ({ inputs, outputs, map, alpha, rho }) => {
        const closed = scaledDepthwiseSeparable({ kernel: 3, inputs, outputs, map }, { alpha, rho })
        const graph = counted(rho * map, alpha * inputs, (b, x) => separable(b, x, 3, alpha * outputs))
        expect(closed).toEqual(graph)
      }),
    )
    const plain = { kernel: 3, inputs: 6, outputs: 10, map: [4, 5] } as const
    expect(scaledDepthwiseSeparable(plain, {})).toEqual(depthwiseSeparable(plain))
  })
})

describe('closed form of the V2 paper equals the count of the graph', () => {
  const block = fc.record({
    map: fc.tuple(extent, extent),
    inputs: fc.integer({ min: 1, max: 24 }),
    outputs: fc.integer({ min: 1, max: 24 }),
    expansion: fc.integer({ min: 1, max: 6 }),
    kernel: fc.constantFrom(3, 5),
    stride: fc.integer({ min: 1, max: 3 }),
    expands: fc.boolean(),
  })

  it('inverted residual, at any stride, with and without its expansion layer', () =>
    fc.assert(
      fc.property(block, form => {
        const { map, inputs, outputs, expansion, kernel, stride, expands } = form
        const graph = counted(map, inputs * (expands ? 1 : expansion), (b, x) => {
          const wide = expands ? b.conv2d(x, { filters: expansion * inputs, kernel: 1, ...bare }) : x
          const deep = b.depthwiseConv2d(wide, { kernel, strides: stride, ...bare })
          return b.conv2d(deep, { filters: outputs, kernel: 1, ...bare })
        })
        expect(invertedResidual(form)).toEqual(graph)
      }),
    ))

  it('inverted residual at stride 1 is h · w · d′ · t(d′ + k² + d″), as printed', () =>
    fc.assert(
      fc.property(block, ({ map, inputs, outputs, expansion, kernel }) => {
        const printed = map[0] * map[1] * inputs * expansion * (inputs + kernel ** 2 + outputs)
        expect(invertedResidual({ map, inputs, outputs, expansion, kernel, expands: true }).macs).toBe(printed)
      }),
    ))

  it('has no expansion layer at t = 1 unless asked for one', () => {
    const first = { map: 112, inputs: 32, outputs: 16, expansion: 1, kernel: 3 } as const
    expect(invertedResidual(first).macs).toBe(112 ** 2 * 32 * (9 + 16))
    expect(invertedResidual({ ...first, expands: true }).macs - invertedResidual(first).macs).toBe(12845056)
    expect(invertedResidual({ ...first, expansion: 6 })).toEqual(
      invertedResidual({ ...first, expansion: 6, expands: true, stride: 1 }),
    )
  })
})
