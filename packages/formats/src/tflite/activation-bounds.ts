import type { Bounds } from '@depthwise/core'
import { unbounded } from '../bounds.ts'
import type { Activation } from './schema.ts'

/** What a fused activation lets through; null for the two that are not clamps. */
export const activationBounds: Readonly<Record<Activation, Bounds | null>> = {
  NONE: unbounded,
  RELU: { min: 0, max: Infinity },
  RELU_N1_TO_1: { min: -1, max: 1 },
  RELU6: { min: 0, max: 6 },
  TANH: null,
  SIGN_BIT: null,
}
