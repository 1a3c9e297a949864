import { GraphBuilder, type Network } from '@depthwise/core'
import { optimize } from '@depthwise/core/backend'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { webgpu } from '@depthwise/ops-webgpu'
import { separable } from '@depthwise/ops-webgpu/separable'
import { randomParams } from '@depthwise/testing/random-params'
import { runs } from '@depthwise/testing/soak'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
// By path, as the suite of conformance has it.
import { allowanceOf } from '../../parity/src/conformance/allowance.ts'
import { mismatches } from '../../parity/src/conformance/check.ts'
import type { PairFusion } from '../src/plan/fusion.ts'
import { schedule } from '../src/plan/schedule.ts'
import { openDevice } from './device.ts'

const device = await openDevice()
const fuse = separable as PairFusion
const allow = allowanceOf(2e-5)

const planOf = (network: Network, more?: { readonly fuse: PairFusion }) =>
  schedule(optimize(network), { dtype: 'float32', adapter: 'software', ...more })

/** A block as V1 has it, or the second half of one of V2's, of any shape. */
interface Block {
  readonly size: readonly [height: number, width: number]
  readonly batch: number
  readonly channels: number
  readonly filters: number
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly dilations: readonly [number, number]
  readonly padding: 'same' | 'valid' | readonly [number, number, number, number]
  readonly clamps: readonly ['relu' | 'relu6' | 'odd' | 'none', 'relu6' | 'odd' | 'none']
  readonly bias: boolean
  readonly sum: boolean
}

function networkOf(block: Block): Network {
  const { size, batch, channels, filters, kernel, strides, dilations, padding, clamps, bias, sum } = block
  const b = new GraphBuilder()
  const clamped = (kind: (typeof clamps)[number], x: ReturnType<GraphBuilder['relu']>) => {
    if (kind === 'none') return x
    return kind === 'odd' ? b.clamp(x, { min: 0.1, max: 0.6 }) : b[kind](x)
  }
  const image = b.input([batch, ...size, channels], { name: 'image' })
  const padded =
    typeof padding === 'string'
      ? { padding }
      : { padding: { top: padding[0], bottom: padding[1], left: padding[2], right: padding[3] } }
  const deep = clamped(clamps[0], b.depthwiseConv2d(image, { kernel, strides, dilations, bias, ...padded }))
  const wide = b.conv2d(deep, { kernel: 1, filters, bias })
  const whole = sum ? b.add(wide, b.input(wide.shape, { name: 'shortcut' })) : wide
  const graph = b.build([clamped(clamps[1], whole)])
  return { graph, params: randomParams(graph) }
}

const extent = fc.integer({ min: 1, max: 9 })
const pair = (most: number) => fc.tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most }))
const few = fc.integer({ min: 0, max: 2 })

const blocks: fc.Arbitrary<Block> = fc.record({
  size: fc.tuple(extent, extent),
  batch: fc.integer({ min: 1, max: 2 }),
  channels: fc.integer({ min: 1, max: 12 }).map(vectors => 4 * vectors),
  filters: fc.integer({ min: 1, max: 40 }),
  kernel: pair(4),
  strides: pair(2),
  dilations: fc.oneof({ weight: 3, arbitrary: fc.constant([1, 1] as const) }, pair(2)),
  padding: fc.oneof(fc.constant('same' as const), fc.tuple(few, few, few, few)),
  clamps: fc.tuple(
    fc.constantFrom('relu' as const, 'relu6' as const, 'odd' as const, 'none' as const),
    fc.constantFrom('relu6' as const, 'odd' as const, 'none' as const),
  ),
  bias: fc.boolean(),
  sum: fc.boolean(),
})

/** Small workgroups, which compile sooner on a software adapter; from one thread to more than there is to do. */
const tile = fc.record({
  pixels: fc.constantFrom(1, 2, 3, 4, 8),
  groups: fc.constantFrom(1, 2, 4),
  split: fc.constant(1),
  workgroup: fc.constantFrom(1, 4, 7, 16),
})

/** Whether the window fits the padded image: what does not is no layer. */
function fits({ size, kernel, dilations, padding }: Block): boolean {
  if (typeof padding === 'string') return true
  const [top, bottom, left, right] = padding
  const reach = (axis: 0 | 1): number => (kernel[axis] - 1) * dilations[axis] + 1
  return size[0] + top + bottom >= reach(0) && size[1] + left + right >= reach(1)
}

describe('depthwise and pointwise in one dispatch', () => {
  it('is what the two are apart, over random shapes and tiles', { timeout: 3_600_000 }, async () => {
    const property = fc.asyncProperty(blocks.filter(fits), tile, async (block, separableTile) => {
      const network = networkOf(block)
      const { steps } = planOf(network, { fuse })
      expect(steps.map(({ layer }) => layer)).toEqual(['separable'])
      const backend = webgpu({ device, fuse: separable, tiles: { separable: separableTile } })
      expect(await mismatches(backend, { name: 'block', ...network }, allow)).toEqual([])
    })
    await fc.assert(property, { ...runs(12, 600), seed: 5 })
  })

  it.each([
    ['V1', mobileNetV1(), 30, 17],
    ['V2', mobileNetV2(), 55, 38],
  ] as const)('takes a dispatch a block off %s', (_name, graph, apart, merged) => {
    const network = { graph, params: randomParams(graph) }
    const count = (plan: ReturnType<typeof planOf>): number => plan.steps.flatMap(({ dispatches }) => dispatches).length
    expect([count(planOf(network)), count(planOf(network, { fuse }))]).toEqual([apart, merged])
    const nodes = (plan: ReturnType<typeof planOf>) =>
      plan.steps.flatMap(({ origins }) => origins).toSorted((a, z) => a - z)
    expect(nodes(planOf(network, { fuse }))).toEqual(nodes(planOf(network)))
  })

  it('leaves alone what somebody else reads, what is an output, and what has odd widths', () => {
    const layersOf = (build: (b: GraphBuilder) => Parameters<GraphBuilder['build']>[0]) => {
      const b = new GraphBuilder()
      const graph = b.build(build(b))
      return planOf({ graph, params: randomParams(graph) }, { fuse }).steps.map(({ layer }) => layer)
    }
    const start = (b: GraphBuilder, channels: number) => b.depthwiseConv2d(b.input([1, 5, 5, channels]), { kernel: 3 })
    const apart = ['depthwise', 'late']
    expect(
      layersOf(b => {
        const deep = start(b, 8)
        return [b.conv2d(deep, { kernel: 1, filters: 4 }), b.sigmoid(deep)]
      }),
    ).toEqual(['depthwise', 'late', null])
    expect(
      layersOf(b => {
        const deep = start(b, 8)
        return [b.conv2d(deep, { kernel: 1, filters: 4 }), deep]
      }),
    ).toEqual(apart)
    expect(layersOf(b => [b.conv2d(start(b, 6), { kernel: 1, filters: 4 })])).toEqual(apart)
    expect(layersOf(b => [b.conv2d(start(b, 8), { kernel: 1, filters: 4, strides: 2 })])).toEqual(['depthwise', 'conv'])
    expect(layersOf(b => [b.conv2d(start(b, 8), { kernel: 1, filters: 4 })])).toEqual(['separable'])
  })
})
