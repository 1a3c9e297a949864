import { valleys } from './ground.ts'
import { type Levels, negative, quantile, quantileFromTop } from './levels.ts'

/** Ink stands out from its ground by at least so many levels; what does not is grain. */
const faintest = 12

/** 0 for ground up to 255 for ink, evened out: faint strokes come out as strong as bold ones. */
export function inkOf(levels: Levels, dark: boolean): Levels {
  const depths = valleys(dark ? levels : negative(levels))
  // Ground is most of a picture; strokes may be very little of it.
  const base = quantile(depths.data, 0.25)
  const contrast = quantileFromTop(depths.data, 0.0005) - base
  if (contrast < faintest) return { ...depths, data: new Uint8Array(depths.data.length) }
  const least = base + 0.2 * contrast
  const most = base + 0.7 * contrast
  const even = (depth: number): number =>
    Math.max(0, Math.min(255, Math.floor(((depth - least) * 255) / (most - least) + 0.5)))
  return { ...depths, data: depths.data.map(even) }
}
