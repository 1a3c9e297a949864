import type { ResizeCoordinates, ResizeFilter, ResizeOp, ResizeRounding } from '@depthwise/core/backend'
import { nearestIndices } from '@depthwise/core/heads'
import { planarFromOurs, reorder } from '../../layout.ts'
import type { Computed } from '../operand.ts'
import type { Image, Operation } from '../operation.ts'

const filters: Readonly<Record<string, ResizeFilter>> = { nearest: 'nearest', linear: 'bilinear', bilinear: 'bilinear' }

const coordinateModes: Readonly<Record<string, ResizeCoordinates>> = {
  half_pixel: 'halfPixel',
  half_pixel_symmetric: 'halfPixelSymmetric',
  pytorch_half_pixel: 'pytorchHalfPixel',
  align_corners: 'alignCorners',
  asymmetric: 'asymmetric',
}

const nearestModes: Readonly<Record<string, ResizeRounding>> = {
  floor: 'floor',
  ceil: 'ceil',
  round_prefer_floor: 'roundPreferFloor',
  round_prefer_ceil: 'roundPreferCeil',
}

/** `tf_half_pixel_for_nn` lies half a pixel above `half_pixel`, so that rounding it one way is rounding that another way. */
const fromHalfAbove: { readonly [R in ResizeRounding]?: ResizeRounding } = {
  floor: 'roundPreferCeil',
  roundPreferFloor: 'ceil',
}

/** A size, and the scales that lead to it where the ratio of sizes does not say them. */
type Target = Pick<ResizeOp, 'size' | 'scales'>

/** Resize: operator set 10 takes scales; later ones a region of interest, which only one mode reads, then scales or sizes. */
export function resize(operation: Operation): Computed {
  const { attributes, opset } = operation
  const image = operation.image(0)
  const filter = named(operation, 'mode', attributes.text('mode', 'nearest'), filters)
  if (opset < 11) return resized(operation, image, filter, scaled(operation, image, operation.list(1)))
  const target = targetOf(operation, image)
  const shrinks = target.size.some((extent, axis) => extent < (image.shape[axis + 2] as number))
  if (attributes.integer('antialias', 0) !== 0 && shrinks) throw operation.unsupported('no antialiasing', 'antialias')
  const mode = attributes.text('coordinate_transformation_mode', 'half_pixel')
  const nearest = attributes.text('nearest_mode', 'round_prefer_floor')
  const rounding = named(operation, 'nearest_mode', nearest, nearestModes)
  const above = mode === 'tf_half_pixel_for_nn' && filter === 'nearest' ? fromHalfAbove[rounding] : undefined
  if (above) return emitted(operation, image, { filter, coordinates: 'halfPixel', rounding: above, ...target })
  const coordinates = named(operation, 'coordinate_transformation_mode', mode, coordinateModes)
  return emitted(operation, image, { filter, coordinates, rounding, ...target })
}

/** Upsample, which Resize replaced in operator set 10: scales as an attribute, from set 9 on as an operand. */
export function upsample(operation: Operation): Computed {
  const { attributes, opset } = operation
  const image = operation.image(0)
  const filter = named(operation, 'mode', attributes.text('mode', 'nearest'), filters)
  const scales = opset < 9 ? (attributes.reals('scales') ?? []) : operation.list(1)
  return resized(operation, image, filter, scaled(operation, image, scales))
}

/** Before operator set 11 nothing says how; onnxruntime rounds down where an image grows, and up where it shrinks. */
function resized(operation: Operation, image: Image, filter: ResizeFilter, target: Target): Computed {
  const grown = target.size.map((extent, axis) => Math.sign(extent - (image.shape[axis + 2] as number)))
  const shrinks = grown.includes(-1)
  if (filter === 'nearest' && shrinks && grown.includes(1)) {
    throw operation.unsupported('an image that grows or shrinks', `${image.shape.slice(2)} to ${target.size}`)
  }
  return emitted(operation, image, {
    filter,
    coordinates: 'asymmetric',
    rounding: shrinks ? 'ceil' : 'floor',
    ...target,
  })
}

function emitted(operation: Operation, image: Image, attributes: Omit<ResizeOp, 'kind'>): Computed {
  const { filter, rounding } = attributes
  const op = { kind: 'resize', ...attributes, rounding: filter === 'nearest' ? rounding : 'floor' } as const
  const value = operation.emit(withDivision(op, image), [image.value])
  return { ...image, value, shape: reorder(value.shape, planarFromOurs) }
}

/**
 * ONNX divides by scales, where a resize by the ratio of sizes multiplies by its inverse, as TFLite does. Halfway between two pixels
 * the last bit decides which is the nearest: there the scales are stated.
 */
