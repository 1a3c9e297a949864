import { describe, expect, it } from 'vitest'
import { relu6 } from '../../src/backend.ts'
import {
  applyToByte,
  type ByteOp,
  bytePairFunction,
  byteTable,
  concatFactors,
  dequantizeByte,
  joinedByte,
  multiplyByQuantizedMultiplier,
  quantizeReal,
  requantize,
  requantizeFactors,
  sumFactors,
  sumOf,
  toFixedPoint,
} from '../../src/integers/index.ts'
import { int8, uint8 } from './types.ts'

describe('fixed-point multiplication', () => {
  const times = (real: number, ...values: readonly number[]): number[] =>
    values.map(value => multiplyByQuantizedMultiplier(value, toFixedPoint(real)))

  it('has 31 bits of a fraction from a half to one', () => {
    expect(toFixedPoint(0.375)).toEqual({ mantissa: 0.75 * 2 ** 31, exponent: -1 })
    expect(toFixedPoint(3)).toEqual({ mantissa: 0.75 * 2 ** 31, exponent: 2 })
    expect(toFixedPoint(1 - 2 ** -40)).toEqual({ mantissa: 2 ** 30, exponent: 1 })
    expect(toFixedPoint(2 ** -40)).toEqual({ mantissa: 0, exponent: 0 })
  })

  it('rounds twice: ties up, then away from zero', () => {
    // 7.5 becomes 8, and half of it 4; -7.5 becomes -7, and half of it, -3.5, becomes -4.
    expect(times(0.375, 10, -10)).toEqual([4, -4])
    expect(times(0.5, 1, -1, 3, -3)).toEqual([1, 0, 2, -1])
    expect(times(3, 5, -5)).toEqual([15, -15])
    // The last bits of a product of 2^62 count: 2^31 - 2^-1 is 1 less than half a step away from 2^31.
    expect(times(1 - 2 ** -31, 2 ** 31 - 1)).toEqual([2 ** 31 - 2])
  })
})

describe('bytes of reals', () => {
  it('are rounded half to even and saturated; NaN is the zero point', () => {
    const values = [1.25, 1.75, -1.25, 1e9, -1e9, Number.NaN, Infinity]
    expect(values.map(value => quantizeReal(value, uint8(0.5, 3)))).toEqual([5, 7, 1, 255, 0, 3, 255])
  })

  it('are multiplied by the reciprocal of the scale in float32', () => {
    // 37.5 / 15 is 2.5, which would round to 2; f(1 / 15) is larger than 1 / 15, and makes it 2.5000002.
    expect(quantizeReal(37.5, int8(15))).toBe(3)
  })

  it('stand for float32', () => {
    expect(dequantizeByte(7, uint8(0.1, 4))).toBe(Math.fround(3 * Math.fround(0.1)))
  })
})

describe('requantization', () => {
  const all = (from: ReturnType<typeof int8>, to: typeof from, ...values: readonly number[]): number[] =>
    values.map(value => requantize(value, from, to))

  it('within a dtype has 8 bits and rounds ties up', () => {
    expect(requantizeFactors(int8(0.5), int8(1))).toEqual({ form: 'shifted', factor: 128 })
    expect(all(int8(0.5), int8(1, 3), 1, -1, 3, -3)).toEqual([4, 3, 5, 2])
    expect(all(uint8(0.25, 10), uint8(0.5, 20), 10, 11, 14, 255)).toEqual([20, 21, 22, 143])
    // f(256 * 0.3 / 0.7) is 109.714, rounded to 110: 70 times 110 / 256 is 30.08, and 0.3 / 0.7 of it is 30.
    expect(all(uint8(0.3), uint8(0.7), 70, 255)).toEqual([30, 110])
  })

  it('between int8 and uint8 rounds in fixed point', () => {
    expect(all(int8(0.5), uint8(1, 3), 1, -1, 3, -3)).toEqual([4, 3, 5, 2])
    expect(requantizeFactors(int8(1), uint8(1)).form).toBe('fixed')
  })

  it('of ratios that 8 bits cannot hold is in fixed point too', () => {
    expect(requantizeFactors(int8(2 ** -9), int8(1)).form).toBe('fixed')
    expect(requantizeFactors(int8(2 ** -8), int8(1))).toEqual({ form: 'shifted', factor: 1 })
    expect(requantizeFactors(int8(2 ** 7), int8(1))).toEqual({ form: 'shifted', factor: 2 ** 15 })
    expect(all(int8(256), int8(1), 0, 1, -1)).toEqual([0, 127, -128])
  })

  it('between int8 and uint8 of one scale flips the top bit', () => {
    const table = byteTable({ kind: 'quantize' }, uint8(0.3, 128), int8(0.3))
    expect([...table]).toEqual(Array.from({ length: 256 }, (_, byte) => byte ^ 0x80))
  })
})

