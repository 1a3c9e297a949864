import { photo } from '@depthwise/testing/shared-folder'

/** Checkpoints of every kind on which library, command line and page must agree. */
export const agreeing = [
  'mobilenet_v1_0.25_128_quant.tflite',
  'mobilenet_v1_0.25_224_1_default_1.tflite',
  'mobilenet_v1_0.25_224_quant.tflite',
  'mobilenet_v2_1.0_224_float',
  'mobilenet_v2_1.0_224_quant.tflite',
  'tf2_mobilenet_v2_1.0_224_ptq.tflite',
  'teachable_machine',
  'torchvision_random/mobilenet_v2_0.35_96_10classes.safetensors',
  'visual_wake_words/vww_96.h5',
  'visual_wake_words/vww_96_int8.tflite',
] as const

export const photos: readonly string[] = [
  'bird.png',
  'burger.jpg',
  'cat.png',
  'dragonfly.png',
  'grace_hopper.png',
  'parrot.jpg',
].map(photo)

/** The largest difference of any class. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} classes and ${b.length}`)
  return Math.max(...Array.from(a, (value, index) => Math.abs(value - (b[index] as number))))
}
