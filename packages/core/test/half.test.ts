import { describe, expect, it } from 'vitest'
import { fromHalf, toHalf } from '../src/backend.ts'

/** The definition: sign, exponent, fraction (IEEE 754-2008, section 3.4). */
function value(bits: number): number {
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15)
  return bits & 0x8000 ? -magnitude : magnitude
}

const halves = (values: readonly number[]): number[] => values.map(each => toHalf(Math.fround(each)))
const finite = Array.from({ length: 0x7c00 }, (_, bits) => bits)
const both = finite.flatMap(bits => [bits, bits | 0x8000])

describe('float16', () => {
  it('is read as it is defined', () => {
    expect(both.map(fromHalf)).toEqual(both.map(value))
    expect([0x7c00, 0xfc00, 0x7e00].map(fromHalf)).toEqual([Infinity, -Infinity, NaN])
  })

  it('holds every number it can hold', () => {
    expect(halves(both.map(value))).toEqual(both)
  })

  it('rounds what lies between to the nearer, and the middle to even', () => {
    const pairs = finite.slice(0, -1).map(bits => [value(bits), value(bits + 1)] as const)
    const at = (share: number): number[] => halves(pairs.map(([a, b]) => a + (b - a) * share))
    expect(at(0.5)).toEqual(finite.slice(0, -1).map(bits => bits + (bits & 1)))
    expect(at(0.4999)).toEqual(finite.slice(0, -1))
    expect(at(0.5001)).toEqual(finite.slice(1))
  })

  it('overflows to infinity, from halfway on, and keeps NaN', () => {
    expect(halves([65519, 65520, 1e30, -1e30, Infinity, NaN])).toEqual([0x7bff, 0x7c00, 0x7c00, 0xfc00, 0x7c00, 0x7e00])
  })
})
