import type { Model } from '@depthwise/core'
import { imageInput } from '../inference/image-input.ts'
import type { AnchorSpec } from './anchors.ts'

/**
 * The anchors of TensorFlow's SSD and SSDLite on MobileNets (`ssd_mobilenet_v1_coco.config` and its kin): six layers of stride 16 to
 * 512, scales 0.2 to 0.95, three boxes a cell in the first layer, and six in the others.
 */
export function ssdAnchors({ graph }: Pick<Model, 'graph'>): AnchorSpec {
  return {
    size: imageInput(graph).size,
    strides: [16, 32, 64, 128, 256, 512],
    scales: [0.2, 0.95],
    aspectRatios: [1, 2, 0.5, 3, 0.3333],
    reduceLowestLayer: true,
  }
}
