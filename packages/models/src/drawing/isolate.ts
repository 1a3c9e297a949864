import type { Size2 } from '@depthwise/core'
import type { Rectangle } from '../pixels/crop.ts'
import { checkImage, checkSize, type PixelImage, type PixelSource } from '../pixels/image.ts'
import { resize } from '../pixels/resize.ts'
import { boxOf, surroundings } from './box.ts'
import { inkOf } from './ink.ts'
import { type Levels, shrunk, workingSide } from './levels.ts'
import { isInkDark } from './polarity.ts'
import { opaque } from './transparency.ts'

/** A drawing's tighter side is to the picture's as 5 to 6: MNIST's own margins are near it (20 of 28 pixels). */
const margin = 1.2

/**
 * Finds the drawing on a picture: dark strokes on a light ground or light ones on a dark ground, evenly lit or not, anywhere
 * and of any size. What comes back is what networks whose `crop` is `drawing` were trained on: strokes white on black, faint
 * ones as strong as bold ones, in the middle, proportions kept, up to five sixths of the picture. Give it as `prepare` to
 * `createClassifier`.
 *
 * Strokes must be thinner than about 30 % of the picture's longer side; lines of ruled paper, and what else is on the picture,
 * count as drawn. Where a picture has transparent parts, what is opaque is the drawing.
 * @param size `[height, width]` of the result
 * @returns grey RGB; black all over where nothing stands out
 * @throws ShapeError for a picture that is not one, OptionError for a bad size
 */
export function isolateDrawing(image: PixelSource, size: Size2): PixelImage {
  const picture = checkImage(image)
  checkSize(size)
  const sheet = opaque(picture)
  const whole: Rectangle = { top: 0, left: 0, height: sheet.height, width: sheet.width }
  const levels = shrunk(sheet, whole)
  const dark = isInkDark(levels)
  let ink = inkOf(levels, dark)
  let box = boxOf(ink)
  const isShrunk = ink.height !== sheet.height || ink.width !== sheet.width
  // A small drawing on a large picture is looked at again, closer.
  if (box && isShrunk && Math.max(box.height, box.width) < workingSide / 2) {
    ink = inkOf(shrunk(sheet, surroundings(box, levels, [sheet.height, sheet.width])), dark)
    box = boxOf(ink)
  }
  const [height, width] = size
  if (!box) return { height, width, channels: 3, data: new Uint8Array(height * width * 3) }
  const placed = resize(canvasOf(ink, box, size), size, { filter: 'bilinear', antialias: true })
  return { height, width, channels: 3, data: strengthened(placed) }
}

/** The box in the middle of a canvas with the proportions of `size`. */
function canvasOf(ink: Levels, box: Rectangle, size: Size2): PixelImage {
  const unit = Math.max(box.height / size[0], box.width / size[1]) * margin
  const height = Math.max(1, Math.floor(unit * size[0] + 0.5))
  const width = Math.max(1, Math.floor(unit * size[1] + 0.5))
  const top = box.top + Math.floor((box.height - height) / 2)
  const left = box.left + Math.floor((box.width - width) / 2)
  const data = new Uint8Array(height * width * 3)
  for (let y = Math.max(0, -top); y < Math.min(height, ink.height - top); y++) {
    for (let x = Math.max(0, -left); x < Math.min(width, ink.width - left); x++) {
      data.fill(ink.data[(top + y) * ink.width + left + x]!, (y * width + x) * 3, (y * width + x + 1) * 3)
    }
  }
  return { height, width, channels: 3, data }
}

/** The strongest ink to 255: hairlines grow faint where they are made small. */
function strengthened(data: Uint8Array): Uint8Array {
  const strongest = data.reduce((most, value) => Math.max(most, value), 0)
  if (strongest === 0) return data
  const gain = 255 / strongest
  return data.map(value => Math.floor(value * gain + 0.5))
}
