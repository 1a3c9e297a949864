import { GraphBuilder, type Tensor, tensor } from '@depthwise/core'
import type { ResizeOp } from '@depthwise/core/backend'
import { reference, wasm } from '@depthwise/ops-cpu'
import { allowedDistance, distanceOf, oneOperatorFiles, readOneOperator } from '@depthwise/testing/one-operator-files'
import { describeShared } from '@depthwise/testing/shared-folder'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arithmetics, compiledBy } from './wasm-arithmetics.ts'

const files = oneOperatorFiles('resize_')
const isOfBytes = (name: string): boolean => !name.includes('_f32_')

describeShared('LiteRT on files of one resize', () => {
  const backends = { reference: reference(), 'wasm, relaxed': wasm(), 'wasm, plain': wasm({ simd: 'plain' }) }
  it('of which there are all', () => expect(files).toHaveLength(31))

  describe.each(Object.entries(backends))('%s', (_, backend) => {
    it.each(files)('%s', async name => {
      const file = await readOneOperator(name)
      await using executable = await backend.compile(file.graph, file.params)
      expect(distanceOf(await executable.run(file.inputs), file)).toBeLessThanOrEqual(allowedDistance(file))
    })
  })

  describe.each(Object.entries(arithmetics))('by %s', (_, arithmetic) => {
    it.each(files.filter(isOfBytes))('%s', async name => {
      const file = await readOneOperator(name)
      await using executable = await compiledBy(arithmetic, file.graph, file.params)
      expect(distanceOf(await executable.run(file.inputs), file)).toBe(0)
    })
  })
})

type Options = Partial<Omit<ResizeOp, 'kind'>> & Pick<ResizeOp, 'size'>

async function resized(rows: readonly (readonly number[])[], options: Options): Promise<readonly number[]> {
  const b = new GraphBuilder()
  const shape = [1, rows.length, rows[0]?.length ?? 0, 1]
  const x = b.input(shape, { name: 'x' })
  const y = b.resize(x, { ...options, name: 'y' })
  const inputs = { x: tensor(shape, Float32Array.from(rows.flat())) }
  await using truth = await reference().compile(b.build([y]), new Map())
  await using fast = await wasm().compile(b.build([y]), new Map())
  const [expected, actual] = [(await truth.run(inputs))['y'] as Tensor, (await fast.run(inputs))['y'] as Tensor]
  const values = [...expected.data]
  for (const [i, value] of actual.data.entries()) expect(value).toBeCloseTo(values[i]!, 5)
  return values
}

describe('a resize', () => {
  it('doubles by half pixels in quarters', async () => {
    expect(await resized([[0, 4]], { size: [1, 4] })).toEqual([0, 1, 3, 4])
    expect(await resized([[0], [8]], { size: [4, 1] })).toEqual([0, 2, 6, 8])
  })

  it('keeps the corners', async () => {
    const options = { size: [3, 3], coordinates: 'alignCorners' } as const
    expect(
      await resized(
        [
          [0, 2],
          [4, 6],
        ],
        options,
      ),
    ).toEqual([0, 1, 2, 2, 3, 4, 4, 5, 6])
  })

  it('of one pixel is that pixel everywhere, also an infinite one', async () => {
    for (const coordinates of ['alignCorners', 'halfPixel', 'asymmetric'] as const) {
      expect(await resized([[7]], { size: [2, 3], coordinates })).toEqual(Array(6).fill(7))
      expect(await resized([[Infinity]], { size: [1, 2], coordinates })).toEqual([Infinity, Infinity])
    }
  })

  it('to the nearest rounds as it is told to, also halfway', async () => {
    const row = [[0, 1, 2, 3]]
    const nearest = (rounding: ResizeOp['rounding']) => resized(row, { size: [1, 2], filter: 'nearest', rounding })
    expect(await nearest('floor')).toEqual([0, 2])
    expect(await nearest('roundPreferFloor')).toEqual([0, 2])
    expect(await nearest('roundPreferCeil')).toEqual([1, 3])
    expect(await nearest('ceil')).toEqual([1, 3])
  })

  it('by stated scales moves by these, whatever the sizes are', async () => {
    const options = { size: [1, 7], filter: 'nearest', coordinates: 'asymmetric' } as const
    expect(await resized([[0, 1, 2, 3, 4]], options)).toEqual([0, 0, 1, 2, 2, 3, 4])
    expect(await resized([[0, 1, 2, 3, 4]], { ...options, scales: [1, 1.5] })).toEqual([0, 0, 1, 2, 2, 3, 4])
    expect(await resized([[0, 1, 2, 3, 4]], { ...options, scales: [1, 7] })).toEqual([0, 0, 0, 0, 0, 0, 0])
  })

  const anyResize = fc.record({
    size: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
    filter: fc.constantFrom('bilinear' as const, 'nearest' as const),
    coordinates: fc.constantFrom('asymmetric' as const, 'halfPixel' as const, 'alignCorners' as const),
  })
  const anyImage = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })).chain(([height, width]) =>
    fc.array(fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: width, maxLength: width }), {
      minLength: height,
      maxLength: height,
    }),
  )

  it('stays within what it reads, and copies where it takes the nearest', async () => {
    const property = fc.asyncProperty(anyImage, anyResize, async (image, options) => {
      const read = image.flat().map(Math.fround)
      for (const value of await resized(image, options)) {
        if (options.filter === 'nearest') expect(read).toContain(value)
        expect(value).toBeGreaterThanOrEqual(Math.min(...read) - 1e-5)
        expect(value).toBeLessThanOrEqual(Math.max(...read) + 1e-5)
      }
    })
    await fc.assert(property, { numRuns: 60 })
  })

  it('to the same size is its operand', async () => {
    const property = fc.asyncProperty(anyImage, anyResize, async (image, { size: _, ...options }) => {
      const size = [image.length, image[0]?.length ?? 0] as const
      expect(await resized(image, { ...options, size })).toEqual(image.flat().map(Math.fround))
    })
    await fc.assert(property, { numRuns: 20 })
  })
})
