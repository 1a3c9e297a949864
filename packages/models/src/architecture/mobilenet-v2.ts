import type { Graph, Value } from '@depthwise/core'
import { makeDivisible } from './make-divisible.ts'
import { assemble, type NetworkBuilder } from './network-builder.ts'
import { type MobileNetV2Options, settle } from './options.ts'
import type { WidthRule } from './presets.ts'

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

const stemWidth: WidthRule = (channels, alpha) => makeDivisible(channels * alpha)
/** The last layer before the pool is never thinned (V2 paper, section 4). */
const headWidth: WidthRule = (channels, alpha) => makeDivisible(channels * Math.max(alpha, 1))

/**
 * MobileNet V2 (arXiv:1801.04381): a 3x3 convolution at stride 2, then inverted residuals with linear bottlenecks, then a
 * 1x1 convolution to 1280 channels. The input node is `input`, `[1, height, width, channels]`; nodes have Keras' names in
 * every preset.
 * @returns the graph alone: parameters come from a checkpoint, under the names of `paramSpecs`
 * @throws OptionError for an option out of its domain, or options that together make no network
 */
export function mobileNetV2(options: MobileNetV2Options = {}): Graph {
  return assemble(settle('mobilenet_v2', options), b => {
    const stem = { name: 'Conv1', norm: 'bn_Conv1', relu: 'Conv1_relu' }
    let x = b.convolution(b.image(), { ...stem, filters: b.width(32, stemWidth), kernel: 3, strides: 2 })
    let block = 0
    for (const [expansion, channels, repeats, stride] of mobileNetV2Rows) {
      for (let repeat = 0; repeat < repeats; repeat++) {
        const prefix = block === 0 ? 'expanded_conv' : `block_${block}`
        const strides = repeat === 0 ? stride : 1
        x = invertedResidual(b, x, { prefix, expansion, filters: b.width(channels), strides })
        block += 1
      }
    }
    const head = { name: 'Conv_1', norm: 'Conv_1_bn', relu: 'out_relu' }
    return b.end(b.convolution(x, { ...head, filters: b.width(1280, headWidth) }))
  })
}

interface Block {
  readonly prefix: string
  readonly expansion: number
  readonly filters: number
  readonly strides: number
}

/** Expand (not at t = 1), depthwise, project without ReLU; a shortcut where shapes allow one (V2 paper, section 3.3). */
function invertedResidual(b: NetworkBuilder, x: Value, { prefix, expansion, filters, strides }: Block): Value {
  const channels = x.shape[3] as number
  const names = (layer: string) => ({ name: `${prefix}_${layer}`, norm: `${prefix}_${layer}_BN` })
  const active = (layer: string) => ({ ...names(layer), relu: `${prefix}_${layer}_relu` })
  const wide = expansion === 1 ? x : b.convolution(x, { ...active('expand'), filters: expansion * channels })
  const filtered = b.depthwise(wide, { ...active('depthwise'), strides, pad: `${prefix}_pad` })
  const y = b.convolution(filtered, { ...names('project'), filters })
  return strides === 1 && channels === filters ? b.add(x, y, { name: `${prefix}_add` }) : y
}
