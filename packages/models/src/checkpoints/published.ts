import type { Architecture, Preprocessing } from '@depthwise/core'
import { presets } from '../architecture/index.ts'

/** A checkpoint that its makers publish for everybody, and what they say of it. Nothing is fetched by knowing it. */
export interface PublishedCheckpoint {
  /** What it is called here: who publishes it, version, alpha, resolution. */
  readonly name: string
  readonly format: 'tflite' | 'keras' | 'safetensors'
  /** With the resolution it was trained at, which files of bare weights do not tell. */
  readonly architecture: Architecture & { readonly resolution: number }
  readonly preprocessing: Preprocessing
  /** Top-1 accuracy on ImageNet's validation set, in percent, and who says so; absent where nobody does of this very file. */
  readonly top1?: { readonly percent: number; readonly source: string }
  readonly licence: string
  /** Where its publisher tells of it. */
  readonly page: string
  /** Where its publisher keeps the file. */
  readonly url: string
  /** Of the file, in lower-case hex, where it has been seen. */
  readonly sha256?: string
}

type Network = Architecture['network']

const short: { readonly [N in Network]: string } = { mobilenet_v1: 'v1', mobilenet_v2: 'v2' }
const decimals = (alpha: number): string => (Number.isInteger(alpha) ? alpha.toFixed(1) : `${alpha}`)

/** Keras' applications: their code makes the addresses (mobilenet.py, mobilenet_v2.py of keras-team/keras). */
const kerasFiles: { readonly [N in Network]: (alpha: number, resolution: number) => string } = {
  mobilenet_v1: (alpha, resolution) =>
    `mobilenet/mobilenet_${(alpha < 1 ? 10 * alpha : 1).toFixed(1).replace('.', '_')}_${resolution}_tf.h5`,
  mobilenet_v2: (alpha, resolution) =>
    `mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_${decimals(alpha)}_${resolution}.h5`,
}

/** Alpha, top-1 at 224 (the README of keras-applications, which gives errors), and all resolutions. */
const kerasRows: {
  readonly [N in Network]: readonly (readonly [alpha: number, top1: number, resolutions: readonly number[]])[]
} = {
  mobilenet_v1: [
    [0.25, 51.582, [128, 160, 192, 224]],
    [0.5, 64.292, [128, 160, 192, 224]],
    [0.75, 68.412, [128, 160, 192, 224]],
    [1, 70.424, [128, 160, 192, 224]],
  ],
  mobilenet_v2: [
    [0.35, 60.086, [96, 128, 160, 192, 224]],
    [0.5, 65.194, [96, 128, 160, 192, 224]],
    [0.75, 69.532, [96, 128, 160, 192, 224]],
    [1, 71.336, [96, 128, 160, 192, 224]],
    [1.3, 74.68, [224]],
    [1.4, 75.23, [224]],
  ],
}

function keras(network: Network): PublishedCheckpoint[] {
  return kerasRows[network].flatMap(([alpha, percent, resolutions]) =>
    resolutions.map(
      (resolution): PublishedCheckpoint => ({
        name: `keras-${short[network]}-${decimals(alpha)}-${resolution}`,
        format: 'keras',
        architecture: { network, alpha, preset: 'keras', classes: 1000, resolution },
        preprocessing: presets.keras.preprocessing,
        ...(resolution === 224 && { top1: { percent, source: 'github.com/keras-team/keras-applications, README' } }),
        licence: 'Apache-2.0',
        page: 'https://keras.io/api/applications/mobilenet/',
        url: `https://storage.googleapis.com/tensorflow/keras-applications/${kerasFiles[network](alpha, resolution)}`,
      }),
    ),
  )
}

/** Quantised files of Google Coral, softmax inside. */
function coral(
  [network, alpha, resolution, kind]: readonly [Network, number, number, string],
  file: string,
  sha256: string,
): PublishedCheckpoint {
  return {
    name: `coral-${short[network]}-${decimals(alpha)}-${resolution}-${kind}`,
    format: 'tflite',
    architecture: { network, alpha, preset: 'slim', classes: 1001, resolution, classifierActivation: 'softmax' },
    preprocessing: presets.slim.preprocessing,
    licence: 'Apache-2.0',
    page: 'https://github.com/google-coral/test_data',
    url: `https://github.com/google-coral/test_data/raw/master/${file}`,
    sha256,
  }
}

/** The recipe of timm's for its `mobilenetv2_100`: ImageNet's mean, 87.5 % of the shorter side, Pillow's bicubic filter. */
const timm: PublishedCheckpoint = {
  name: 'timm-v2-1.0-224',
  format: 'safetensors',
  architecture: { network: 'mobilenet_v2', alpha: 1, preset: 'torch', classes: 1000, resolution: 224 },
  preprocessing: { ...presets.torch.preprocessing, resampling: { filter: 'bicubic', antialias: true } },
  top1: { percent: 72.91, source: 'github.com/huggingface/pytorch-image-models, results/results-imagenet.csv' },
  licence: 'Apache-2.0',
  page: 'https://huggingface.co/timm/mobilenetv2_100.ra_in1k',
  url: 'https://huggingface.co/timm/mobilenetv2_100.ra_in1k/resolve/main/model.safetensors',
}

/** Published checkpoints that the formats package reads, by publisher, version, alpha and resolution. */
export const publishedCheckpoints: readonly PublishedCheckpoint[] = [
  ...keras('mobilenet_v1'),
  ...keras('mobilenet_v2'),
  timm,
  coral(
    ['mobilenet_v1', 0.25, 128, 'uint8'],
    'mobilenet_v1_0.25_128_quant.tflite',
    'cb273c23ee76374b05b9583177e28aa19744858a7679c56a250e83d0333da785',
  ),
  coral(
    ['mobilenet_v2', 1, 224, 'uint8'],
    'mobilenet_v2_1.0_224_quant.tflite',
    '7aad0c74c5e3c06e5eb3c827e13304fdd68a83da6087d92ee169c24ff9fd4776',
  ),
  coral(
    ['mobilenet_v2', 1, 224, 'int8'],
    'tf2_mobilenet_v2_1.0_224_ptq.tflite',
    '5d3137241276e79c86d14a74fe43581398ae0e815191d3dba45495b810840e8c',
  ),
]
