import * as tfl from '@depthwise/testing/files/tflite-writer'
import { readTFLite } from '../src/index.ts'

/** A convolution and a softmax: small, but with every kind of part. */
export const sound: tfl.FileSpec = {
  tensors: [
    { name: 'input', shape: [1, 2, 2, 1], type: 'u8', scale: 0.5 },
    { name: 'weights', shape: [2, 1, 1, 1], type: 'i8', data: [1, 2], scale: [1, 2] },
    { name: 'bias', shape: [2], type: 'i32', data: [3, 4] },
    { name: 'logits', shape: [1, 2, 2, 2], type: 'u8', scale: 0.5 },
    { name: 'output', shape: [1, 2, 2, 2], type: 'u8', scale: 1 / 256 },
  ],
  operators: [
    { op: 'CONV_2D', inputs: [0, 1, 2], outputs: [3], options: tfl.convOptions(true) },
    { op: 'SOFTMAX', inputs: [3], outputs: [4], options: tfl.softmaxOptions() },
  ],
  inputs: [0],
  outputs: [4],
}

/** The sound file with some of its tensors or operators changed. */
export function spoilt(tensors: Record<number, Partial<tfl.TensorSpec>>, changes: Partial<tfl.FileSpec> = {}) {
  const changed = sound.tensors.map((tensor, i) => ({ ...tensor, ...tensors[i] }))
  return () => readTFLite(tfl.writeTFLite({ ...sound, tensors: changed, ...changes }))
}

/** The sound file with some of its bytes changed. */
export function patched(patch: (view: DataView, root: Cursor) => void) {
  const bytes = tfl.writeTFLite(sound)
  const view = new DataView(bytes.buffer)
  patch(view, new Cursor(view, view.getUint32(0, true)))
  return () => readTFLite(bytes)
}

/** A table of a sound file, to find the bytes that a test lies about. */
export class Cursor {
  readonly view: DataView
  readonly at: number
  constructor(view: DataView, at: number) {
    this.view = view
    this.at = at
  }
  get vtable(): number {
    return this.at - this.view.getInt32(this.at, true)
  }
  /** Where a field's inline value stands. */
  field(slot: number): number {
    return this.at + this.view.getUint16(this.vtable + 4 + 2 * slot, true)
  }
  /** Where the vector of a field starts, at its length. */
  vector(slot: number): number {
    return this.field(slot) + this.view.getUint32(this.field(slot), true)
  }
  element(slot: number, index: number): Cursor {
    const at = this.vector(slot) + 4 + 4 * index
    return new Cursor(this.view, at + this.view.getUint32(at, true))
  }
}
export const subgraphs = 2
