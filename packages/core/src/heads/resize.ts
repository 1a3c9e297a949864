import type { ResizeCoordinates, ResizeOp, ResizeRounding } from '../ops/resize.ts'

const f = Math.fround

/** The two rows (or columns) of the operand around one of the result, which are one where it hits a row. */
export interface Tap {
  readonly lower: number
  readonly upper: number
  /** How far towards `upper` the result lies, a float32 in [0, 1). */
  readonly fraction: number
}

/** An axis of a resize: its extents, and what it makes of a place in the result before it is shifted, in float32. */
interface Axis {
  readonly from: number
  readonly to: number
  scaled(place: number): number
  /** Rows of the result for each of the operand. */
  readonly scale: number
}

type Source = (i: number, axis: Axis) => number

const halfPixel: Source = (i, { scaled }) => f(scaled(i + 0.5) - 0.5)

/** The formulas of `ResizeCoordinates`, each step rounded to float32, as runtimes compute them. */
const sources: { readonly [C in ResizeCoordinates]: Source } = {
  asymmetric: (i, { scaled }) => scaled(i),
  halfPixel,
  alignCorners: (i, { from, to }) => (to > 1 ? f(i * f((from - 1) / (to - 1))) : 0),
  pytorchHalfPixel: (i, axis) => (axis.to > 1 ? halfPixel(i, axis) : 0),
  halfPixelSymmetric: (i, axis) =>
    f(halfPixel(i, axis) + f((axis.from / 2) * f(1 - f(axis.to / f(axis.scale * axis.from))))),
}

/** Where each row (axis 0) or column (axis 1) of the result lies in `from` of the operand. */
function coordinatesOf({ size, scales, coordinates }: ResizeOp, axis: 0 | 1, from: number): readonly number[] {
  const to = size[axis]
  const stated = scales && f(scales[axis])
  const step = f(from / to)
  const described: Axis = {
    from,
    to,
    scale: stated ?? to / from,
    scaled: stated ? place => f(place / stated) : place => f(place * step),
  }
  return Array.from({ length: to }, (_, i) => sources[coordinates](i, described))
}

const within = (place: number, from: number): number => Math.min(Math.max(place, 0), from - 1)

/** What each row (axis 0) or column (axis 1) of a bilinear result lies between, of `from` in the operand. */
export function bilinearTaps(op: ResizeOp, axis: 0 | 1, from: number): readonly Tap[] {
  return coordinatesOf(op, axis, from).map(place => {
    const source = within(place, from)
    const lower = Math.floor(source)
    return { lower, upper: Math.ceil(source), fraction: source - lower }
  })
}

const roundings: { readonly [R in ResizeRounding]: (source: number) => number } = {
  floor: Math.floor,
  roundPreferFloor: source => Math.ceil(source - 0.5),
  roundPreferCeil: source => Math.floor(source + 0.5),
  ceil: Math.ceil,
}

/** What each row (axis 0) or column (axis 1) of a nearest result copies, of `from` in the operand. */
export function nearestIndices(op: ResizeOp, axis: 0 | 1, from: number): readonly number[] {
  return coordinatesOf(op, axis, from).map(place => within(roundings[op.rounding](place), from))
}

/**
 * The weights of the lower and the upper row in float32. Where both are one row each counts half, which gives the row itself: with a
 * weight of 0 an infinity would become NaN.
 */
export function tapWeights({ fraction }: Tap): readonly [lower: number, upper: number] {
  return fraction === 0 ? [0.5, 0.5] : [f(1 - fraction), fraction]
}
