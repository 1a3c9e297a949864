import { depthwise, jsonLines } from '@depthwise/testing/command'
import { checkpoint, photo } from '@depthwise/testing/shared-folder'
import { expect } from 'vitest'

/** A line of `depthwise classify --json`. */
export interface Line {
  readonly image: string
  readonly predictions: readonly { readonly index: number; readonly label: string; readonly probability: number }[]
  readonly backend: string
  readonly milliseconds: number
}

/** The fastest of the shared networks: V1 0.25/128. */
export const small: string = checkpoint('mobilenet_v1_0.25_128_quant.tflite')
/** The folder with V2 1.0/224. */
export const v2: string = checkpoint('mobilenet_v2_1.0_224_float')

/** Classifies, and expects that to go well and quietly. */
export async function classified(...args: string[]): Promise<Line[]> {
  const { code, stdout, stderr } = await depthwise('classify', ...args, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return jsonLines<Line>(stdout)
}

/** The best label of each photo, by the photo's name. */
export async function best(photos: readonly string[], ...args: string[]): Promise<Record<string, string | undefined>> {
  const lines = await classified(...photos.map(photo), ...args)
  return Object.fromEntries(lines.map(({ predictions }, at) => [photos[at], predictions[0]?.label.split(',')[0]]))
}
