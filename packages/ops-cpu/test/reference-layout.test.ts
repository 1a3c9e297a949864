import { type Shape, sameShape, type Tensor, tensor } from '@depthwise/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomTensor } from './random-params.ts'
import { dense, numbers, runOp } from './run-op.ts'

// A second definition of everything that is about where elements stand: by coordinates, one element at a time.

/** All coordinates of a shape, in row-major order. */
function coordinates(shape: Shape): readonly (readonly number[])[] {
  return shape.reduce<readonly (readonly number[])[]>(
    (outer, extent) => outer.flatMap(prefix => Array.from({ length: extent }, (_, i) => [...prefix, i])),
    [[]],
  )
}

/** A tensor as a map from coordinates to values. */
function grid({ shape, data }: Tensor): (at: readonly number[]) => number | undefined {
  const values = new Map(coordinates(shape).map((at, index) => [at.join(), data[index]!]))
  return at => values.get(at.join())
}

const extent = fc.integer({ min: 1, max: 4 })
const shape = (maxRank: number): fc.Arbitrary<Shape> => fc.array(extent, { minLength: 1, maxLength: maxRank })
const seed = fc.integer()

describe('where elements stand', () => {
  it('add and mul stretch any extent of 1 of either operand', async () => {
    const stretching = shape(5).chain(result =>
      fc.record({
        result: fc.constant(result),
        ones: fc.array(fc.constantFrom('a', 'b', 'neither'), { minLength: result.length, maxLength: result.length }),
        seed,
      }),
    )
    await fc.assert(
      fc.asyncProperty(stretching, fc.constantFrom('add', 'mul'), async ({ result, ones, seed }, kind) => {
        const operand = (name: string) => result.map((extent, axis) => (ones[axis] === name ? 1 : extent))
        const a = randomTensor(operand('a'), seed)
        const b = randomTensor(operand('b'), seed + 1)
        const [valueA, valueB] = [grid(a), grid(b)]
        const within = (at: readonly number[], shape: Shape) => at.map((i, axis) => Math.min(i, shape[axis]! - 1))
        const expected = coordinates(result).map(at => {
          const x = valueA(within(at, a.shape))!
          const y = valueB(within(at, b.shape))!
          return Math.fround(kind === 'add' ? x + y : x * y)
        })
        const actual = await runOp({ kind }, [a, b])
        expect(actual.shape).toEqual(result)
        expect(numbers(actual)).toEqual(expected)
      }),
    )
  })

  it('pad moves every element by what stands before it', async () => {
    const amounts = fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }))
    const padded = shape(5).chain(operand => {
      const inner = operand.length - 1
      return fc.record({
        operand: fc.constant(operand),
        pads: fc.array(amounts, { minLength: inner, maxLength: inner }),
        value: fc.constantFrom(0, 7.5, -Infinity),
        seed,
      })
    })
    await fc.assert(
      fc.asyncProperty(padded, async ({ operand, pads, value, seed }) => {
        const op = { kind: 'pad', pads: [[0, 0] as const, ...pads], value } as const
        const x = randomTensor(operand, seed)
        const at = grid(x)
        const result = operand.map((extent, axis) => extent + op.pads[axis]![0] + op.pads[axis]![1])
        const expected = coordinates(result).map(to => at(to.map((i, axis) => i - op.pads[axis]![0])) ?? value)
        const actual = await runOp(op, [x])
        expect(actual.shape).toEqual(result)
        expect(numbers(actual)).toEqual(expected)
      }),
    )
  })

  it('concat sets operands behind one another along its axis', async () => {
    const joined = fc
      .tuple(extent, shape(3))
      .map(([batch, item]): Shape => [batch, ...item])
      .chain(first =>
        fc.record({
          first: fc.constant(first),
          axis: fc.integer({ min: 1, max: first.length - 1 }),
          extents: fc.array(extent, { minLength: 1, maxLength: 4 }),
          seed,
        }),
      )
    await fc.assert(
      fc.asyncProperty(joined, async ({ first, axis, extents, seed }) => {
        const operands = extents.map((extent, index) => randomTensor(first.with(axis, extent), seed + index))
        const values = operands.map(grid)
        /** For each position along the axis: whose it is, and where it stands there. */
        const places = extents.flatMap((extent, index) => Array.from({ length: extent }, (_, along) => [index, along]))
        const result = first.with(axis, places.length)
        const expected = coordinates(result).map(at => {
          const [index, along] = places[at[axis]!] as [number, number]
          return values[index]!(at.with(axis, along))
        })
        const actual = await runOp({ kind: 'concat', axis }, operands)
        expect(actual.shape).toEqual(result)
        expect(numbers(actual)).toEqual(expected)
      }),
    )
  })

  it('reshape keeps row-major order, dense is a product of matrices', async () => {
    await fc.assert(
      fc.asyncProperty(extent, extent, extent, seed, async (rows, columns, units, seed) => {
        const x = randomTensor([rows, columns], seed)
        const reshaped = await runOp({ kind: 'reshape', target: [columns, 1] }, [x])
        expect(sameShape(reshaped.shape, [rows, columns, 1])).toBe(true)
        expect(reshaped.data).toEqual(x.data)
        const weights = tensor(
          [columns, units],
          Array.from({ length: columns * units }, (_, i) => i - 3),
        )
        const [left, right] = [grid(x), grid(weights)]
        const expected = coordinates([rows, units]).map(([n, u]) => {
          let sum = 0
          for (let c = 0; c < columns; c++) sum += left([n!, c])! * right([c, u!])!
          return Math.fround(sum)
        })
        expect(numbers(await runOp(dense({ units }), [x], { weights: numbers(weights) }))).toEqual(expected)
      }),
    )
  })
})
