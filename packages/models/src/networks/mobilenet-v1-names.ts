import { mobileNetV1Rows } from './mobilenet-v1.ts'
import { keras, keras3, keras3Layer, keras3Normed, timmBlock, torch, type WeightNames } from './weight-names.ts'

const network = 'mobilenet_v1'

/** Strided blocks begin stages. */
const starts = mobileNetV1Rows.flatMap(([, stride], block) => (block === 0 || stride === 2 ? [block] : []))
const stages = starts.map((start, stage) => (starts[stage + 1] ?? mobileNetV1Rows.length) - start)

/** timm's efficientnet.py, `_gen_mobilenet_v1`. */
const timm: WeightNames = {
  naming: 'timm',
  network,
  preset: 'torch',
  signs: ['conv_stem.weight', 'blocks.3.5.conv_pw.weight'],
  ...torch,
  place({ part, block }) {
    if (part === 'stem') return ['conv_stem', 'bn1']
    if (part === 'classifier') return ['classifier', '']
    const at = timmBlock(block, stages)
    return part === 'depthwise' ? [`${at}.conv_dw`, `${at}.bn1`] : [`${at}.conv_pw`, `${at}.bn2`]
  },
}

/** Hugging Face's modeling_mobilenet_v1.py. Its published weights are slim's. */
const huggingface: WeightNames = {
  naming: 'huggingface',
  network,
  preset: 'slim',
  signs: ['conv_stem.convolution.weight', 'layer.25.convolution.weight'],
  ...torch,
  place({ part, block }) {
    if (part === 'classifier') return ['classifier', '']
    const at = part === 'stem' ? 'conv_stem' : `layer.${2 * block + (part === 'depthwise' ? 0 : 1)}`
    return [`${at}.convolution`, `${at}.normalization`]
  },
}

const kerasByName: WeightNames = {
  ...keras,
  network,
  signs: ['conv1/kernel', 'conv_pw_1/kernel'],
  place: layer => (layer.part === 'classifier' ? ['conv_preds', ''] : keras.place(layer)),
}

const kerasByNumber: WeightNames = {
  ...keras3,
  network,
  signs: ['layers/conv2d/vars/0', 'layers/conv2d_13/vars/0'],
  place({ part, block }) {
    if (part === 'stem') return keras3Normed('conv2d', 0, 0)
    if (part === 'depthwise') return keras3Normed('depthwise_conv2d', block, 2 * block + 1)
    if (part === 'pointwise') return keras3Normed('conv2d', block + 1, 2 * block + 2)
    return [keras3Layer('conv2d', 14), '']
  },
}

/** What the weights of V1 are called by each library that has it. */
export const mobileNetV1Names: readonly WeightNames[] = [timm, huggingface, kerasByName, kerasByNumber]
