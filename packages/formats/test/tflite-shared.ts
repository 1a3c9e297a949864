import type { Tensor } from '@depthwise/core'
import { readGolden } from '@depthwise/testing/recordings'
import { sharedBytes } from '@depthwise/testing/shared-folder'

export { describeShared } from '@depthwise/testing/shared-folder'

/** Every TFLite file among the shared checkpoints, by name. */
export const checkpoints = {
  v1Head: 'mobilenet_quant_v1_224_head_layers',
  v1Extractor: 'mobilenet_v1_1.0_224_quant_embedding_extractor',
  v1Quarter128: 'mobilenet_v1_0.25_128_quant',
  v1Quarter224: 'mobilenet_v1_0.25_224_quant',
  v1QuarterFloat: 'mobilenet_v1_0.25_224_1_default_1',
  v2Quant: 'mobilenet_v2_1.0_224_quant',
  v2PerChannel: 'tf2_mobilenet_v2_1.0_224_ptq',
  vwwFloat: 'visual_wake_words/vww_96_float',
  vwwInt8: 'visual_wake_words/vww_96_int8',
} as const

export function checkpoint(name: keyof typeof checkpoints): Uint8Array {
  return sharedBytes(`checkpoints/${checkpoints[name]}.tflite`)
}

/** The numbers that LiteRT answered, by the name of the recording. */
export function recorded(name: string): Tensor['data'] {
  return readGolden(`golden/litert/${name}.npy`).data
}
