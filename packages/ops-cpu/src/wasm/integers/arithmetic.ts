import type { FunctionBuilder, Local } from '../assembler/index.ts'

/**
 * How a module multiplies bytes. The relaxed dot product of WebAssembly takes its second operand as signed or as unsigned, as
 * the processor does, and may saturate where that operand needs its eighth bit; `wide` multiplies 16-bit integers, which every
 * engine does exactly.
 */
export type DotKind = 'unsigned' | 'signed' | 'wide'

/** A lowering of integer products. All of them give the same bytes. */
export interface Arithmetic {
  readonly kind: DotKind
  /** Whether values lie in memory as signed bytes. Those of the other sign are stored with their top bit flipped. */
  readonly signed: boolean
  /** Values of a pixel that one lane of 32 bits holds: four bytes, or two 16-bit integers. */
  readonly group: 4 | 2
  /** `sum += pixel * weight` over the group of each lane. */
  multiplyAdd(f: FunctionBuilder, sum: Local, pixel: Local, weight: Local): void
}

/** By `vpdpbusd` weights are signed bytes and pixels unsigned ones; by `sdot` both are signed. */
const relaxed = (signed: boolean): Arithmetic => ({
  kind: signed ? 'signed' : 'unsigned',
  signed,
  group: 4,
  multiplyAdd(f, sum, pixel, weight) {
    f.get(weight).get(pixel).get(sum).op('i32x4.relaxed_dot_i8x16_i7x16_add_s').set(sum)
  },
})

/** Pixels are widened before they are multiplied, and weights have their zero point subtracted. */
const widening = (signed: boolean): Arithmetic => ({
  kind: 'wide',
  signed,
  group: 2,
  multiplyAdd(f, sum, pixel, weight) {
    f.get(pixel).get(weight).op('i32x4.dot_i16x8_s').get(sum).op('i32x4.add').set(sum)
  },
})

/** The lowering by the name of what the engine does. */
export function arithmeticOf(kind: DotKind): Arithmetic {
  return kind === 'wide' ? widening(false) : relaxed(kind === 'signed')
}

/** The lowering that takes any weights, for values that lie in memory as those of another do. */
export function widened({ signed }: Arithmetic): Arithmetic {
  return widening(signed)
}

/** What vectors of eight bytes are loaded by, each as 16 bits. */
export const loadEight = ({ signed }: Arithmetic): 'v128.load8x8_s' | 'v128.load8x8_u' =>
  signed ? 'v128.load8x8_s' : 'v128.load8x8_u'
