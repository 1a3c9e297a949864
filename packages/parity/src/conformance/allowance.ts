import type { Allowance } from './definition/value.ts'

/** The type in which a backend stores weights, and values between ops. */
export type StoredDType = 'float32' | 'float16'

/**
 * What keeping a number costs. Halves have 11 significant bits, devices may round to the one above or the one below (WGSL,
 * section 15.7.6, leaves it to them), and flush what is below their smallest normal number, 2^-14.
 */
const costOfStoring: { readonly [K in StoredDType]: Pick<Allowance, 'kept' | 'floor'> } = {
  float32: { kept: 0, floor: 1e-30 },
  float16: { kept: 2 ** -10, floor: 2 ** -14 },
}

/** What each kind of arithmetic may cost, for a backend whose sums may be off by `tolerance` of their absolute terms. */
export function allowanceOf(tolerance: number, dtype: StoredDType = 'float32'): Allowance {
  const { kept, floor } = costOfStoring[dtype]
  // A weight is kept like any other number, and every term of a sum has one.
  const sums = tolerance + kept
  // Steps of halves are so long that twenty layers, each clamped on both sides, make some hundredths of them.
  const carried = Math.max(5 * tolerance, 50 * kept)
  return { sums, functions: tolerance / 20, carried, kept, floor }
}
