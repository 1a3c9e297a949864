import type { Preprocessing } from '@depthwise/core'
import type { NetworkName } from '../networks/architecture.ts'
import { presets } from '../networks/presets.ts'
import type { PublishedCheckpoint } from './checkpoint.ts'
import { decimals, short } from './names.ts'

type Which = readonly [network: NetworkName, alpha: number]

const torch: Preprocessing = presets.torch.preprocessing
const bicubic = { filter: 'bicubic', antialias: true } as const

/**
 * timm's: 87.5 % of the shorter side, Pillow's bicubic filter (timm/models/efficientnet.py, `default_cfgs` and `_cfg`);
 * V1's pixels are in [-1, 1], V2's have ImageNet's mean. The model cards say apache-2.0. Left out: V1 1.25, whose crop is
 * 90 %, and networks with other layers (100h, 110d, 120d).
 */
function timm(
  [network, alpha]: Which,
  id: string,
  normalization: 'signed' | 'imagenet',
  percent: number,
  sha256?: string,
): PublishedCheckpoint {
  return {
    name: `timm-${short(network)}-${decimals(alpha)}-224`,
    format: 'safetensors',
    architecture: { network, alpha, preset: 'torch', classes: 1000, resolution: 224 },
    preprocessing: { ...torch, resampling: bicubic, normalization },
    top1: { percent, source: 'github.com/huggingface/pytorch-image-models, results/results-imagenet.csv' },
    licence: 'Apache-2.0',
    page: `https://huggingface.co/timm/${id}`,
    url: `https://huggingface.co/timm/${id}/resolve/main/model.safetensors`,
    ...(sha256 !== undefined && { sha256 }),
  }
}

/**
 * Slim's own weights, converted: SAME padding, 1001 classes, but images as its `MobileNetV2ImageProcessor` makes them.
 * The model card says "other" of the licence and no more. Other alphas have no safetensors file but in open requests.
 */
const huggingface: PublishedCheckpoint = {
  name: 'huggingface-v2-1.0-224',
  format: 'safetensors',
  architecture: {
    network: 'mobilenet_v2',
    alpha: 1,
    preset: 'slim',
    classes: 1001,
    resolution: 224,
    classifierActivation: null,
  },
  preprocessing: { ...torch, normalization: 'signed' },
  licence: 'other (see the model card)',
  page: 'https://huggingface.co/google/mobilenet_v2_1.0_224',
  url: 'https://huggingface.co/google/mobilenet_v2_1.0_224/resolve/main/model.safetensors',
}

/**
 * The ONNX model zoo (onnx/models: its README, and imagenet_preprocess.py for images), whose files now lie at
 * huggingface.co/onnxmodelzoo. The sums are those that its LFS pointers give.
 */
function onnxzoo(opset: number, percent: number, sha256: string): PublishedCheckpoint {
  return {
    name: `onnxzoo-v2-1.0-224-opset${opset}`,
    format: 'onnx',
    architecture: { network: 'mobilenet_v2', alpha: 1, preset: 'torch', classes: 1000, resolution: 224 },
    preprocessing: torch,
    top1: { percent, source: 'github.com/onnx/models, README of MobileNet' },
    licence: 'Apache-2.0',
    page: `https://huggingface.co/onnxmodelzoo/mobilenetv2-${opset}`,
    url: `https://huggingface.co/onnxmodelzoo/mobilenetv2-${opset}/resolve/main/mobilenetv2-${opset}.onnx`,
    sha256,
  }
}

/** Checkpoints that Hugging Face's hub keeps. */
export const hubCheckpoints: readonly PublishedCheckpoint[] = [
  // Sums of timm's as D-Robotics/rdk_model_zoo pins them (utils/tools/mobilenet/checkpoints.json).
  timm(
    ['mobilenet_v1', 1],
    'mobilenetv1_100.ra4_e3600_r224_in1k',
    'signed',
    75.388,
    '15c2f1411deb8e0533acbb41fe9523062f80d444d0393e7ad2b429f41378efc3',
  ),
  timm(['mobilenet_v2', 0.5], 'mobilenetv2_050.lamb_in1k', 'imagenet', 65.928),
  timm(
    ['mobilenet_v2', 1],
    'mobilenetv2_100.ra_in1k',
    'imagenet',
    72.91,
    '55ea4fb3a96010b933710ebf44fc965b070d5cd054d3f35e44f2d1320b4a714e',
  ),
  timm(
    ['mobilenet_v2', 1.4],
    'mobilenetv2_140.ra_in1k',
    'imagenet',
    76.528,
    '7cf3adc9931d132b0629481082a7b3fd2092139e355e89718da151ef50857c2f',
  ),
  huggingface,
  onnxzoo(7, 70.94, 'c1c513582d56afceff8516c73804e484c81c6a830712ab6d682253f4a3cd042f'),
  onnxzoo(12, 69.48, 'c0c3f76d93fa3fd6580652a45618618a220fced18babf65774ed169de0432ad5'),
]
