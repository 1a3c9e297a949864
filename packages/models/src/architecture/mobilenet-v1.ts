import type { Graph } from '@depthwise/core'
import { assemble } from './network-builder.ts'
import { type MobileNetV1Options, settle } from './options.ts'

/** Output channels at alpha 1 and stride of each depthwise separable block (V1 paper, table 1). */
export const mobileNetV1Rows: readonly (readonly [channels: number, stride: 1 | 2])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
]

/**
 * MobileNet V1 (arXiv:1704.04861): a 3x3 convolution at stride 2, then blocks of a depthwise and a pointwise layer, each
 * with batch norm and ReLU6. The input node is `input`, `[1, height, width, channels]`; nodes have Keras' names in every
 * preset.
 * @returns the graph alone: parameters come from a checkpoint, under the names of `paramSpecs`
 * @throws OptionError for an option out of its domain, or options that together make no network
 */
export function mobileNetV1(options: MobileNetV1Options = {}): Graph {
  return assemble(settle('mobilenet_v1', options), b => {
    const stem = { name: 'conv1', norm: 'conv1_bn', relu: 'conv1_relu' }
    let x = b.convolution(b.image(), { ...stem, filters: b.width(32), kernel: 3, strides: 2 })
    for (const [index, [channels, strides]] of mobileNetV1Rows.entries()) {
      const [dw, pw] = [`conv_dw_${index + 1}`, `conv_pw_${index + 1}`]
      x = b.depthwise(x, { name: dw, norm: `${dw}_bn`, relu: `${dw}_relu`, strides, pad: `conv_pad_${index + 1}` })
      x = b.convolution(x, { name: pw, norm: `${pw}_bn`, relu: `${pw}_relu`, filters: b.width(channels) })
    }
    return b.end(x)
  })
}