describe('sums', () => {
  it('have multipliers of 21 bits and round ties up', () => {
    const factors = sumFactors(int8(0.5), int8(0.5), int8(1))
    expect(factors).toEqual({ form: 'shifted', factorA: 2 ** 20, factorB: 2 ** 20, shift: 21 })
    const pairs = [
      [1, 1],
      [1, 0],
      [-1, 0],
      [-1, -2],
    ] as const
    expect(pairs.map(([a, b]) => sumOf(a, b, factors))).toEqual([1, 1, 0, -1])
  })

  it('take the shift of the larger scale', () => {
    expect(sumFactors(uint8(4), uint8(1), uint8(0.5))).toEqual({
      form: 'shifted',
      factorA: 2 ** 20,
      factorB: 2 ** 18,
      shift: 17,
    })
    expect(sumFactors(uint8(1), uint8(3), uint8(1), -1)).toMatchObject({ factorB: -3 * 2 ** 19, shift: 19 })
  })

  it('go over twice the larger scale where one is too far from that of the result', () => {
    const factors = sumFactors(int8(1024), int8(1), int8(1))
    expect(factors).toEqual({
      form: 'doubled',
      factorA: { mantissa: 2 ** 30, exponent: 0 },
      factorB: { mantissa: 2 ** 30, exponent: -10 },
      sign: 1,
      output: { mantissa: 2 ** 30, exponent: -8 },
    })
    expect(sumOf(3, 5, factors)).toBe(3 * 1024 + 5)
    expect(sumOf(3, 5, sumFactors(int8(1024), int8(1), int8(1), -1))).toBe(3 * 1024 - 5)
    expect(sumFactors(int8(2 ** -11), int8(1), int8(1)).form).toBe('doubled')
    expect(sumFactors(int8(2 ** -10), int8(1), int8(1)).form).toBe('shifted')
  })
})

describe('functions of two bytes', () => {
  it('add and subtract, and saturate', () => {
    const add = bytePairFunction('add', uint8(1, 10), uint8(1, 20), uint8(1, 5))
    expect([add(11, 22), add(255, 255), add(0, 0)]).toEqual([8, 255, 0])
    const sub = bytePairFunction('sub', uint8(0.5), uint8(0.5), int8(1))
    expect([sub(5, 2), sub(2, 5), sub(2, 3), sub(255, 0)]).toEqual([2, -1, 0, 127])
  })

  it('multiply, and round half to even', () => {
    const mul = bytePairFunction('mul', uint8(0.5, 1), uint8(0.5, 2), uint8(0.5, 3))
    expect([mul(2, 3), mul(4, 3), mul(6, 3), mul(0, 3), mul(255, 255)]).toEqual([3, 5, 5, 3, 255])
  })

  it('multiply in fixed point where the multiplier is out of range', () => {
    const mul = bytePairFunction('mul', int8(2 ** -10), int8(2 ** -8), int8(1, 3))
    expect([mul(127, 127), mul(-128, -128)]).toEqual([3, 3])
    expect(bytePairFunction('mul', int8(64), int8(8), int8(1))(1, 1)).toBe(127)
  })

  it('divide, and round half to even; a division by zero saturates', () => {
    const div = bytePairFunction('div', uint8(1, 10), uint8(1, 10), uint8(1, 10))
    expect([div(15, 12), div(17, 12), div(5, 12), div(11, 10), div(9, 10), div(10, 10)]).toEqual([
      12, 14, 8, 255, 0, 10,
    ])
  })

  it('take the larger or smaller of both in the type of the result', () => {
    const [a, b, y] = [uint8(0.5), uint8(1), uint8(1, 1)]
    expect(bytePairFunction('max', a, b, y)(9, 4)).toBe(6)
    expect(bytePairFunction('min', a, b, y)(9, 4)).toBe(5)
    expect(bytePairFunction('max', a, a, a)(9, 4)).toBe(9)
  })
})