function withDivision(op: ResizeOp, { shape }: Image): ResizeOp {
  if (op.filter === 'bilinear' || op.scales) return op
  const [, , height, width] = shape
  const divided = { ...op, scales: [op.size[0] / height, op.size[1] / width] } as const
  const places = (each: ResizeOp): string => `${nearestIndices(each, 0, height)} ${nearestIndices(each, 1, width)}`
  return places(op) === places(divided) ? op : divided
}

function targetOf(operation: Operation, image: Image): Target {
  const given = (position: number): readonly number[] => (operation.has(position) ? operation.list(position) : [])
  const [scales, sizes] = [given(2), given(3)]
  if ((scales.length === 0) === (sizes.length === 0)) {
    throw operation.malformed('either scales or sizes', scales.length === 0 ? 'neither' : 'both')
  }
  return scales.length > 0 ? scaled(operation, image, scales) : sized(operation, image, sizes)
}

/** Sizes of all axes, or of those that `axes` names. */
function sized(operation: Operation, image: Image, sizes: readonly number[]): Target {
  const wanted = everyAxis(operation, image, sizes, image.shape)
  if (!wanted.every(extent => Number.isSafeInteger(extent) && extent > 0)) {
    throw operation.malformed('sizes above 0', `[${sizes.slice(0, 8)}]`)
  }
  const size = spatial(operation, wanted, image.shape, 'sizes')
  const policy = operation.attributes.text('keep_aspect_ratio_policy', 'stretch')
  if (policy === 'stretch') return { size, scales: null }
  if (policy !== 'not_larger' && policy !== 'not_smaller') {
    throw operation.malformed('keep_aspect_ratio_policy stretch, not_larger or not_smaller', policy.slice(0, 80))
  }
  const ratios = size.map((extent, axis) => Math.fround(extent / (image.shape[axis + 2] as number)))
  const scale = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios)
  const extent = (axis: 0 | 1): number => Math.floor(scale * image.shape[axis + 2]! + 0.5)
  return { size: [extent(0), extent(1)], scales: statedScales([extent(0), extent(1)], [scale, scale], image) }
}

/** Scales of all axes, or of those that `axes` names: sizes are rounded down. */
function scaled(operation: Operation, image: Image, scales: readonly number[]): Target {
  if (!scales.every(scale => Number.isFinite(scale) && scale > 0)) {
    throw operation.malformed('finite scales above 0', `[${scales.slice(0, 8)}]`)
  }
  const wanted = everyAxis(operation, image, scales, [1, 1, 1, 1])
  const stated = spatial(operation, wanted, [1, 1], 'scales')
  const extent = (axis: 0 | 1): number => Math.floor(Math.fround(stated[axis] * image.shape[axis + 2]!))
  const size = [extent(0), extent(1)] as const
  return { size, scales: statedScales(size, stated, image) }
}

/** Null where scales are the ratios of both sizes. */
function statedScales(size: ResizeOp['size'], scales: readonly [number, number], { shape }: Image): Target['scales'] {
  const isRatio = size.every((extent, axis) => {
    return Math.fround(extent / (shape[axis + 2] as number)) === Math.fround(scales[axis as 0 | 1])
  })
  return isRatio ? null : scales
}

/** One number for each axis of the image, those that `axes` leaves out being as they are. */
function everyAxis(
  operation: Operation,
  { shape }: Image,
  given: readonly number[],
  others: readonly number[],
): readonly number[] {
  const axes = operation.attributes.integers('axes')
  const named = axes ? [...operation.axes(axes, shape.length)] : [0, 1, 2, 3]
  if (named.length !== given.length) {
    throw operation.malformed(`a number for each of ${named.length} axes`, `${given.length}`)
  }
  return others.map((other, axis) => (named.includes(axis) ? (given[named.indexOf(axis)] as number) : other))
}

/** Those of height and width; images and channels stay as many as they are. */
function spatial(
  operation: Operation,
  wanted: readonly number[],
  kept: readonly number[],
  what: string,
): readonly [number, number] {
  const [images, channels, height, width] = wanted as readonly [number, number, number, number]
  if (images !== kept[0] || channels !== kept[1]) {
    throw operation.unsupported(`${what} of height and width alone`, `[${wanted}]`)
  }
  return [height, width]
}

function named<T>(operation: Operation, attribute: string, word: string, known: Readonly<Record<string, T>>): T {
  if (Object.hasOwn(known, word)) return known[word] as T
  throw operation.unsupported(`${attribute} ${Object.keys(known).join(', ')}`, word.slice(0, 80))
}
