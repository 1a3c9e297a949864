import { describe, expect, test } from 'vitest'
import { GraphError, type Tensor, tensor } from '../../src/index.ts'
import { byte, computed, elementsOf, float, int } from './one-step.ts'

const reals = (shape: readonly number[], ...data: readonly number[]): Tensor => tensor(shape, data)
const whole = (shape: readonly number[], ...data: readonly number[]): Tensor => tensor(shape, Int32Array.from(data))
const bytes = (scale: number, zeroPoint: number, shape: readonly number[], ...data: readonly number[]): Tensor => ({
  ...tensor(shape, Int8Array.from(data)),
  quantization: { scale, zeroPoint },
})

describe('arithmetic', () => {
  test.each([
    ['add', [11, 12, 21, 22]],
    ['sub', [9, 8, 19, 18]],
    ['mul', [10, 20, 20, 40]],
    ['div', [10, 5, 20, 10]],
    ['floorDiv', [10, 5, 20, 10]],
    ['floorMod', [0, 0, 0, 0]],
    ['max', [10, 10, 20, 20]],
    ['min', [1, 2, 1, 2]],
    ['pow', [10, 100, 20, 400]],
    ['squaredDifference', [81, 64, 361, 324]],
  ] as const)('%s stretches a column and a row', (operator, wanted) => {
    const op = { kind: 'binary', operator } as const
    expect(elementsOf(op, [reals([2, 1], 10, 20), reals([2], 1, 2)], float(2, 2))).toEqual(wanted)
    expect(elementsOf(op, [whole([2, 1], 10, 20), whole([1, 2], 1, 2)], int(2, 2))).toEqual(wanted)
  })

  test('rounds quotients down, and gives 0 for a division by 0', () => {
    const op = { kind: 'binary', operator: 'floorDiv' } as const
    expect(elementsOf(op, [whole([3], -7, 7, 1), whole([3], 2, -2, 0)], int(3))).toEqual([-4, -4, 0])
    const modulo = { kind: 'binary', operator: 'floorMod' } as const
    expect(elementsOf(modulo, [whole([3], -7, 7, 1), whole([3], 2, -2, 0)], int(3))).toEqual([1, -1, 0])
  })

  test('takes int32 modulo 2^32, each product exactly', () => {
    const op = { kind: 'binary', operator: 'mul' } as const
    const [a, b] = [123_456_789, 987_654_321]
    expect(elementsOf(op, [whole([1], a), whole([1], b)], int(1))).toEqual([Math.imul(a, b)])
  })

  test('clamps to an activation, bytes to where it begins among them', () => {
    const op = { kind: 'binary', operator: 'add', activation: { min: 0, max: 6 } } as const
    expect(elementsOf(op, [reals([3], -5, 2, 9), reals([], 0)], float(3))).toEqual([0, 2, 6])
    const given = [bytes(0.5, 0, [3], -10, 4, 20), bytes(0.5, 0, [], 0)]
    expect(elementsOf(op, given, byte(0.5, -1, 3))).toEqual([-1, 3, 11])
  })

  test('of bytes is that of quantized ops', () => {
    const given = [bytes(0.5, -10, [2, 1], 0, 20), bytes(0.25, 3, [2], 7, -1)]
    // 5 + 1, 5 - 1, 15 + 1, 15 - 1 in steps of 0.2 from -20 on.
    expect(elementsOf({ kind: 'binary', operator: 'add' }, given, byte(0.2, -20, 2, 2))).toEqual([10, 0, 60, 50])
  })

  test.each([
    ['abs', -4, 4],
    ['ceil', 1.2, 2],
    ['exp', 1, Math.fround(Math.E)],
    ['floor', -1.2, -2],
    ['log', 1, 0],
    ['neg', 3, -3],
    ['relu', -3, 0],
    ['round', 2.5, 2],
    ['rsqrt', 4, 0.5],
    ['sigmoid', 0, 0.5],
    ['sqrt', 9, 3],
    ['square', -3, 9],
    ['tanh', 0, 0],
  ] as const)('%s of %d is %d', (operator, x, wanted) => {
    expect(elementsOf({ kind: 'unary', operator }, [reals([1], x)], float(1))).toEqual([wanted])
  })

  test('a sigmoid of bytes', () => {
    const given = [bytes(0.1, 0, [3], -128, 0, 127)]
    expect(elementsOf({ kind: 'unary', operator: 'sigmoid' }, given, byte(1 / 256, -128, 3))).toEqual([-128, 0, 127])
  })

  test('casts towards zero, and converts by scales', () => {
    expect(elementsOf({ kind: 'cast' }, [reals([3], -1.9, 1.9, 5)], int(3))).toEqual([-1, 1, 5])
    expect(elementsOf({ kind: 'convert' }, [reals([3], -1, 0.26, 900)], byte(0.1, 5, 3))).toEqual([-5, 8, 127])
    expect(elementsOf({ kind: 'convert' }, [bytes(0.5, 2, [2], 2, 12)], float(2))).toEqual([0, 5])
    expect(elementsOf({ kind: 'convert' }, [bytes(0.5, 2, [2], 2, 12)], byte(0.25, 0, 2))).toEqual([0, 20])
  })
})

