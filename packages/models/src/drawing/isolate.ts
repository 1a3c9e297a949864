import type { Size2 } from '@depthwise/core/backend'
import type { Rectangle } from '../pixels/crop.ts'
import { checkImage, checkSize, type PixelImage, type PixelSource } from '../pixels/image.ts'
import { boxOf, surroundings } from './box.ts'
import { inkOf } from './ink.ts'
import { greyLevels, type Levels } from './levels.ts'
import { isInkDark } from './polarity.ts'
import { resizeLevels } from './resize-levels.ts'
import { shrunk, workingSide } from './shrink.ts'
import { opaque } from './transparency.ts'

/** The image's side is to the drawing's tighter side as 6 to 5: MNIST's own margins are near it (20 of 28 pixels). */
const margin = 1.2

/**
 * Finds the drawing in an image: dark strokes on a light ground or light ones on a dark ground, evenly lit or not, anywhere
 * and of any size. The result is what networks whose `crop` is `drawing` were trained on: strokes white on black, faint
 * ones as strong as bold ones, in the middle, proportions kept, up to five sixths of the image. Pass it as `prepare` to
 * `createClassifier`.
 *
 * Strokes must be thinner than about 30 % of the image's longer side; lines of ruled paper, and everything else in the image,
 * count as drawn. Where an image has transparent parts, its opaque parts are the drawing.
 * @param size `[height, width]` of the result
 * @returns grey RGB; all black where nothing stands out
 * @throws ShapeError for pixels that do not have their extents, OptionError for a bad size
 */
export function isolateDrawing(source: PixelSource, size: Size2): PixelImage {
  const image = checkImage(source)
  checkSize(size)
  const sheet = opaque(image)
  const grey = greyLevels(sheet)
  const whole: Rectangle = { top: 0, left: 0, height: sheet.height, width: sheet.width }
  const levels = shrunk(sheet, grey, whole)
  const dark = isInkDark(levels)
  let ink = inkOf(levels, dark)
  let box = boxOf(ink)
  const isShrunk = ink.height !== sheet.height || ink.width !== sheet.width
  // A small drawing in a large image is searched again, closer.
  if (box && isShrunk && Math.max(box.height, box.width) < workingSide / 2) {
    ink = inkOf(shrunk(sheet, grey, surroundings(box, levels, [sheet.height, sheet.width])), dark)
    box = boxOf(ink)
  }
  const [height, width] = size
  const data = new Uint8Array(height * width * 3)
  if (box) {
    const canvas = canvasOf(ink, box, size)
    const all: Rectangle = { top: 0, left: 0, height: canvas.height, width: canvas.width }
    strengthen(resizeLevels(canvas, all, size).data, data)
  }
  return { height, width, channels: 3, data }
}

/** The box in the middle of a canvas with the proportions of `size`. */
function canvasOf(ink: Levels, box: Rectangle, size: Size2): Levels {
  const unit = Math.max(box.height / size[0], box.width / size[1]) * margin
  const height = Math.max(1, Math.floor(unit * size[0] + 0.5))
  const width = Math.max(1, Math.floor(unit * size[1] + 0.5))
  const top = box.top + Math.floor((box.height - height) / 2)
  const left = box.left + Math.floor((box.width - width) / 2)
  const data = new Uint8Array(height * width)
  const first = Math.max(0, -left)
  const end = Math.min(width, ink.width - left)
  for (let y = Math.max(0, -top); y < Math.min(height, ink.height - top); y++) {
    const row = (top + y) * ink.width + left
    data.set(ink.data.subarray(row + first, row + end), y * width + first)
  }
  return { height, width, data }
}

/** Levels as grey RGB, the strongest at 255: hairlines grow faint where they are made small. */
function strengthen(levels: Uint8Array, rgb: Uint8Array): void {
  let strongest = 0
  for (let i = 0; i < levels.length; i++) strongest = Math.max(strongest, levels[i]!)
  if (strongest === 0) return
  const gain = 255 / strongest
  for (let i = 0, at = 0; i < levels.length; i++, at += 3) {
    const level = Math.floor(levels[i]! * gain + 0.5)
    rgb[at] = level
    rgb[at + 1] = level
    rgb[at + 2] = level
  }
}
