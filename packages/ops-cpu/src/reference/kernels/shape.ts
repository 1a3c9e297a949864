import type { Tensor } from '@depthwise/core'
import { elementCount, type OpOf } from '@depthwise/core/backend'
import { type Call, channelsOf, type Kernel } from '../kernel.ts'

const copy = (_op: unknown, { input, output }: Call): void => output.data.set(input.data)

/** Row-major data keeps its order under any shape. */
export const reshape: Kernel<'reshape'> = copy
/** The identity at inference. */
export const dropout: Kernel<'dropout'> = copy

export const pad: Kernel<'pad'> = ({ pads, value }, { input, output }) => padRows(pads, value, input, output)

/** Moves rows of the last axis, each whole, to where they stand in the padded value, the rest of which is `value`. */
export function padRows(pads: OpOf<'pad'>['pads'], value: number, input: Tensor, output: Tensor): void {
  output.data.fill(value)
  const length = channelsOf(input)
  for (let from = 0; from < input.data.length; from += length) {
    let at = 0
    let stride = 1
    let rest = from
    for (let axis = pads.length - 1; axis >= 0; axis--) {
      const extent = input.shape[axis] as number
      at += ((rest % extent) + (pads[axis]?.[0] ?? 0)) * stride
      stride *= output.shape[axis] as number
      rest = Math.floor(rest / extent)
    }
    output.data.set(input.data.subarray(from, from + length), at)
  }
}

export const concat: Kernel<'concat'> = ({ axis }, { operands, output }) => joinBlocks(axis, operands, output)

/** Along `axis`, each operand gives one contiguous block to every stretch of the result. */
export function joinBlocks(axis: number, operands: readonly Tensor[], output: Tensor): void {
  const stretch = elementCount(output.shape.slice(axis))
  let offset = 0
  for (const { shape, data } of operands) {
    const block = elementCount(shape.slice(axis))
    for (let from = 0, at = offset; from < data.length; from += block, at += stretch) {
      output.data.set(data.subarray(from, from + block), at)
    }
    offset += block
  }
}

/** The item that a parameter holds, for every item of the batch. */
export const constant: Kernel<'constant'> = ({ value }, { output, param }) => repeatItem(param(value), output.data)

/** One item, again and again. */
export function repeatItem(item: ArrayLike<number>, into: Tensor['data']): void {
  for (let at = 0; at < into.length; at += item.length) into.set(item, at)
}
