import type { Architecture, ParamRole } from '@depthwise/core'
import type { Layer } from './layers.ts'

/** Whose names the tensors of a file have. */
export type Naming = 'torchvision' | 'timm' | 'huggingface' | 'keras'

/** How one library names and lays out the weights of one network. */
export interface Scheme {
  readonly naming: Naming
  readonly network: Architecture['network']
  readonly preset: Architecture['preset']
  /** Names of two tensors that together tell this scheme from the others; the first is the stem's. */
  readonly signs: readonly [stem: string, other: string]
  /** What the names of a layer's tensors start with: its product's, and its batch norm's. */
  place(layer: Layer): readonly [product: string, norm: string]
  /** What they end with. */
  readonly suffixes: { readonly [R in ParamRole]: readonly string[] }
  /** `outputs first`: OIHW and `[units, in]`. `outputs last`: HWIO and `[in, units]`, depthwise `[kh, kw, channels, multiplier]`. */
  readonly layout: 'outputs first' | 'outputs last'
}

const torchSuffixes = {
  weights: ['.weight'],
  bias: ['.bias'],
  gamma: ['.weight'],
  beta: ['.bias'],
  mean: ['.running_mean'],
  variance: ['.running_var'],
} as const
const kerasSuffixes = {
  weights: ['/kernel', '/depthwise_kernel'],
  bias: ['/bias'],
  gamma: ['/gamma'],
  beta: ['/beta'],
  mean: ['/moving_mean'],
  variance: ['/moving_variance'],
} as const
const torch = { suffixes: torchSuffixes, layout: 'outputs first' } as const

/** torchvision's mobilenetv2.py: sequences in sequences, the first block one shorter; it has no V1. */
const torchvisionV2: Scheme = {
  naming: 'torchvision',
  network: 'mobilenet_v2',
  preset: 'torch',
  signs: ['features.0.0.weight', 'features.1.conv.0.0.weight'],
  ...torch,
  place({ part, block }) {
    if (part === 'stem') return ['features.0.0', 'features.0.1']
    if (part === 'head') return ['features.18.0', 'features.18.1']
    if (part === 'classifier') return ['classifier.1', '']
    const at = `features.${block + 1}.conv`
    const step = (part === 'expand' ? 0 : part === 'depthwise' ? 1 : 2) - (block === 0 ? 1 : 0)
    return part === 'project' ? [`${at}.${step}`, `${at}.${step + 1}`] : [`${at}.${step}.0`, `${at}.${step}.1`]
  },
}

/** Blocks of each stage, by which timm counts them: `blocks.STAGE.BLOCK` (papers, V1 table 1, V2 table 2). */
const v1Stages = [1, 2, 2, 6, 2]
const v2Stages = [1, 2, 3, 4, 3, 3, 1]

function staged(block: number, stages: readonly number[]): string {
  let rest = block
  let stage = 0
  while (rest >= (stages[stage] as number)) {
    rest -= stages[stage] as number
    stage += 1
  }
  return `blocks.${stage}.${rest}`
}

/** timm's efficientnet.py: V2's first block, and all of V1's, are depthwise separable ones. */
const timmV2: Scheme = {
  naming: 'timm',
  network: 'mobilenet_v2',
  preset: 'torch',
  signs: ['conv_stem.weight', 'blocks.1.0.conv_pwl.weight'],
  ...torch,
  place({ part, block }) {
    if (part === 'stem') return ['conv_stem', 'bn1']
    if (part === 'head') return ['conv_head', 'bn2']
    if (part === 'classifier') return ['classifier', '']
    const at = staged(block, v2Stages)
    if (block === 0) return part === 'depthwise' ? [`${at}.conv_dw`, `${at}.bn1`] : [`${at}.conv_pw`, `${at}.bn2`]
    if (part === 'expand') return [`${at}.conv_pw`, `${at}.bn1`]
    return part === 'depthwise' ? [`${at}.conv_dw`, `${at}.bn2`] : [`${at}.conv_pwl`, `${at}.bn3`]
  },
}
const timmV1: Scheme = {
  naming: 'timm',
  network: 'mobilenet_v1',
  preset: 'torch',
  signs: ['conv_stem.weight', 'blocks.3.5.conv_pw.weight'],
  ...torch,
  place({ part, block }) {
    if (part === 'stem') return ['conv_stem', 'bn1']
    if (part === 'classifier') return ['classifier', '']
    const at = staged(block, v1Stages)
    return part === 'depthwise' ? [`${at}.conv_dw`, `${at}.bn1`] : [`${at}.conv_pw`, `${at}.bn2`]
  },
}

