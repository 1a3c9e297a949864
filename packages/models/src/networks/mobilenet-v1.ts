import type { Graph } from '@depthwise/core'
import { buildNetwork } from './build-network.ts'
import type { MobileNetV1Options } from './options.ts'
import type { Block, NetworkSpec } from './spec.ts'
import { divisible, truncated, truncatedToAtLeast8 } from './widths.ts'

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
 * MobileNet V1, read off keras.applications' mobilenet.py (`keras`), timm's `mobilenetv1_100` (`torch`) and TensorFlow's
 * mobilenet_v1.py (`slim`).
 */
export const mobileNetV1Spec: NetworkSpec = {
  name: 'mobilenet_v1',
  hasDepthMultiplier: true,
  presets: {
    // The padding goes after the map whatever its size, so that an odd one comes out smaller than under SAME.
    keras: { width: truncated, padNode: () => [0, 1], classifier: 'convolution', dropout: 1e-3 },
    torch: { width: divisible, padNode: null, classifier: 'dense', dropout: 0 },
    slim: { width: truncatedToAtLeast8, padNode: null, classifier: 'convolution', dropout: 1e-3 },
  },
  blocks: () => [stem, ...mobileNetV1Rows.map(separable)],
}

const stem: Block = {
  layers: [
    {
      kind: 'convolution',
      part: 'stem',
      block: 0,
      name: 'conv1',
      norm: 'conv1_bn',
      activation: 'conv1_relu',
      kernel: 3,
      strides: 2,
      outputs: { channels: 32 },
    },
  ],
}

function separable([channels, strides]: (typeof mobileNetV1Rows)[number], block: number): Block {
  const at = block + 1
  const named = (name: string) => ({ name, norm: `${name}_bn`, activation: `${name}_relu` })
  return {
    layers: [
      { kind: 'depthwise', part: 'depthwise', block, ...named(`conv_dw_${at}`), strides, pad: `conv_pad_${at}` },
      { kind: 'convolution', part: 'pointwise', block, ...named(`conv_pw_${at}`), outputs: { channels } },
    ],
  }
}

/**
 * MobileNet V1 (arXiv:1704.04861): a 3x3 convolution at stride 2, then blocks of a depthwise and a pointwise layer, each
 * with batch norm and ReLU6. The input node is `input`, `[1, height, width, channels]`; nodes have Keras' names in every
 * preset.
 * @returns the graph alone: parameters come from a checkpoint, under the names of `paramSpecs`
 * @throws OptionError for an option out of its domain, or options that together make no network
 */
export function mobileNetV1(options: MobileNetV1Options = {}): Graph {
  return buildNetwork(mobileNetV1Spec, options)
}
