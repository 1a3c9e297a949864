import type { Arguments } from './kernel.ts'

/** Pixels and 4-channel vectors of one register tile. */
export interface Tile {
  readonly height: number
  readonly vectors: number
}

/** How many floats of a window's run are multiplied in one turn of the inner loop: a divisor of the run's length. */
export type WindowUnroll = 1 | 3 | 4

/** One product of a matrix of pixels with panels of packed weights (`pack.ts`): a pointwise convolution or a dense layer. */
export const productFields = {
  /** First pixel's first channel; pixels follow each other every `pixelStep` bytes. */
  input: 'i32',
  pixelStep: 'i32',
  output: 'i32',
  outputStep: 'i32',
  /** Shortcut added before the activation, laid out as the output; 0 for none. */
  residual: 'i32',
  weights: 'i32',
  panels: 'i32',
  panelBytes: 'i32',
  /** Input channels. */
  depth: 'i32',
  /** Tiles of full height, then tiles one pixel lower: together they cover every pixel count from a few tiles on. */
  full: 'i32',
  lower: 'i32',
  /** Bytes from the first pixel to the first of the lower tiles. */
  lowerInput: 'i32',
  lowerOutput: 'i32',
  clamped: 'i32',
  min: 'f32',
  max: 'f32',
} as const

/** A product whose depth is a window: `rows` x `columns` runs of `depth` neighbouring floats each. */
export const windowFields = {
  ...productFields,
  rows: 'i32',
  columns: 'i32',
  /** Bytes from the end of one run to the start of the next column's or row's. */
  columnJump: 'i32',
  rowJump: 'i32',
} as const

export type ProductArguments = Arguments<typeof windowFields>