/** Hugging Face's modeling_mobilenet_v2.py: the first block belongs to its stem. Its published weights are slim's. */
const huggingfaceV2: Scheme = {
  naming: 'huggingface',
  network: 'mobilenet_v2',
  preset: 'slim',
  signs: ['conv_stem.first_conv.convolution.weight', 'layer.0.expand_1x1.convolution.weight'],
  ...torch,
  place({ part, block }) {
    const conv = (at: string): readonly [string, string] => [`${at}.convolution`, `${at}.normalization`]
    if (part === 'stem') return conv('conv_stem.first_conv')
    if (part === 'head') return conv('conv_1x1')
    if (part === 'classifier') return ['classifier', '']
    const at = block === 0 ? 'conv_stem' : `layer.${block - 1}`
    return conv(`${at}.${part === 'expand' ? 'expand_1x1' : part === 'depthwise' ? 'conv_3x3' : 'reduce_1x1'}`)
  },
}
const huggingfaceV1: Scheme = {
  naming: 'huggingface',
  network: 'mobilenet_v1',
  preset: 'slim',
  signs: ['conv_stem.convolution.weight', 'layer.25.convolution.weight'],
  ...torch,
  place({ part, block }) {
    if (part === 'classifier') return ['classifier', '']
    const at = part === 'stem' ? 'conv_stem' : `layer.${2 * block + (part === 'depthwise' ? 0 : 1)}`
    return [`${at}.convolution`, `${at}.normalization`]
  },
}

const keras = {
  naming: 'keras',
  preset: 'keras',
  suffixes: kerasSuffixes,
  layout: 'outputs last',
  place: ({ nodes, norm }: Layer) => [nodes[0] as string, norm ?? ''] as const,
} as const
const kerasV2: Scheme = { ...keras, network: 'mobilenet_v2', signs: ['Conv1/kernel', 'block_1_expand/kernel'] }
const kerasV1: Scheme = {
  ...keras,
  network: 'mobilenet_v1',
  signs: ['conv1/kernel', 'conv_pw_1/kernel'],
  place: layer => (layer.part === 'classifier' ? ['conv_preds', ''] : keras.place(layer)),
}

/** Keras 3 numbers the layers of each class, and the variables of each layer: `layers/conv2d_1/vars/0`. */
const keras3 = {
  ...keras,
  suffixes: {
    weights: ['/vars/0'],
    bias: ['/vars/1'],
    gamma: ['/vars/0'],
    beta: ['/vars/1'],
    mean: ['/vars/2'],
    variance: ['/vars/3'],
  },
} as const
const slot = (base: string, index: number): string => `layers/${base}${index === 0 ? '' : `_${index}`}`
const slots = (product: string, norm: number): readonly [string, string] => [product, slot('batch_normalization', norm)]

const keras3V2: Scheme = {
  ...keras3,
  network: 'mobilenet_v2',
  signs: ['layers/conv2d/vars/0', 'layers/conv2d_34/vars/0'],
  place({ part, block }) {
    if (part === 'stem') return slots(slot('conv2d', 0), 0)
    if (part === 'expand') return slots(slot('conv2d', 2 * block), 3 * block)
    if (part === 'depthwise') return slots(slot('depthwise_conv2d', block), 3 * block + 1)
    if (part === 'project') return slots(slot('conv2d', 2 * block + 1), 3 * block + 2)
    return part === 'head' ? slots(slot('conv2d', 34), 51) : ['layers/dense', '']
  },
}
const keras3V1: Scheme = {
  ...keras3,
  network: 'mobilenet_v1',
  signs: ['layers/conv2d/vars/0', 'layers/conv2d_13/vars/0'],
  place({ part, block }) {
    if (part === 'stem') return slots(slot('conv2d', 0), 0)
    if (part === 'depthwise') return slots(slot('depthwise_conv2d', block), 2 * block + 1)
    return part === 'pointwise' ? slots(slot('conv2d', block + 1), 2 * block + 2) : [slot('conv2d', 14), '']
  },
}

/** All of them, in the order in which they are tried: timm's V1 has no tensor that its V2 has not. */
export const schemes: readonly Scheme[] = [
  torchvisionV2,
  timmV2,
  timmV1,
  huggingfaceV2,
  huggingfaceV1,
  kerasV2,
  kerasV1,
  keras3V2,
  keras3V1,
]
