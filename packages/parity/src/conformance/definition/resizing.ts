import type { OpOf } from '@depthwise/core/backend'
import { coordinates } from '../../compare/difference.ts'
import { type Definition, emptySums, storedSums } from './value.ts'

type Op = OpOf<'resize'>

/** Where place `i` of `to` lies among `from`, in exact arithmetic but for what the division leaves. */
function placeOf({ coordinates: rule, scales, size }: Op, axis: 0 | 1, i: number, from: number): number {
  const to = size[axis]
  const scale = scales?.[axis] ?? to / from
  if (rule === 'asymmetric') return i / scale
  if (rule === 'alignCorners') return to === 1 ? 0 : (i * (from - 1)) / (to - 1)
  if (rule === 'pytorchHalfPixel' && to === 1) return 0
  const centre = rule === 'halfPixelSymmetric' ? (from / 2) * (1 - to / (scale * from)) : 0
  return centre + (i + 0.5) / scale - 0.5
}

const roundedBy = {
  floor: Math.floor,
  ceil: Math.ceil,
  roundPreferCeil: Math.round,
  roundPreferFloor: (place: number): number => -Math.round(-place),
} as const

/** The share that pixel `at` has in a place: a tent of width one to either side, or all of it where it is the nearest. */
function shareOf(op: Op, place: number, at: number, from: number): number {
  const inside = (value: number): number => Math.min(Math.max(value, 0), from - 1)
  if (op.filter === 'nearest') return inside(roundedBy[op.rounding](Math.fround(place))) === at ? 1 : 0
  return Math.max(0, 1 - Math.abs(inside(place) - at))
}

/** Every pixel of the operand by its share in every pixel of the result. A share of 0 adds nothing, whatever the pixel is. */
export const resize: Definition<'resize'> = (op, { input, shape, allow }) => {
  const sums = emptySums(shape)
  const [, height, width, channels] = input.shape as readonly [number, number, number, number]
  for (let i = 0; i < sums.value.length; i++) {
    const [n, y, x, c] = coordinates(i, shape) as readonly [number, number, number, number]
    const [row, column] = [placeOf(op, 0, y, height), placeOf(op, 1, x, width)]
    for (let v = 0; v < height; v++) {
      for (let h = 0; h < width; h++) {
        const share = shareOf(op, row, v, height) * shareOf(op, column, h, width)
        if (share === 0) continue
        const from = ((n * height + v) * width + h) * channels + c
        sums.value[i] = sums.value[i]! + share * input.data[from]!
        sums.terms[i] = sums.terms[i]! + Math.abs(share * input.data[from]!)
        sums.error[i] = sums.error[i]! + share * input.error[from]!
      }
    }
  }
  return storedSums(shape, sums, allow)
}