describe('layout', () => {
  const grid = whole([2, 3], 0, 1, 2, 3, 4, 5)

  test('moves elements and keeps them', () => {
    expect(elementsOf({ kind: 'reshape', shape: [3, 2] }, [grid], int(3, 2))).toEqual([0, 1, 2, 3, 4, 5])
    expect(elementsOf({ kind: 'transpose', order: [1, 0] }, [grid], int(3, 2))).toEqual([0, 3, 1, 4, 2, 5])
    const part = { kind: 'slice', begin: [1, 2], size: [1, 2], strides: [1, -2] } as const
    expect(elementsOf(part, [grid], int(1, 2))).toEqual([5, 3])
  })

  test('puts together and takes apart', () => {
    const other = whole([2, 1], 7, 8)
    expect(elementsOf({ kind: 'concat', axis: 1 }, [grid, other], int(2, 4))).toEqual([0, 1, 2, 7, 3, 4, 5, 8])
    const halves = [bytes(0.5, 0, [2], 2, 4), bytes(0.25, 0, [1], 8)]
    expect(elementsOf({ kind: 'concat', axis: 0 }, halves, byte(0.25, 1, 3))).toEqual([5, 9, 9])
    expect(elementsOf({ kind: 'stack', axis: 1 }, [grid, grid], int(2, 2, 3))).toEqual([
      0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5,
    ])
    const parts = (axis: number, ...shape: readonly number[]): readonly (readonly number[])[] =>
      computed({ kind: 'unstack', axis }, [grid], ...Array.from({ length: axis + 2 }, () => int(...shape))).map(
        ({ data }) => [...data],
      )
    expect(parts(0, 3)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ])
    expect(parts(1, 2)).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ])
    const split = computed({ kind: 'split', axis: 1 }, [grid], int(2, 1), int(2, 1), int(2, 1))
    expect(split.map(({ data }) => [...data])).toEqual(parts(1, 2))
  })

  test('gathers at indices, and refuses those beyond', () => {
    expect(elementsOf({ kind: 'gather', axis: 1 }, [grid, whole([2], 2, 0)], int(2, 2))).toEqual([2, 0, 5, 3])
    expect(elementsOf({ kind: 'gatherNd' }, [grid, whole([2, 2], 1, 2, 0, 1)], int(2))).toEqual([5, 1])
    expect(elementsOf({ kind: 'gatherNd' }, [grid, whole([1, 1], 1)], int(1, 3))).toEqual([3, 4, 5])
    for (const index of [-1, 3]) {
      const beyond = () => elementsOf({ kind: 'gather', axis: 1 }, [grid, whole([1], index)], int(2, 1))
      expect(beyond).toThrow(GraphError)
      expect(beyond).toThrow(`step 0 of the tail (gather, "r0"): expected indices from 0 to 2, found ${index}`)
    }
    const beyond = () => elementsOf({ kind: 'gatherNd' }, [grid, whole([1, 2], 0, 3)], int(1))
    expect(beyond).toThrow('expected indices from 0 to 2, found 3')
  })
})

describe('reductions', () => {
  const grid = reals([2, 3], 5, 1, 5, 0, 7, 7)

  test('find the first of equals', () => {
    expect(elementsOf({ kind: 'argMax', axis: 1 }, [grid], int(2))).toEqual([0, 1])
    expect(elementsOf({ kind: 'argMax', axis: 0 }, [grid], int(3))).toEqual([0, 1, 1])
    expect(elementsOf({ kind: 'argMin', axis: 1 }, [grid], int(2))).toEqual([1, 0])
    const [values, places] = computed({ kind: 'topK', count: 2 }, [grid], float(2, 2), int(2, 2))
    expect([...(values as Tensor).data]).toEqual([5, 5, 7, 7])
    expect([...(places as Tensor).data]).toEqual([0, 2, 1, 2])
  })

  test.each([
    ['sum', [11, 14]],
    ['max', [5, 7]],
    ['min', [1, 0]],
    ['mean', [Math.fround(11 / 3), Math.fround(14 / 3)]],
  ] as const)('%s over an axis', (operator, wanted) => {
    const op = { kind: 'reduce', operator, axes: [1] } as const
    expect(elementsOf({ ...op, keepsAxes: false }, [grid], float(2))).toEqual(wanted)
    expect(elementsOf({ ...op, keepsAxes: true }, [grid], float(2, 1))).toEqual(wanted)
  })
})