describe('operands of concat', () => {
  it('are copied where they have the type of the result', () => {
    expect(concatFactors(uint8(0.3, 4), uint8(0.3, 4))).toBeNull()
    expect(joinedByte(17, null, uint8(0.3, 4))).toBe(17)
    expect(concatFactors(uint8(0.3), int8(0.3))).not.toBeNull()
  })

  it('are restated elsewhere, rounded half away from zero', () => {
    const to = int8(0.5, 1)
    const factors = concatFactors(int8(0.25, 3), to)
    expect(factors).toEqual({ scale: 0.5, offset: -1.5 })
    expect([4, 2, 3, 127, -128].map(stored => joinedByte(stored, factors, to))).toEqual([2, 0, 1, 63, -65])
    expect(joinedByte(200, concatFactors(uint8(2), to), to)).toBe(127)
  })
})

describe('tables of 256 bytes', () => {
  it('have the bytes as unsigned on both sides', () => {
    const table = byteTable({ kind: 'quantize' }, int8(1), int8(1, 1))
    expect([table[0], table[127], table[0x80], table[0xff]]).toEqual([1, 127, 0x81, 0])
  })

  it('of a clamp requantize, then keep to its bounds', () => {
    const table = byteTable(relu6, uint8(1, 128), uint8(0.5, 4))
    expect([0, 127, 128, 129, 133, 134, 135, 255].map(byte => table[byte])).toEqual([4, 4, 4, 6, 14, 16, 16, 16])
  })

  it('of a sigmoid have one half in the middle', () => {
    const [from, to] = [int8(0.0625, 3), int8(1 / 256, -128)]
    const at = (stored: number): number => applyToByte({ kind: 'sigmoid' }, stored, from, to)
    expect(at(3)).toBe(0)
    // 1 / (1 + e) is 0.268941, of 256 steps 68.85; its complement is 187.15.
    expect([at(3 - 16), at(3 + 16)]).toEqual([69 - 128, 187 - 128])
  })

  it('of a hard swish end in 0 and in the value itself', () => {
    const type = int8(0.0625, 0)
    const at = (stored: number): number => applyToByte({ kind: 'hardSwish' }, stored, type, type)
    expect([-128, -48, 0, 48, 64, 127].map(at)).toEqual([0, 0, 0, 48, 64, 127])
    // -1.5 * 1.5 / 6 is -0.375, which is 6 steps; 1.5 * 4.5 / 6 is 1.125, which is 18.
    expect([-24, 24].map(at)).toEqual([-6, 18])
  })

  it.each<ByteOp>([
    { kind: 'sigmoid' },
    { kind: 'hardSwish' },
    { kind: 'quantize' },
    { kind: 'concat', axis: 1 },
    relu6,
  ])('of $kind hold what applyToByte says', op => {
    const [from, to] = [int8(0.043, -7), uint8(0.031, 91)]
    const table = byteTable(op, from, to)
    for (let stored = -128; stored < 128; stored++) {
      expect(table[stored & 255]).toBe(applyToByte(op, stored, from, to))
    }
  })
})
