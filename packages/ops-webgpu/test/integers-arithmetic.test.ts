import { storeSum } from '@depthwise/core/integers'
import { randomIntegers } from '@depthwise/testing/random-integers'
import { describe, expect, it } from 'vitest'
import { reciprocal } from '../src/integers/kernels/softmax.ts'
import { rounded, settle, toReals } from '../src/integers/kernels/text.ts'
import { openDevice } from './device.ts'
import { runWords } from './run-kernel.ts'

// What WGSL leaves open is held to what the host computes, number by number.

const device = await openDevice()
const count = 2 ** 15
const f = Math.fround

/** Words of both halves of 16 bits. */
function words(seed: number, change: (word: number) => number = word => word): Uint32Array<ArrayBuffer> {
  const below = randomIntegers(seed)
  return Uint32Array.from({ length: count }, () => change(below(2 ** 16) * 2 ** 16 + below(2 ** 16)))
}

/** Positive float32 with exponents of 2 from `from` to `to`, as their bits. */
const reals = (seed: number, from: number, to: number): Uint32Array<ArrayBuffer> =>
  words(seed, word => (word & 0x7fffff) | ((127 + from + ((word >>> 23) % (to - from + 1))) << 23))

const asReals = (bits: Uint32Array<ArrayBuffer>): Float32Array => new Float32Array(bits.buffer)

describe('integers on the device, by arithmetic that WGSL leaves open', () => {
  it('become float32 by rounding to the nearest, of two as near the even one', async () => {
    // Of every size, and halfway between neighbours: those have a single bit below the last one that is kept.
    const x = words(1, word => word >> (word & 15))
    for (let i = 0; i < count; i += 2) x[i] = (2 ** 24 + 1 + 2 * (i & 1023)) * (i & 2 ? 1 : -1)
    const body = 'y[index] = bitcast<vec4u>(toReals(vec4i(bitcast<i32>(x[index])))).x | w[0];'
    const actual = await runWords(device, { before: toReals, body }, [x, new Uint32Array(1)])
    const expected = Float32Array.from(new Int32Array(x.buffer))
    expect(new Float32Array(actual.buffer)).toEqual(expected)
  })

  it('are requantized to the byte, ties included', async () => {
    const x = words(2, word => word >> (word & 31))
    const w = reals(3, -24, 3)
    for (let i = 0; i < count; i += 4) w[i] = (127 - 1 - (i % 5)) << 23
    const type = { dtype: 'uint8', scale: 1, zeroPoint: 131, min: 0, max: 255 } as const
    const bounds = { min: 3, max: 250 }
    const before = `${toReals}\n${settle({ min: bounds.min - 131, max: bounds.max - 131, zero: 131 })}`
    const body = 'y[index] = u32(settle(toReals(vec4i(bitcast<i32>(x[index]))) * bitcast<f32>(w[index])).x);'
    const actual = await runWords(device, { before, body }, [x, w])
    const sums = new Int32Array(x.buffer)
    const expected = Uint32Array.from(asReals(w), (multiplier, i) => storeSum(sums[i]!, multiplier, type, bounds))
    expect(actual).toEqual(expected)
    expect(new Set(expected).size).toBeGreaterThan(200)
  })

  it('have reciprocals that are the nearest float32', async () => {
    const x = reals(4, -60, 60)
    for (let i = 0; i < 121; i++) x[i] = (127 - 60 + i) << 23
    const body = 'y[index] = bitcast<u32>(reciprocal(bitcast<f32>(x[index]))) | w[0];'
    const actual = await runWords(device, { before: reciprocal, body }, [x, new Uint32Array(1)])
    expect(new Float32Array(actual.buffer)).toEqual(asReals(x).map(value => f(1 / value)))
  })

  it('are rounded between a product and a sum', async () => {
    const [x, w] = [words(5, word => word & 0xffffff), reals(6, -12, -3)]
    // The word that stands in the way is zero, as in parameters.
    x[0] = 0
    const term = f(-127.3)
    const product = 'rounded(f32(x[index]) * bitcast<f32>(w[index]))'
    const body = `y[index] = bitcast<u32>(${product} + f32(${term}));`
    const actual = await runWords(device, { before: rounded('x[0]'), body }, [x, w])
    const numbers = asReals(w)
    const unfused = Float32Array.from(x, (value, i) => f(f(value * numbers[i]!) + term))
    expect(new Float32Array(actual.buffer)).toEqual(unfused)
    expect(unfused).not.toEqual(Float32Array.from(x, (value, i) => f(value * numbers[i]! + term)))
  })
})
