import { sharedBytes } from './shared.ts'

export { describeShared } from './shared.ts'

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

/** The numbers of a recorded `.npy` file of float32, uint8 or int8, the only types recorded for these networks. */
export function recorded(name: string): Float32Array | Uint8Array | Int8Array {
  const file = Buffer.from(sharedBytes(`golden/litert/${name}.npy`))
  const header = file.readUInt16LE(8)
  const data = new Uint8Array(file.subarray(10 + header))
  const type = /'descr': '([^']+)'/.exec(file.toString('latin1', 10, 10 + header))?.[1]
  if (type === '|u1') return data
  if (type === '|i1') return new Int8Array(data.buffer)
  if (type === '<f4') return new Float32Array(data.buffer)
  throw new Error(`${name}: dtype ${type}`)
}
