import type { FunctionBuilder, Local } from '../../assembler/index.ts'
import { locals } from '../../kernels/idioms.ts'
import type { Arguments, Fields } from '../../kernels/kernel.ts'
import type { Arithmetic } from '../arithmetic.ts'

/** Added to a float32 of magnitude below 2^22, leaves it rounded half to even in the low bits of the sum. */
const rounding = 1.5 * 2 ** 23
/** The bits of `rounding`. */
export const roundingBits = 0x4b400000

/** What a record says of the bytes that a kernel stores: bounds less the zero point, and `roundingBits` less the zero point. */
interface RequantizeFields extends Fields {
  readonly min: 'f32'
  readonly max: 'f32'
  readonly zero: 'i32'
}

/**
 * Turns 32-bit sums into integers within the bounds of the result, in place: `clamp(rne(f(f(sum) * multiplier))) + zero point`.
 * Clamped first, the numbers are small enough to be rounded by an addition; bounds are integers, so the order changes nothing.
 */
export class Requantizer {
  readonly #f: FunctionBuilder
  readonly #min: Local
  readonly #max: Local
  readonly #zero: Local
  readonly #rounding: Local

  constructor(f: FunctionBuilder) {
    this.#f = f
    ;[this.#min, this.#max, this.#zero, this.#rounding] = locals(f, 4, 'v128') as [Local, Local, Local, Local]
  }

  /** Reads the record; done where it is needed, since until then the registers hold sums and weights. */
  load<F extends RequantizeFields>(args: Arguments<F>): void {
    const f = this.#f
    args.splat(f, 'min')
    f.set(this.#min)
    args.splat(f, 'max')
    f.set(this.#max)
    args.splat(f, 'zero')
    f.set(this.#zero).f32(rounding).op('f32x4.splat').set(this.#rounding)
  }

  /** One vector of sums. */
  apply(sum: Local, multiplier: Local): void {
    this.#f.get(sum).op('f32x4.convert_i32x4_s').get(multiplier).op('f32x4.mul').set(sum)
    this.round(sum)
  }

  /** Reals, in steps of the result. */
  round(value: Local): void {
    this.#f.get(value).get(this.#min).op('f32x4.pmax').get(this.#max).op('f32x4.pmin')
    this.#f.get(this.#rounding).op('f32x4.add').get(this.#zero).op('i32x4.sub').set(value)
  }
}

/** Leaves eight bytes, of two vectors of integers in their range, in the low half of a vector; or sixteen, of four. */
export function narrow(f: FunctionBuilder, { signed }: Arithmetic, vectors: readonly Local[]): void {
  const pair = (i: number): void => {
    f.get(vectors[i] as Local)
      .get(vectors[Math.min(i + 1, vectors.length - 1)] as Local)
      .op('i16x8.narrow_i32x4_s')
  }
  pair(0)
  pair(vectors.length > 2 ? 2 : 0)
  f.op(signed ? 'i8x16.narrow_i16x8_s' : 'i8x16.narrow_i16x8_u')
}
