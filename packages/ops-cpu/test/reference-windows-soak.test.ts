import {
  dilatedExtent,
  type Padding,
  resolvePadding,
  type Size2,
  samePadding,
  type Tensor,
  tensor,
} from '@depthwise/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flattened, scatterConv2d, scatterPool } from './brute-force.ts'
import { randomReals } from './random-params.ts'
import { conv2d, depthwiseConv2d, numbers, runOp } from './run-op.ts'
import { runs } from './soak.ts'

/** Small integers: every sum of their products is exact, in whatever order it is taken. */
function integers(shape: readonly number[], seed: number): Tensor<'float32'> {
  const real = randomReals(seed)
  const length = shape.reduce((product, extent) => product * extent, 1)
  return tensor(
    shape,
    Float32Array.from({ length }, () => Math.floor(real() * 9) - 4),
  )
}

const extent = (max: number) => fc.integer({ min: 1, max })
const size2 = (max: number): fc.Arbitrary<Size2> => fc.tuple(extent(max), extent(max))
const side = (max: number) => fc.integer({ min: 0, max })

/** An image and a window that fits it; `limit` keeps each side's padding below the window, as pools demand. */
function windowed({ pool }: { pool: boolean }) {
  return fc
    .record({
      batch: extent(2),
      image: size2(7),
      kernel: size2(4),
      strides: size2(3),
      dilations: pool ? fc.constant<Size2>([1, 1]) : size2(3),
      seed: fc.integer(),
    })
    .chain(window => {
      const [rows, columns] = window.kernel.map(kernel => (pool ? kernel - 1 : 4)) as [number, number]
      const four = fc.record<Padding>({
        top: side(rows),
        bottom: side(rows),
        left: side(columns),
        right: side(columns),
      })
      const same = fc.constant(resolvePadding('same', window.image, window.kernel, window.strides, window.dilations))
      return fc.oneof(four, same).map(padding => ({ ...window, padding }))
    })
    .filter(({ image, kernel, dilations, padding }) => {
      const height = image[0] + padding.top + padding.bottom
      const width = image[1] + padding.left + padding.right
      return height >= dilatedExtent(kernel[0], dilations[0]) && width >= dilatedExtent(kernel[1], dilations[1])
    })
}

describe('shape rules and kernels against a second definition', () => {
  it('conv2d over strides, paddings, dilations and groups', async () => {
    const filters = fc.record({ groups: extent(3), depth: extent(3), perGroup: extent(3) })
    await fc.assert(
      fc.asyncProperty(windowed({ pool: false }), filters, async (window, { groups, depth, perGroup }) => {
        const { kernel, strides, padding, dilations, seed } = window
        const x = integers([window.batch, ...window.image, groups * depth], seed)
        const weights = integers([...kernel, depth, groups * perGroup], seed + 1)
        const op = conv2d({ filters: groups * perGroup, kernel, strides, padding, dilations, groups })
        const result = await runOp(op, [x], { weights: numbers(weights) })
        const expected = scatterConv2d(op, x, weights)
        expect(result.shape).toEqual(expected.shape)
        expect(numbers(result)).toEqual(flattened(expected))
      }),
      runs(100, 5000),
    )
  })

  it('depthwiseConv2d is conv2d with as many groups as channels', async () => {
    const channels = fc.record({ channels: extent(4), multiplier: extent(3) })
    await fc.assert(
      fc.asyncProperty(windowed({ pool: false }), channels, async (window, { channels, multiplier }) => {
        const { kernel, strides, padding, dilations, seed } = window
        const filters = channels * multiplier
        const x = integers([window.batch, ...window.image, channels], seed)
        const weights = integers([...kernel, 1, filters], seed + 1)
        const shared = { kernel, strides, padding, dilations }
        const result = await runOp(depthwiseConv2d({ ...shared, multiplier }), [x], { weights: numbers(weights) })
        const expected = scatterConv2d(conv2d({ ...shared, filters, groups: channels }), x, weights)
        expect(result.shape).toEqual(expected.shape)
        expect(numbers(result)).toEqual(flattened(expected))
      }),
      runs(100, 5000),
    )
  })

  it('maxPool and averagePool, padding counted or not', async () => {
    await fc.assert(
      fc.asyncProperty(
        windowed({ pool: true }),
        extent(3),
        async ({ kernel, strides, padding, ...window }, channels) => {
          const op = { kernel, strides, padding }
          const x = integers([window.batch, ...window.image, channels], window.seed)
          const largest = scatterPool(op, x, (soFar, value) => Math.max(soFar ?? value, value))
          const max = await runOp({ kind: 'maxPool', ...op }, [x])
          expect(max.shape).toEqual(largest.shape)
          expect(numbers(max)).toEqual(flattened(largest))
          const sums = scatterPool(op, x, (soFar, value) => (soFar ?? 0) + value)
          for (const countPadding of [false, true]) {
            const average = await runOp({ kind: 'averagePool', ...op, countPadding }, [x])
            const divisor = (n: number, y: number, x: number) =>
              countPadding ? kernel[0] * kernel[1] : sums.visited(n, y, x)
            const at = (n: number, y: number, x: number, c: number) =>
              Math.fround(sums.at(n, y, x, c) / divisor(n, y, x))
            expect(average.shape).toEqual(sums.shape)
            expect(numbers(average)).toEqual(flattened({ shape: sums.shape, at }))
          }
        },
      ),
      runs(100, 5000),
    )
  })

  it("SAME leaves TensorFlow's ceil(in / stride), with the odd row behind", () => {
    fc.assert(
      fc.property(extent(50), extent(7), extent(4), (input, covered, stride) => {
        const [before, after] = samePadding(input, covered, stride)
        const op = { kernel: [covered, 1] as Size2, strides: [stride, 1] as Size2 }
        const padding = { top: before, bottom: after, left: 0, right: 0 }
        const { shape } = scatterPool({ ...op, padding }, tensor([1, input, 1, 1], new Float32Array(input)), () => 0)
        expect(shape[1]).toBe(Math.ceil(input / stride))
        expect(after - before === 0 || after - before === 1).toBe(true)
      }),
      runs(100, 5000),
    )
  })
})
