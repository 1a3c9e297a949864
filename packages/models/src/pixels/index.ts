export { type Affine, imagenetMean, imagenetStd, normalizationAffine } from './affine.ts'
export { centralCrop, type Rectangle, slimFraction, torchScale, type View, viewOf } from './crop.ts'
export { toGrayscale } from './grayscale.ts'
export {
  fromImageData,
  type ImageDataLike,
  maxImageSide,
  maxTargetPixels,
  type PixelImage,
  type PixelSource,
} from './image.ts'
export { normalize } from './normalize.ts'
export { preprocess } from './preprocess.ts'
export { type RgbPixels, resize, resizeView } from './resize.ts'
