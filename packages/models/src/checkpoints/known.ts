import { debug, type Metadata, type Model } from '@depthwise/core'

const google: Metadata = { licence: 'Apache-2.0', preprocessing: { normalization: 'signed' } }
/** Trained on pixels in [0, 1] by the reference code of MLPerf Tiny; classes in the order of its folders' names. */
const visualWakeWords: Metadata = {
  name: 'Visual Wake Words, MobileNet V1 0.25 at 96',
  source: 'github.com/mlcommons/tiny',
  licence: 'Apache-2.0',
  preprocessing: { normalization: 'unit' },
  labels: ['no person', 'person'],
}

/** What is known of published files that do not say it themselves, by the SHA-256 of the file in lower-case hex. */
export const knownCheckpoints: Readonly<Record<string, Metadata>> = {
  '446ec673881cd46371a8726075b714194ada39d144762260cb76d15318597df7': {
    ...google,
    name: 'MobileNet V1 0.25 at 224, float',
    source: 'github.com/tensorflow/tflite-support, test data',
  },
  // The manifest of a folder; its layout is described in the file, in words.
  d954b02f1685b316808a3defdc07ba770af6179705259a8e413a1d0b1081f724: {
    ...google,
    name: 'MobileNet V2 1.0 at 224, float',
    source: 'github.com/webmachinelearning, test data',
  },
  af9111d50e6e85b2f2123345e0316ef1c384865ebf6b06340ddac7e66017450f: visualWakeWords,
  '115bbc094d2119561320a21f01b6500a18bea8cc8589282ab007097bec8af38c': visualWakeWords,
  '597a384c8c2c8a1276f04702f25013b7838f2f814f1ca7c174d295b73e3d6b7b': visualWakeWords,
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
