import type { Arguments } from '../../kernels/kernel.ts'

/**
 * One product of a matrix of pixels with panels of packed weights (`pack.ts`), stored as bytes. What the records of float
 * products have too is called as there and means the same; `depth` counts lanes of 32 bits.
 */
export const integerProductFields = {
  input: 'i32',
  pixelStep: 'i32',
  output: 'i32',
  outputStep: 'i32',
  weights: 'i32',
  panels: 'i32',
  panelBytes: 'i32',
  depth: 'i32',
  full: 'i32',
  lower: 'i32',
  lowerInput: 'i32',
  lowerOutput: 'i32',
  /** A number for each pixel that is added to all of its sums, and where those of the lower tiles begin; 0 for none. */
  terms: 'i32',
  lowerTerms: 'i32',
  /** Bounds of the result, less its zero point. */
  min: 'f32',
  max: 'f32',
  /** `roundingBits` less the zero point of the result. */
  zero: 'i32',
} as const

export const integerWindowFields = {
  ...integerProductFields,
  rows: 'i32',
  columns: 'i32',
  columnJump: 'i32',
  rowJump: 'i32',
} as const

export type IntegerProductArguments = Arguments<typeof integerWindowFields>
