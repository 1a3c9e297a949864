import type { NetworkName } from '../networks/architecture.ts'
import { presets } from '../networks/presets.ts'
import type { PublishedCheckpoint } from './checkpoint.ts'
import { decimals, short } from './names.ts'

type Which = readonly [network: NetworkName, alpha: number, resolution: number, kind: string]

/**
 * Quantised files of Google Coral, softmax inside. The repository states no licence of its own for them; the networks are
 * TensorFlow slim's, whose licence is given. The sums are of the files themselves, where they have been seen.
 */
function coral([network, alpha, resolution, kind]: Which, file: string, sha256?: string): PublishedCheckpoint {
  return {
    name: `coral-${short(network)}-${decimals(alpha)}-${resolution}-${kind}`,
    format: 'tflite',
    architecture: { network, alpha, preset: 'slim', classes: 1001, resolution, classifierActivation: 'softmax' },
    preprocessing: presets.slim.preprocessing,
    licence: 'Apache-2.0',
    page: 'https://github.com/google-coral/test_data',
    url: `https://github.com/google-coral/test_data/raw/master/${file}`,
    ...(sha256 !== undefined && { sha256 }),
  }
}

export const coralCheckpoints: readonly PublishedCheckpoint[] = [
  coral(
    ['mobilenet_v1', 0.25, 128, 'uint8'],
    'mobilenet_v1_0.25_128_quant.tflite',
    'cb273c23ee76374b05b9583177e28aa19744858a7679c56a250e83d0333da785',
  ),
  coral(['mobilenet_v1', 0.5, 160, 'uint8'], 'mobilenet_v1_0.5_160_quant.tflite'),
  coral(['mobilenet_v1', 0.75, 192, 'uint8'], 'mobilenet_v1_0.75_192_quant.tflite'),
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
