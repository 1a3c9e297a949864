import { checkImage, type PixelSource } from '../pixels/image.ts'
import { reliefOf } from './ink.ts'
import { greyLevels, type Levels } from './levels.ts'
import { isInkDark } from './polarity.ts'
import { shrunk, shrunkColours } from './shrink.ts'
import { opaque } from './transparency.ts'

/** Drawings have less contrast than this only where they are faint; what stands out from their ground is then mostly grain. */
const minContrast = 64
/** In a drawing at most so many pixels are neither ground nor ink: the edges of strokes. */
const maxBetween = 0.22
/** In a drawing most pixels have neighbours of nearly the same level. */
const minFlat = 0.7
/** Colours, of 32768, that make up for a small side; a photo of pencil on paper has half as many. */
const manyColours = 400
/** Below this side the edges of strokes are a large part of a drawing, and grey levels alone do not tell. */
const minGreySide = 96

/**
 * Whether an image looks like a photograph of things rather than a drawing or a photo of a drawing, from its pixels alone: a photo has
 * levels of all kinds everywhere, while a drawing is mostly flat ground. A plain heuristic, for warnings.
 * @throws ShapeError for pixels that do not have their extents
 */
export function isPhoto(source: PixelSource): boolean {
  const image = opaque(checkImage(source))
  const whole = { top: 0, left: 0, height: image.height, width: image.width }
  const grey = greyLevels(image)
  const levels = shrunk(image, grey, whole)
  const { depths, base, contrast } = reliefOf(levels, isInkDark(levels))
  if (contrast < minContrast) return false
  if (shareBetween(depths.data, base + 0.15 * contrast, base + 0.7 * contrast) < maxBetween) return false
  if (shareFlat(levels, 0.1 * contrast) > minFlat) return false
  if (Math.max(image.height, image.width) >= minGreySide) return true
  return grey === null && countColours(shrunkColours(image, whole)) >= manyColours
}

function shareBetween(data: Uint8Array, min: number, max: number): number {
  let count = 0
  for (const value of data) if (value > min && value < max) count += 1
  return count / data.length
}

/** Share of the pixels, without those of the edge, around which levels differ by at most `range`. */
function shareFlat({ height, width, data }: Levels, range: number): number {
  let flat = 0
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      let min = 255
      let max = 0
      for (let row = (y - 1) * width + x; row <= (y + 1) * width + x; row += width) {
        min = Math.min(min, data[row - 1]!, data[row]!, data[row + 1]!)
        max = Math.max(max, data[row - 1]!, data[row]!, data[row + 1]!)
      }
      if (max - min <= range) flat += 1
    }
  }
  return flat / Math.max(1, (height - 2) * (width - 2))
}

/** Distinct colours of five bits a channel. */
function countColours(rgb: Uint8Array): number {
  const colours = new Set<number>()
  for (let i = 0; i < rgb.length; i += 3) {
    colours.add(((rgb[i]! >> 3) << 10) | ((rgb[i + 1]! >> 3) << 5) | (rgb[i + 2]! >> 3))
  }
  return colours.size
}
