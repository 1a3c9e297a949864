import type { Tensor } from '@depthwise/core'
import type { Port } from './compile.ts'

/** Writes one item of an input into its place. */
export function writeItem(memory: ArrayBufferLike, { address, layout }: Port, input: Tensor, item: number): void {
  const { pixels, channels, step, dtype } = layout
  const count = pixels * channels
  const source = input.data.subarray(item * count, (item + 1) * count)
  if (dtype === 'uint8' || dtype === 'int8') {
    new Uint8Array(memory, address, count).set(source as Uint8Array)
    return
  }
  const target = new Float32Array(memory, address, pixels * step)
  if (step === channels) target.set(source)
  else
    for (let p = 0; p < pixels; p++) for (let c = 0; c < channels; c++) target[p * step + c] = source[p * channels + c]!
}

/** Copies one item of an output to its place in a tensor of the caller's. */
export function readItem(memory: ArrayBufferLike, { address, layout }: Port, target: Float32Array, item: number): void {
  const { pixels, channels, step, dtype } = layout
  const start = item * pixels * channels
  const source =
    dtype === 'float32'
      ? new Float32Array(memory, address, pixels * step)
      : new Uint8Array(memory, address, pixels * step)
  if (step === channels) target.set(source, start)
  else
    for (let p = 0; p < pixels; p++)
      for (let c = 0; c < channels; c++) target[start + p * channels + c] = source[p * step + c]!
}
