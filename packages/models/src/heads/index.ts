export { type AnchorSpec, generateAnchors } from './anchors.ts'
export { type BoxCoding, decodeBoxes, ssdCoding } from './decode-boxes.ts'
export type { Suppression } from './detect-raw.ts'
export type { Box, Detection, Keypoint } from './detection.ts'
export {
  createDetector,
  type DetectionLimits,
  type DetectOptions,
  type Detector,
  type DetectorOptions,
} from './detector.ts'
export { type Head, type HeadOf, headOf, usualPreprocessing } from './head.ts'
export type { ImageTask } from './head-session.ts'
export { type ImageWindow, windowOf } from './image-window.ts'
export { cocoKeypoints, cocoSkeleton } from './keypoint-names.ts'
export {
  createKeypoints,
  type KeypointDetector,
  type KeypointsOptions,
  type LocateOptions,
  type Pose,
  type PoseLimits,
} from './keypoints.ts'
export { type Letterbox, letterbox, letterboxOf } from './letterbox.ts'
export {
  createSegmenter,
  type Segmentation,
  type SegmentationSize,
  type SegmentedClass,
  type Segmenter,
  type SegmenterOptions,
  type SegmentOptions,
} from './segmenter.ts'
export { ssdAnchors } from './ssd-anchors.ts'
export {
  type BoxRows,
  type Kept,
  type Merged,
  overlap,
  type SuppressionOptions,
  suppressClassWise,
  suppressFast,
  suppressWeighted,
} from './suppression.ts'
