import type { NetworkName } from '../networks/architecture.ts'
import { presets } from '../networks/presets.ts'
import type { PublishedCheckpoint } from './checkpoint.ts'
import { decimals, short } from './names.ts'

/** Alpha, top-1 at 224 (the README of keras-applications, which gives errors), and all resolutions. */
type Row = readonly [alpha: number, top1: number, resolutions: readonly number[]]

/**
 * Keras' applications: the code makes the addresses (keras-team/keras, keras/src/applications/mobilenet.py and
 * mobilenet_v2.py), and asks for no checksum. Of images it settles the range, [-1, 1] (`preprocess_input`), not the crop.
 */
function checkpointsOf(
  network: NetworkName,
  fileOf: (alpha: number, resolution: number) => string,
  rows: readonly Row[],
): PublishedCheckpoint[] {
  return rows.flatMap(([alpha, percent, resolutions]) =>
    resolutions.map(
      (resolution): PublishedCheckpoint => ({
        name: `keras-${short(network)}-${decimals(alpha)}-${resolution}`,
        format: 'keras',
        architecture: { network, alpha, preset: 'keras', classes: 1000, resolution },
        preprocessing: presets.keras.preprocessing,
        ...(resolution === 224 && { top1: { percent, source: 'github.com/keras-team/keras-applications, README' } }),
        // "These weights are released under the Apache License", of both (keras-team/keras, docs/templates/applications.md).
        licence: 'Apache-2.0',
        page: 'https://keras.io/api/applications/mobilenet/',
        url: `https://storage.googleapis.com/tensorflow/keras-applications/${fileOf(alpha, resolution)}`,
      }),
    ),
  )
}

export const kerasCheckpoints: readonly PublishedCheckpoint[] = [
  ...checkpointsOf(
    'mobilenet_v1',
    (alpha, resolution) =>
      `mobilenet/mobilenet_${(alpha < 1 ? 10 * alpha : 1).toFixed(1).replace('.', '_')}_${resolution}_tf.h5`,
    [
      [0.25, 51.582, [128, 160, 192, 224]],
      [0.5, 64.292, [128, 160, 192, 224]],
      [0.75, 68.412, [128, 160, 192, 224]],
      [1, 70.424, [128, 160, 192, 224]],
    ],
  ),
  ...checkpointsOf(
    'mobilenet_v2',
    (alpha, resolution) =>
      `mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_${decimals(alpha)}_${resolution}.h5`,
    [
      [0.35, 60.086, [96, 128, 160, 192, 224]],
      [0.5, 65.194, [96, 128, 160, 192, 224]],
      [0.75, 69.532, [96, 128, 160, 192, 224]],
      [1, 71.336, [96, 128, 160, 192, 224]],
      [1.3, 74.68, [224]],
      [1.4, 75.23, [224]],
    ],
  ),
]
