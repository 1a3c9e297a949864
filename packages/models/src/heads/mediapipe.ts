import type { Preprocessing } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import type { AnchorSpec } from './anchors.ts'

/**
 * MediaPipe's detectors of faces (BlazeFace), palms and bodies: two outputs, numbers of a box and of keypoints for each anchor, and
 * a logit for each. Which one a network is follows from how many numbers there are; its strides follow from how many anchors.
 */
export interface MediaPipeDetector {
  readonly label: string
  /** Names of the keypoints, in the order of the numbers. */
  readonly keypoints: readonly string[]
  readonly anchors: AnchorSpec
  readonly normalization: Preprocessing['normalization']
}

/** By the count of numbers: four of the box, and two of each keypoint. Names after MediaPipe's documentation of each model. */
const subjects: Readonly<Record<number, Pick<MediaPipeDetector, 'label' | 'keypoints'>>> = {
  16: {
    label: 'face',
    keypoints: ['right eye', 'left eye', 'nose tip', 'mouth centre', 'right ear tragion', 'left ear tragion'],
  },
  18: {
    label: 'palm',
    keypoints: [
      'wrist',
      'index finger base',
      'middle finger base',
      'ring finger base',
      'little finger base',
      'thumb base',
      'thumb knuckle',
    ],
  },
  12: { label: 'person', keypoints: ['hip centre', 'body circle', 'shoulder centre', 'upper body circle'] },
}

/** Strides of the layers of each published variant, and whether cells hold two boxes a layer or one. */
const layouts: readonly Pick<AnchorSpec, 'strides' | 'interpolatedAspectRatio'>[] = [
  // Faces of short range, palms at 128 and 192.
  { strides: [8, 16, 16, 16] },
  // Faces of the back camera.
  { strides: [16, 32, 32, 32] },
  // Bodies at 224, palms at 256.
  { strides: [8, 16, 32, 32, 32] },
  // Faces of full range.
  { strides: [4], interpolatedAspectRatio: 0 },
]

/** The detector that gives so many numbers for each of so many anchors, at an input of `[height, width]`; undefined for others. */
export function mediaPipeDetector(size: Size2, anchors: number, numbers: number): MediaPipeDetector | undefined {
  const subject = subjects[numbers]
  const layout = layouts.find(each => countOf(each, size) === anchors)
  if (!subject || !layout) return undefined
  return {
    ...subject,
    anchors: { ...layout, size, scales: [0.15, 0.75], aspectRatios: [1], isFixedSize: true },
    // Palms at 192 take 0 to 1, all others -1 to 1.
    normalization: subject.label === 'palm' && size[0] === 192 ? 'unit' : 'signed',
  }
}

function countOf({ strides, interpolatedAspectRatio = 1 }: (typeof layouts)[number], size: Size2): number {
  const perCell = interpolatedAspectRatio > 0 ? 2 : 1
  return strides.reduce((sum, stride) => sum + perCell * Math.ceil(size[0] / stride) * Math.ceil(size[1] / stride), 0)
}
