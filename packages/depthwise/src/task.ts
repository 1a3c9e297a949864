import type { Preprocessing } from '@depthwise/core'
import type { DetectorOptions } from '@depthwise/models/heads'
import type { SettledLabels } from './labels.ts'
import type { SettledBy } from './preprocessing.ts'

/** What a network is for. */
export type Task = 'classification' | 'detection' | 'segmentation' | 'keypoints' | 'features'

/** How the outputs of an SSD become boxes, where its file leaves it open. */
export type DetectionSetup = Pick<DetectorOptions, 'anchors' | 'suppression' | 'hasBackground'>

/** The part of what is known of a network that may be assumed. */
export interface Assumed {
  readonly preprocessing: Preprocessing
  readonly preprocessingFrom: { readonly [F in keyof Preprocessing]: SettledBy }
}

/** What is settled of a network that gives boxes, a value for each pixel, or keypoints. */
export interface HeadSetup extends SettledLabels {
  readonly task: Extract<Task, 'detection' | 'segmentation' | 'keypoints'>
  /** How networks of this kind take images, where nothing else says it. */
  readonly usual: Partial<Preprocessing>
  /** What of its preprocessing is that of its kind, in words. */
  assumptions(info: Assumed): readonly string[]
  /** Whose names the labels are, where they are a guess. */
  readonly labelsOf: string
}
