import { describe, expect, it } from 'vitest'
import { clampTo, type Product, relu, relu6 } from '../../src/backend.ts'
import type { ElementType } from '../../src/index.ts'
import {
  byteTypeOf,
  productMultipliers,
  quantizedEpilogue,
  storedBounds,
  storeSum,
  weightZeroPoints,
} from '../../src/integers/index.ts'
import { int8, uint8 } from './types.ts'

const perTensor: ElementType = { dtype: 'uint8', quantization: { scale: 0.25, zeroPoint: 7 } }
const perChannel: ElementType = {
  dtype: 'int8',
  quantization: { scale: [0.25, 1, 0.5], zeroPoint: [0, 1, 2], axis: 3 },
}

describe('the type of bytes', () => {
  it('has its scale in float32 and the range of its dtype', () => {
    expect(int8(0.1, -3)).toEqual({ dtype: 'int8', scale: Math.fround(0.1), zeroPoint: -3, min: -128, max: 127 })
    expect(uint8(1)).toMatchObject({ min: 0, max: 255 })
  })

  it.each([{ dtype: 'float32' }, { dtype: 'uint8' }, perChannel] as const)('is refused of %o', elements => {
    expect(() => byteTypeOf(elements, 'node 3')).toThrow('node 3: expected int8 or uint8 with one scale')
  })
})

describe('the multipliers of a product', () => {
  it('are sx * sw / sy of each output channel', () => {
    expect([...productMultipliers(uint8(0.5), perTensor, uint8(0.125), 2)]).toEqual([1, 1])
    expect([...productMultipliers(uint8(0.5), perChannel, uint8(0.125), 3)]).toEqual([1, 4, 2])
    expect([...weightZeroPoints(perTensor, 2)]).toEqual([7, 7])
    expect([...weightZeroPoints(perChannel, 3)]).toEqual([0, 1, 2])
  })

  it('are rounded behind the product and behind the quotient', () => {
    // (1 + 2^-23)^2 is 1 + 2^-22 + 2^-46, which float32 rounds to 1 + 2^-22; less 2^-46, times 1 / 3, it is another float32.
    const scale = 1 + 2 ** -23
    const elements: ElementType = { dtype: 'int8', quantization: { scale, zeroPoint: 0 } }
    const [multiplier] = productMultipliers(int8(scale), elements, int8(3), 1)
    expect(multiplier).toBe(Math.fround((1 + 2 ** -22) / 3))
  })

  it('stay finite', () => {
    const huge: ElementType = { dtype: 'int8', quantization: { scale: 1e30, zeroPoint: 0 } }
    expect(productMultipliers(int8(1e30), huge, int8(1), 1)[0]).toBe(Math.fround(3.4028234663852886e38))
  })

  it('are refused where scales are not those of output channels', () => {
    const where = 'parameter "w"'
    expect(() => productMultipliers(int8(1), perChannel, int8(1), 2, where)).toThrow(
      'parameter "w": expected one scale, or one for each of 2 output channels, found 3 scales',
    )
    expect(() => weightZeroPoints({ dtype: 'int8' }, 2, where)).toThrow('found no quantization')
  })
})

describe('the bounds of an activation', () => {
  it('are all that the type holds without one', () => {
    expect(storedBounds(null, int8(1))).toEqual({ min: -128, max: 127 })
    expect(storedBounds(clampTo({ min: -Infinity, max: Infinity }), uint8(1))).toEqual({ min: 0, max: 255 })
  })

  it('are those of ReLU and ReLU6, rounded half to even and saturated', () => {
    expect(storedBounds(relu, int8(0.5, -100))).toEqual({ min: -100, max: 127 })
    expect(storedBounds(relu6, int8(0.1, -128))).toEqual({ min: -128, max: -68 })
    expect(storedBounds(relu6, uint8(4))).toEqual({ min: 0, max: 2 })
    expect(storedBounds(relu6, uint8(12))).toEqual({ min: 0, max: 0 })
    expect(storedBounds(relu6, uint8(0.01, 3))).toEqual({ min: 3, max: 255 })
  })
})

describe('the byte of a sum', () => {
  const all = { min: 0, max: 255 }

  it('is rounded half to even', () => {
    expect([5, 7, -5].map(sum => storeSum(sum, 0.5, uint8(1, 10), all))).toEqual([12, 14, 8])
  })

  it('saturates, and keeps to the bounds', () => {
    expect(storeSum(1000, 1, uint8(1), all)).toBe(255)
    expect(storeSum(1000, 1, uint8(1), { min: 10, max: 20 })).toBe(20)
    expect(storeSum(-1000, 1, uint8(1), { min: 10, max: 20 })).toBe(10)
    expect(storeSum(0, Math.fround(3.4028234663852886e38), uint8(1, 4), all)).toBe(4)
  })

  it('is that of the sum in float32', () => {
    // 2^24 + 1 is no float32: half of a step goes to the even 2^24, whose 2^-25th is 0.5, which goes to 0.
    expect(storeSum(2 ** 24 + 1, 2 ** -25, uint8(1), all)).toBe(0)
    expect(storeSum(2 ** 24 + 2, 2 ** -25, uint8(1), all)).toBe(1)
  })
})

describe('the epilogue of a quantized product', () => {
  const op: Product = { kind: 'dense', units: 1, weights: 'w', bias: null, activation: null, residual: false }

  it('is a clamp or nothing', () => {
    expect(quantizedEpilogue(op, 'node 1')).toBeNull()
    expect(quantizedEpilogue({ ...op, activation: relu6 }, 'node 1')).toEqual(relu6)
  })

  it('is refused with a residual or another activation, by the name of the node', () => {
    expect(() => quantizedEpilogue({ ...op, residual: true }, 'node 1')).toThrow('node 1: expected no residual')
    expect(() => quantizedEpilogue({ ...op, activation: { kind: 'hardSwish' } }, 'node 1')).toThrow('found hardSwish')
  })
})
