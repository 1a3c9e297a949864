import type { Shape } from '@depthwise/core'

/** Channels of an input that can be an image: NHWC, in colour or grey; null for others. */
export function imageChannels(shape: Shape): 1 | 3 | null {
  const channels = shape[3]
  return shape.length === 4 && (channels === 1 || channels === 3) ? channels : null
}
