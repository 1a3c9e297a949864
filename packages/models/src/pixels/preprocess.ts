import type { Preprocessing } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import { normalizationAffine } from './affine.ts'
import { viewOf } from './crop.ts'
import { checkImage, checkSize, type PixelSource } from './image.ts'
import { normalize } from './normalize.ts'
import { resizeView } from './resize.ts'

/**
 * An image to a network's input: crop, resize, normalize. The same numbers in Node, page and worker. Any crop goes
 * with any resampling; three combinations are other people's pipelines: `slim` with plain bilinear is TensorFlow
 * slim's evaluation, `torch` with antialiased bilinear torchvision's, `squeeze` with antialias Pillow's `resize` of
 * it all. `{ kind: 'centre', fraction }` with antialiased bicubic is timm's evaluation, `fraction` being its `crop_pct`.
 * @param size `[height, width]` of the network's input
 * @returns `height * width * 3` float32 values, triples row by row (NHWC with a batch of one), RGB
 * unless the normalization's `order` is `bgr`
 * @throws ShapeError for an image whose fields contradict each other
 * @throws OptionError for an unknown crop, filter or normalization, or a bad size
 */
export function preprocess(source: PixelSource, preprocessing: Preprocessing, size: Size2): Float32Array {
  const { crop, resampling, normalization } = preprocessing
  const image = checkImage(source)
  checkSize(size)
  normalizationAffine(normalization)
  const view = viewOf(crop, [image.height, image.width], size)
  return normalize(resizeView(image, view, resampling), normalization)
}
