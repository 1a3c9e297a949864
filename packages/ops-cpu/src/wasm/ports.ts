import type { Quantization, Tensor, TypedArray } from '@depthwise/core'
import type { Layout } from './plan/layout.ts'

/** A value in memory: one the caller writes or reads, or one that a step computes. */
export interface Port {
  readonly name: string
  readonly shape: readonly number[]
  readonly address: number
  readonly layout: Layout
  readonly quantization?: Quantization
  /** Whether its bytes lie in memory with their top bit flipped. */
  readonly flipped?: boolean
}

/** Writes one item of an input into its place. */
export function writeItem(memory: ArrayBufferLike, port: Port, input: Tensor, item: number): void {
  const { pixels, channels, step } = port.layout
  const count = pixels * channels
  const source = input.data.subarray(item * count, (item + 1) * count)
  const target = viewOf(memory, port)
  if (step === channels) target.set(source)
  else
    for (let p = 0; p < pixels; p++) for (let c = 0; c < channels; c++) target[p * step + c] = source[p * channels + c]!
  if (port.flipped) flip(target)
}

/** Copies one item of a value to its place in a tensor of the caller's. */
export function readItem(memory: ArrayBufferLike, port: Port, target: TypedArray, item: number): void {
  const { pixels, channels, step } = port.layout
  const start = item * pixels * channels
  const source = viewOf(memory, port)
  if (step === channels) target.set(source, start)
  else
    for (let p = 0; p < pixels; p++)
      for (let c = 0; c < channels; c++) target[start + p * channels + c] = source[p * step + c]!
  if (port.flipped) flip(target.subarray(start, start + pixels * channels))
}

function flip(bytes: TypedArray): void {
  for (let i = 0; i < bytes.length; i++) bytes[i]! ^= 0x80
}

const views = { float32: Float32Array, uint8: Uint8Array, int8: Int8Array, int32: Int32Array } as const

function viewOf(memory: ArrayBufferLike, { address, layout: { dtype, pixels, step } }: Port): TypedArray {
  return new views[dtype](memory as ArrayBuffer, address, pixels * step)
}
