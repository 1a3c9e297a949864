import { type CentreCrop, type Crop, OptionError } from '@depthwise/core'
import { type CropName, type Size2, show } from '@depthwise/core/backend'

/** Whole pixels, from the top left corner. */
export interface Rectangle {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

/**
 * What a resize computes: the rectangle `source` of the image is scaled to `scaled` (`[height, width]`), and of
 * that only the rectangle `window` is worked out. Pixels outside of `source` have no influence; those outside of
 * `window` cost nothing.
 */
export interface View {
  readonly source: Rectangle
  readonly scaled: Size2
  readonly window: Rectangle
}

/** The share of each side that TensorFlow slim's evaluation keeps (`preprocess_for_eval`, `central_fraction`). */
export const slimFraction = 0.875

/** torchvision's evaluation of ImageNet: resize the shorter side to 256, then crop 224. */
const torchFraction = 224 / 256

/** Shorter side over crop in torchvision's evaluation. */
export const torchScale: number = 1 / torchFraction

/** Crops that only cut and scale. The others make an image of their own, earlier, as `prepare` of a classifier does. */
type Blind = Exclude<CropName, 'drawing' | 'letterbox'>

const views: { readonly [C in Blind]: (image: Size2, target: Size2) => View } = {
  squeeze: (image, target) => fill(whole(image), target),
  slim: (image, target) => fill(centralCrop(image, slimFraction), target),
  torch: (image, target) => centreView(image, target, torchFraction),
}

/**
 * Where a target of `[height, width]` looks on an image of `[height, width]`.
 * @throws OptionError for an unknown crop, a fraction outside of (0, 1], `letterbox` or `drawing`
 */
export function viewOf(crop: Crop, image: Size2, target: Size2): View {
  if (isCentre(crop)) return centreView(image, target, checkFraction('crop.fraction', crop.fraction))
  if (typeof crop !== 'string' || !Object.hasOwn(views, crop)) {
    const expected = `${Object.keys(views).join(', ')} or { kind: 'centre', fraction }`
    throw new OptionError({ where: 'crop', expected, found: show(crop) })
  }
  return views[crop as Blind](image, target)
}

const isCentre = (crop: Crop): crop is CentreCrop => typeof crop === 'object' && crop?.kind === 'centre'

/**
 * The middle of an image: TensorFlow's `tf.image.central_crop`, which cuts `trunc((extent - extent * fraction) / 2)`
 * off either end of each axis, so that what stays is never less than the fraction, nor empty.
 * @throws OptionError unless `0 < fraction <= 1`
 */
export function centralCrop([height, width]: Size2, fraction: number): Rectangle {
  checkFraction('central fraction', fraction)
  const top = Math.trunc((height - height * fraction) / 2)
  const left = Math.trunc((width - width * fraction) / 2)
  return { top, left, height: height - 2 * top, width: width - 2 * left }
}

/**
 * The evaluation of torchvision and timm, for any target: the image, proportions kept, is scaled until it just covers a
 * box of `floor(side / fraction)` (timm's rule; for torchvision's 224 / 256: 256 for 224, 182 for 160, 109 for 96), the
 * longer extent truncated to an integer, and the target is the centre of that. For a square target the box's side is the
 * image's shorter side, as in `Resize(256)`; otherwise the tighter axis decides, as in timm's `ResizeKeepRatio`. The
 * centre's offset is `round((scaled - target) / 2)` with Python's rounding, as in `CenterCrop`. Nothing is ever padded,
 * since the box is at least the target.
 */
function centreView(image: Size2, target: Size2, fraction: number): View {
  const [height, width] = image
  const boxHeight = Math.floor(target[0] / fraction)
  const boxWidth = Math.floor(target[1] / fraction)
  const scaled: Size2 =
    width * boxHeight >= height * boxWidth
      ? [boxHeight, Math.trunc((boxHeight * width) / height)]
      : [Math.trunc((boxWidth * height) / width), boxWidth]
  const top = roundHalfToEven((scaled[0] - target[0]) / 2)
  const left = roundHalfToEven((scaled[1] - target[1]) / 2)
  return { source: whole(image), scaled, window: { top, left, height: target[0], width: target[1] } }
}

function checkFraction(where: string, fraction: number): number {
  if (Number.isFinite(fraction) && fraction > 0 && fraction <= 1) return fraction
  throw new OptionError({ where, expected: 'a number in (0, 1]', found: show(fraction) })
}

const whole = ([height, width]: Size2): Rectangle => ({ top: 0, left: 0, height, width })

const fill = (source: Rectangle, target: Size2): View => ({ source, scaled: target, window: whole(target) })

function roundHalfToEven(value: number): number {
  const below = Math.floor(value)
  return value - below === 0.5 ? below + (below % 2) : Math.round(value)
}
