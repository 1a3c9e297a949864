import type { Metadata, Model } from '@depthwise/core'
import { debug } from '@depthwise/core/backend'
import { presets } from '../networks/presets.ts'

/** What is known of published files that do not say it themselves, by the SHA-256 of the file in lower-case hex. */
export const knownCheckpoints: Readonly<Record<string, Metadata>> = /* @__PURE__ */ metadataBySum()

/** In a function, so that bundlers leave the table out where nothing uses it. */
function metadataBySum(): Readonly<Record<string, Metadata>> {
  // What Google trained with TensorFlow slim was evaluated by slim's own rules; the quantised files say [-1, 1] and no more.
  const google: Metadata = { licence: 'Apache-2.0', preprocessing: presets.slim.preprocessing }
  const coral: Metadata = { ...google, source: 'github.com/google-coral/test_data' }
  const tfliteSupport: Metadata = { ...google, source: 'github.com/tensorflow/tflite-support, test data' }

  // Trained on pixels in [0, 1] by the reference code of MLPerf Tiny; classes in the order of its folders' names.
  const visualWakeWords: Metadata = {
    name: 'Visual Wake Words, MobileNet V1 0.25 at 96',
    source: 'github.com/mlcommons/tiny',
    licence: 'Apache-2.0',
    preprocessing: { ...presets.keras.preprocessing, normalization: 'unit' },
    labels: ['no person', 'person'],
  }

  return {
    f409ef4f73fcbb9667841965623c5c8524aac33d41b9bf5f3667161fb4a76319: {
      ...coral,
      name: 'MobileNet V1 1.0 at 224, uint8, embedding extractor',
    },
    '65a88984b258c6f3c99d7573acac8cf85bd747293d83d51fafc1c2fb6d632286': {
      ...coral,
      name: 'MobileNet V1 1.0 at 224, uint8, head of the embedding extractor',
    },
    '446ec673881cd46371a8726075b714194ada39d144762260cb76d15318597df7': {
      ...tfliteSupport,
      name: 'MobileNet V1 0.25 at 224, float',
    },
    e480eb15572f86d3d5f1be6e83e35b3c7d509ab2bcec353707d1f614e14edca2: {
      ...tfliteSupport,
      name: 'MobileNet V1 0.25 at 224, uint8',
    },
    cb273c23ee76374b05b9583177e28aa19744858a7679c56a250e83d0333da785: {
      ...coral,
      name: 'MobileNet V1 0.25 at 128, uint8',
    },
    // The manifest of a folder; its layout is described in the file, in words.
    d954b02f1685b316808a3defdc07ba770af6179705259a8e413a1d0b1081f724: {
      ...google,
      name: 'MobileNet V2 1.0 at 224, float',
      source: 'github.com/webmachinelearning, test data',
    },
    '7aad0c74c5e3c06e5eb3c827e13304fdd68a83da6087d92ee169c24ff9fd4776': {
      ...coral,
      name: 'MobileNet V2 1.0 at 224, uint8',
    },
    '5d3137241276e79c86d14a74fe43581398ae0e815191d3dba45495b810840e8c': {
      ...coral,
      name: 'MobileNet V2 1.0 at 224, int8, a scale a channel',
    },
    af9111d50e6e85b2f2123345e0316ef1c384865ebf6b06340ddac7e66017450f: visualWakeWords,
    '115bbc094d2119561320a21f01b6500a18bea8cc8589282ab007097bec8af38c': visualWakeWords,
    '597a384c8c2c8a1276f04702f25013b7838f2f814f1ca7c174d295b73e3d6b7b': visualWakeWords,
  }
}

/** The part of Web Cryptography that is used; pages that were not served securely have none. */
interface Host {
  readonly crypto?: {
    readonly subtle?: { digest(algorithm: 'SHA-256', data: Uint8Array): Promise<ArrayBuffer> }
  }
}

/**
 * A model with what is known of its file added to what the file says of itself, which goes before, field by field.
 * @param bytes of the file as it was read
 * @returns the model as it was, where the file is none of `knownCheckpoints` or the host cannot hash
 */
export async function withKnownMetadata(model: Model, bytes: Uint8Array): Promise<Model> {
  const subtle = (globalThis as Host).crypto?.subtle
  if (!subtle) {
    debug(1, () => 'checkpoints: this host has no crypto.subtle, so no file is recognised')
    return model
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes))
  const known = knownCheckpoints[Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')]
  if (!known) return model
  const preprocessing = { ...known.preprocessing, ...model.metadata.preprocessing }
  return { ...model, metadata: { ...known, ...model.metadata, preprocessing } }
}
