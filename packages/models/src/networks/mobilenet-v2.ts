import type { Graph } from '@depthwise/core'
import { samePadding } from '@depthwise/core/backend'
import { buildNetwork } from './build-network.ts'
import type { MobileNetV2Options } from './options.ts'
import type { Block, NetworkSpec } from './spec.ts'
import { divisible, neverThinned, truncatedThenDivisible } from './widths.ts'

/** Expansion t, output channels c at alpha 1, repeats n, and stride s of the first of them (V2 paper, table 2). */
export const mobileNetV2Rows: readonly (readonly [t: number, c: number, n: number, s: 1 | 2])[] = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
]

/**
 * MobileNet V2, read off keras.applications' mobilenet_v2.py (`keras`), torchvision's mobilenetv2.py (`torch`) and
 * TensorFlow's mobilenet_v2.py (`slim`). Stem and head have the same width in all of them.
 */
export const mobileNetV2Spec: NetworkSpec = {
  name: 'mobilenet_v2',
  hasDepthMultiplier: false,
  presets: {
    keras: {
      width: truncatedThenDivisible,
      padNode: extent => samePadding(extent, 3, 2),
      classifier: 'dense',
      dropout: 0,
    },
    torch: { width: divisible, padNode: null, classifier: 'dense', dropout: 0.2 },
    slim: { width: divisible, padNode: null, classifier: 'convolution', dropout: 0.2 },
  },
  blocks: () => [stem, ...invertedResiduals(), head],
}

const stem: Block = {
  layers: [
    {
      kind: 'convolution',
      part: 'stem',
      block: 0,
      name: 'Conv1',
      norm: 'bn_Conv1',
      activation: 'Conv1_relu',
      kernel: 3,
      strides: 2,
      outputs: { channels: 32, rule: divisible, tellsAlpha: false },
    },
  ],
}

function invertedResiduals(): readonly Block[] {
  const blocks = mobileNetV2Rows.flatMap(([expansion, channels, repeats, stride]) =>
    Array.from({ length: repeats }, (_, repeat) => ({ expansion, channels, strides: repeat === 0 ? stride : 1 })),
  )
  return blocks.map(invertedResidual)
}

/** Expand (not at t = 1), depthwise, project without ReLU; a shortcut where shapes allow one (V2 paper, section 3.3). */
function invertedResidual(
  { expansion, channels, strides }: { expansion: number; channels: number; strides: 1 | 2 },
  block: number,
): Block {
  const prefix = block === 0 ? 'expanded_conv' : `block_${block}`
  const named = <P extends string>(part: P) => ({
    part,
    block,
    name: `${prefix}_${part}`,
    norm: `${prefix}_${part}_BN`,
    activation: `${prefix}_${part}_relu`,
  })
  return {
    layers: [
      ...(expansion === 1 ? [] : [{ kind: 'convolution', ...named('expand'), outputs: { times: expansion } } as const]),
      { kind: 'depthwise', ...named('depthwise'), strides, pad: `${prefix}_pad` },
      { kind: 'convolution', ...named('project'), activation: null, outputs: { channels } },
    ],
    ...(strides === 1 && { shortcut: `${prefix}_add` }),
  }
}

/** The last layer before the pool is never thinned (V2 paper, section 4). */
const head: Block = {
  layers: [
    {
      kind: 'convolution',
      part: 'head',
      block: 0,
      name: 'Conv_1',
      norm: 'Conv_1_bn',
      activation: 'out_relu',
      outputs: { channels: 1280, rule: neverThinned },
    },
  ],
}

/**
 * MobileNet V2 (arXiv:1801.04381): a 3x3 convolution at stride 2, then inverted residuals with linear bottlenecks, then a
 * 1x1 convolution to 1280 channels. The input node is `input`, `[1, height, width, channels]`; nodes have Keras' names in
 * every preset.
 * @returns the graph alone: parameters come from a checkpoint, under the names of `paramSpecs`
 * @throws OptionError for an option out of its domain, or options that together make no network
 */
export function mobileNetV2(options: MobileNetV2Options = {}): Graph {
  return buildNetwork(mobileNetV2Spec, options)
}
