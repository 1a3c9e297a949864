import type { Preprocessing } from '@depthwise/core'

/** What is known of a file by its bytes alone: files of this kind rarely say how they want their pictures. */
export interface KnownCheckpoint {
  readonly sha256: string
  readonly name: string
  readonly preprocessing?: Partial<Preprocessing>
  /** Where the file has none and they are not ImageNet's. */
  readonly labels?: readonly string[]
  readonly licence: string
  readonly source: string
}

const apache = 'Apache-2.0'
const coral = 'https://github.com/google-coral/test_data'
const tfliteSupport = 'https://github.com/tensorflow/tflite-support'
const mlperfTiny = 'https://github.com/mlcommons/tiny'

/** TensorFlow slim trained and evaluated these: the central 87.5 % of a picture, plain bilinear, [-1, 1]. */
const slim = {
  preprocessing: { crop: 'slim', resampling: { filter: 'bilinear', antialias: false }, normalization: 'signed' },
  licence: apache,
} as const

/** Visual wake words, the benchmark's own preparation: the whole picture squeezed, [0, 1]. */
const wakeWords = {
  preprocessing: { crop: 'squeeze', resampling: { filter: 'bilinear', antialias: true }, normalization: 'unit' },
  labels: ['no person', 'person'],
  licence: apache,
  source: mlperfTiny,
} as const

const checkpoints: readonly KnownCheckpoint[] = [
  {
    ...slim,
    sha256: '0f7af033a2e6fc0bfe712642089ec09ba3b545602199a02d34e741371d712d82',
    name: 'MobileNet V2 1.0/224, float32, batch norm folded',
    source: 'https://github.com/webmachinelearning/test-data',
  },
  {
    ...slim,
    sha256: '7aad0c74c5e3c06e5eb3c827e13304fdd68a83da6087d92ee169c24ff9fd4776',
    name: 'MobileNet V2 1.0/224, uint8',
    source: coral,
  },
  {
    ...slim,
    sha256: '5d3137241276e79c86d14a74fe43581398ae0e815191d3dba45495b810840e8c',
    name: 'MobileNet V2 1.0/224, int8 per channel',
    source: coral,
  },
  {
    ...slim,
    sha256: 'f409ef4f73fcbb9667841965623c5c8524aac33d41b9bf5f3667161fb4a76319',
    name: 'MobileNet V1 1.0/224, uint8, embedding extractor',
    source: coral,
  },
  {
    ...slim,
    sha256: '65a88984b258c6f3c99d7573acac8cf85bd747293d83d51fafc1c2fb6d632286',
    name: 'MobileNet V1 1.0/224, uint8, head of the embedding extractor',
    source: coral,
  },
  {
    ...slim,
    sha256: '446ec673881cd46371a8726075b714194ada39d144762260cb76d15318597df7',
    name: 'MobileNet V1 0.25/224, float32',
    source: tfliteSupport,
  },
  {
    ...slim,
    sha256: 'e480eb15572f86d3d5f1be6e83e35b3c7d509ab2bcec353707d1f614e14edca2',
    name: 'MobileNet V1 0.25/224, uint8',
    source: tfliteSupport,
  },
  {
    ...slim,
    sha256: 'cb273c23ee76374b05b9583177e28aa19744858a7679c56a250e83d0333da785',
    name: 'MobileNet V1 0.25/128, uint8',
    source: coral,
  },
  {
    ...wakeWords,
    sha256: '115bbc094d2119561320a21f01b6500a18bea8cc8589282ab007097bec8af38c',
    name: 'Visual wake words, V1 0.25/96, float32',
  },
  {
    ...wakeWords,
    sha256: '597a384c8c2c8a1276f04702f25013b7838f2f814f1ca7c174d295b73e3d6b7b',
    name: 'Visual wake words, V1 0.25/96, int8',
  },
  {
    ...wakeWords,
    sha256: 'af9111d50e6e85b2f2123345e0316ef1c384865ebf6b06340ddac7e66017450f',
    name: 'Visual wake words, V1 0.25/96, Keras',
  },
]

const bySha256: ReadonlyMap<string, KnownCheckpoint> = new Map(checkpoints.map(each => [each.sha256, each]))

/** The entry of a checkpoint whose bytes (of a folder: `sha256OfFolder`) have this SHA-256. */
export function knownCheckpoint(sha256: string): KnownCheckpoint | undefined {
  return bySha256.get(sha256)
}
