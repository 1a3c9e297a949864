import { valleys } from './ground.ts'
import { histogramOf, type Levels, negative, quantile, quantileFromTop } from './levels.ts'

/** Ink stands out from its ground by at least so many levels; less is grain. */
export const faintest = 12

/** How far each pixel stands out from the ground around it, and how far the ground and the strongest ink do. */
export interface Relief {
  readonly depths: Levels
  readonly base: number
  readonly contrast: number
}

/** The relief of the ink, which is darker than its ground or lighter. */
export function reliefOf(levels: Levels, dark: boolean): Relief {
  const depths = valleys(dark ? levels : negative(levels))
  const { length } = depths.data
  const counts = histogramOf(depths.data)
  // Ground is most of an image; strokes may be very little of it.
  const base = quantile(counts, length, 0.25)
  return { depths, base, contrast: quantileFromTop(counts, length, 0.0005) - base }
}

/** 0 for ground up to 255 for ink, evened out: faint strokes become as strong as bold ones. */
export function inkOf(levels: Levels, dark: boolean): Levels {
  const { depths, base, contrast } = reliefOf(levels, dark)
  const data = new Uint8Array(depths.data.length)
  if (contrast < faintest) return { ...depths, data }
  const min = base + 0.2 * contrast
  const max = base + 0.7 * contrast
  const even = Uint8Array.from({ length: 256 }, (_, depth) =>
    Math.max(0, Math.min(255, Math.floor(((depth - min) * 255) / (max - min) + 0.5))),
  )
  for (let i = 0; i < data.length; i++) data[i] = even[depths.data[i]!]!
  return { ...depths, data }
}
