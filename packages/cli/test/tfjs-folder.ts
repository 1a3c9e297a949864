import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@depthwise/testing/temporary'

type Extent = number | null

/**
 * A folder of TensorFlow.js: one convolution of 1x1 to one channel, so that a run takes height x width x channels MACs, and
 * the mean of it.
 * @param size of the input, null where it is open
 */
export function tfjsFolder(size: readonly [height: Extent, width: Extent, channels: number]): string {
  const folder = join(temporaryFolder(), 'net')
  mkdirSync(folder)
  const layers = [
    { class_name: 'InputLayer', config: { name: 'image', batch_input_shape: [null, ...size] } },
    { class_name: 'Conv2D', config: { name: 'c', filters: 1, kernel_size: [1, 1], use_bias: false } },
    { class_name: 'GlobalAveragePooling2D', config: { name: 'mean' } },
  ]
  const weights = [{ name: 'c/kernel', shape: [1, 1, size[2], 1], dtype: 'float32' }]
  const model = {
    format: 'layers-model',
    modelTopology: { model_config: { class_name: 'Sequential', config: { name: 'net', layers } } },
    weightsManifest: [{ paths: ['w.bin'], weights }],
  }
  writeFileSync(join(folder, 'model.json'), JSON.stringify(model))
  writeFileSync(join(folder, 'w.bin'), new Uint8Array(new Float32Array(size[2]).fill(0.5).buffer))
  return folder
}
