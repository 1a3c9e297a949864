import { type Model, type Normalization, OptionError, type Preprocessing } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import { type ImageInput, imageInput } from '../inference/image-input.ts'
import { imageValues } from '../inference/image-values.ts'
import { settlePreprocessing } from '../inference/preprocessing.ts'
import { checkImage } from '../pixels/image.ts'
import type { PixelImage, PixelSource } from '../pixels/index.ts'

/** Images one after another: a list, or something that decodes the next one when it is asked for. */
export type Images = Iterable<PixelSource> | AsyncIterable<PixelSource>

/** How a network sees images. */
export interface ImageReader {
  readonly preprocessing: Preprocessing
  readonly normalization: Normalization
  /** What the model itself takes. */
  values(image: PixelSource): ReturnType<typeof imageValues>
  /** The bytes of its pixels, cropped and resized, in the order of the network's channels. */
  bytes(image: PixelSource): Uint8Array
}

/** How images become inputs, where the caller says something of it. */
export interface ImageReaderOptions {
  readonly preprocessing?: Partial<Preprocessing>
  readonly prepare?: (image: PixelImage, size: Size2) => PixelImage
}

/** @throws ShapeError for a network that takes no images; OptionError for preprocessing that is unknown */
export function imageReader(
  { graph, metadata }: Model,
  { preprocessing: asked, prepare }: ImageReaderOptions,
): ImageReader {
  // Only reals are quantized, so their input has no quantization of its own.
  const { quantization: _, ...input } = imageInput(graph)
  const { preprocessing } = settlePreprocessing(asked, metadata)
  // A graph that takes bytes normalises them itself.
  const seen = { ...preprocessing, ...(prepare && { crop: 'squeeze' as const }) }
  const asBytes: ImageInput = { ...input, dtype: 'uint8' }
  const prepared = (image: PixelSource): PixelSource => (prepare ? prepare(checkImage(image), input.size) : image)
  const reader: ImageReader = {
    preprocessing,
    normalization: preprocessing.normalization,
    values: image => imageValues(prepared(image), input, seen) as Float32Array | Uint8Array,
    bytes: image => imageValues(prepared(image), asBytes, { ...seen, normalization: 'raw' }) as Uint8Array,
  }
  // One black pixel, so that what is not known is refused before the first image.
  imageValues({ width: 1, height: 1, channels: 3, data: new Uint8Array(3) }, input, seen)
  return reader
}

/**
 * The bytes of all images that a network is calibrated on: they are kept, as they are run more than once.
 * @throws OptionError where there is none; ShapeError for an image that is none
 */
export async function readImages(
  images: Images,
  reader: ImageReader,
  step: () => void,
): Promise<readonly Uint8Array[]> {
  const isIterable =
    typeof images === 'object' && images !== null && (Symbol.iterator in images || Symbol.asyncIterator in images)
  if (!isIterable)
    throw new OptionError({ where: 'calibration images', expected: 'a list of images', found: `${images}` })
  const all: Uint8Array[] = []
  for await (const image of images) {
    all.push(reader.bytes(image))
    step()
  }
  if (all.length > 0) return all
  throw new OptionError({ where: 'calibration images', expected: 'at least one image', found: 'none' })
}
