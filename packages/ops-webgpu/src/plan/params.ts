import type { Op, Params, Tensor } from '@depthwise/core'
import type { OpOf } from '@depthwise/core/backend'
import { layoutOf, type StoredDType } from './layout.ts'

/** Parameters of one dispatch as the device wants them: written once, straight into mapped memory. */
export interface Packed {
  /** Numbers in all, a multiple of four. */
  readonly length: number
  readonly dtype: StoredDType
  write(target: Float32Array): void
}

type Product = Extract<Op, OpOf<'conv2d' | 'depthwiseConv2d' | 'dense'>>

function data(params: Params, name: string): Float32Array {
  return (params.get(name) as Tensor<'float32'>).data
}

/**
 * Weights as rows of output channels, each padded to whole vectors, then the bias as one row more. Every layout of core
 * ends with the output channels (HWIO, `[kh, kw, channels, multiplier]`, `[in, units]`), so no axis moves.
 */
export function packProduct(op: Product, params: Params, filters: number, dtype: StoredDType): Packed {
  const weights = data(params, op.weights)
  const bias = op.bias === null ? null : data(params, op.bias)
  return packRows(filters, bias ? [weights, bias] : [weights], dtype)
}

/** Arrays of rows of `channels` numbers, one after another. */
export function packRows(channels: number, arrays: readonly ArrayLike<number>[], dtype: StoredDType): Packed {
  const stride = layoutOf([channels]).groups * 4
  const counts = arrays.map(array => array.length / channels)
  return {
    length: counts.reduce((sum, rows) => sum + rows, 0) * stride,
    dtype,
    write(target) {
      let to = 0
      for (const array of arrays) {
        if (stride === channels) target.set(array, to)
        else {
          for (let from = 0, row = to; from < array.length; from += channels, row += stride) {
            for (let c = 0; c < channels; c++) target[row + c] = array[from + c]!
          }
        }
        to += (array.length / channels) * stride
      }
    },
  }
}
