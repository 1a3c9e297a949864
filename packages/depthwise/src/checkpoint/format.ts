import type { Format } from '@depthwise/formats'

/** What a file of TensorFlow Lite has in bytes 4 to 7: `TFL3`. */
const tflite = [0x54, 0x46, 0x4c, 0x33]

/**
 * The format of a file, from its bytes. TFLite, the usual format of pages, is recognised by its identifier; what distinguishes the
 * others is loaded for them.
 */
export async function formatOf(bytes: Uint8Array): Promise<Format | null> {
  if (tflite.every((byte, at) => bytes[4 + at] === byte)) return 'tflite'
  return (await import('./detection.ts')).detectFormat(bytes)
}
