import { mobileNetV2Rows } from './mobilenet-v2.ts'
import { keras, keras3, keras3Normed, timmBlock, torch, type WeightNames } from './weight-names.ts'

const network = 'mobilenet_v2'

/** torchvision's mobilenetv2.py: sequences in sequences, the first block one shorter. */
const torchvision: WeightNames = {
  naming: 'torchvision',
  network,
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

const stages = mobileNetV2Rows.map(([, , repeats]) => repeats)

/** timm's efficientnet.py, `_gen_mobilenet_v2`: the first block is a depthwise separable one. */
const timm: WeightNames = {
  naming: 'timm',
  network,
  preset: 'torch',
  signs: ['conv_stem.weight', 'blocks.1.0.conv_pwl.weight'],
  ...torch,
  place({ part, block }) {
    if (part === 'stem') return ['conv_stem', 'bn1']
    if (part === 'head') return ['conv_head', 'bn2']
    if (part === 'classifier') return ['classifier', '']
    const at = timmBlock(block, stages)
    if (block === 0) return part === 'depthwise' ? [`${at}.conv_dw`, `${at}.bn1`] : [`${at}.conv_pw`, `${at}.bn2`]
    if (part === 'expand') return [`${at}.conv_pw`, `${at}.bn1`]
    return part === 'depthwise' ? [`${at}.conv_dw`, `${at}.bn2`] : [`${at}.conv_pwl`, `${at}.bn3`]
  },
}

/** Hugging Face's modeling_mobilenet_v2.py: the first block belongs to its stem. Its published weights are slim's. */
const huggingface: WeightNames = {
  naming: 'huggingface',
  network,
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

const kerasByName: WeightNames = { ...keras, network, signs: ['Conv1/kernel', 'block_1_expand/kernel'] }

const kerasByNumber: WeightNames = {
  ...keras3,
  network,
  signs: ['layers/conv2d/vars/0', 'layers/conv2d_34/vars/0'],
  place({ part, block }) {
    if (part === 'stem') return keras3Normed('conv2d', 0, 0)
    if (part === 'expand') return keras3Normed('conv2d', 2 * block, 3 * block)
    if (part === 'depthwise') return keras3Normed('depthwise_conv2d', block, 3 * block + 1)
    if (part === 'project') return keras3Normed('conv2d', 2 * block + 1, 3 * block + 2)
    return part === 'head' ? keras3Normed('conv2d', 34, 51) : ['layers/dense', '']
  },
}

/** What the weights of V2 are called by each library. */
export const mobileNetV2Names: readonly WeightNames[] = [torchvision, timm, huggingface, kerasByName, kerasByNumber]
