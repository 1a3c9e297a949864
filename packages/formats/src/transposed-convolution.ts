import type { OpOf, Padding, Size2 } from '@depthwise/core/backend'
import type { Arrangeable } from './permute.ts'

/** A transposed convolution: each pixel of the operand adds its window of products to the result, `strides` apart. */
export interface TransposedConvolution {
  /** `[height, width]` of the operand and of the result. */
  readonly input: Size2
  readonly output: Size2
  readonly kernel: Size2
  readonly strides: Size2
  /** Rows above and columns on the left that are left out of the result. */
  readonly before: Size2
  readonly channels: number
  readonly filters: number
}

/** The same computed forwards. */
export interface ForwardConvolution {
  /** Of the convolution, whose results are the pixels of a block as channels, place by place. */
  readonly filters: number
  readonly kernel: Size2
  readonly padding: Padding
  readonly blocks: OpOf<'depthToSpace'>
  /** Weights `[height, width, channels, filters]`, of those of the transposed one by row, column, channel and filter. */
  arrange<A extends Arrangeable>(values: A, index: WeightIndex, none: number): A
  /** One number for each filter, for every place of a block. */
  repeat<A extends Arrangeable>(values: A): A
}

/** Where a weight of a transposed convolution lies. */
export type WeightIndex = (ky: number, kx: number, channel: number, filter: number) => number

/** Along one axis, which pixels of the operand reach a block of the result. */
interface Reach {
  readonly first: number
  readonly taps: number
  readonly before: number
  readonly after: number
}

function reachOf(op: TransposedConvolution, axis: 0 | 1): Reach {
  const [from, to, kernel, stride, before] = [op.input, op.output, op.kernel, op.strides, op.before].map(
    pair => pair[axis],
  ) as [number, number, number, number, number]
  const first = Math.ceil((before - kernel + 1) / stride)
  const last = Math.floor((stride - 1 + before) / stride)
  const taps = last - first + 1
  const blocks = Math.ceil(to / stride)
  return { first, taps, before: -first, after: Math.max(0, blocks - from + first + taps - 1) }
}

/**
 * A transposed convolution as a convolution and blocks of pixels: row `s * q + r` of the result, for a stride `s`, is a sum over rows
 * of the operand around `q` with every s-th row of the weights, so that the `s` rows of a block are as many filters. Null where what
 * is left out at the beginning is as long as the window, or more than a block would have to be left out at the end.
 */
export function asForward(op: TransposedConvolution): ForwardConvolution | null {
  const [rows, columns] = [reachOf(op, 0), reachOf(op, 1)]
  const { strides, output, input, kernel, before, channels, filters } = op
  const whole = ([rows, columns] as const).map(
    (reach, axis) => (input[axis as 0 | 1] + reach.before + reach.after - reach.taps + 1) * strides[axis as 0 | 1],
  ) as [number, number]
  const fits = [rows, columns].every(({ before: pad }, axis) => {
    const extent = whole[axis as 0 | 1]
    return pad >= 0 && output[axis as 0 | 1] <= extent && output[axis as 0 | 1] > extent - strides[axis as 0 | 1]
  })
  if (!fits) return null
  const places = strides[0] * strides[1]
  return {
    filters: places * filters,
    kernel: [rows.taps, columns.taps],
    padding: { top: rows.before, bottom: rows.after, left: columns.before, right: columns.after },
    blocks: { kind: 'depthToSpace', block: strides, size: output },
    arrange(values, index, none) {
      const Values = values.constructor as new (length: number) => typeof values
      const arranged = new Values(rows.taps * columns.taps * channels * places * filters)
      arranged.fill(none)
      let at = 0
      for (let ty = 0; ty < rows.taps; ty++) {
        for (let tx = 0; tx < columns.taps; tx++) {
          for (let channel = 0; channel < channels; channel++) {
            for (let place = 0; place < places; place++, at += filters) {
              const ky = Math.floor(place / strides[1]) + before[0] - strides[0] * (ty + rows.first)
              const kx = (place % strides[1]) + before[1] - strides[1] * (tx + columns.first)
              if (ky < 0 || ky >= kernel[0] || kx < 0 || kx >= kernel[1]) continue
              for (let filter = 0; filter < filters; filter++) {
                arranged[at + filter] = values[index(ky, kx, channel, filter)] as number
              }
            }
          }
        }
      }
      return arranged
    },
    repeat(values) {
      const Values = values.constructor as new (length: number) => typeof values
      const repeated = new Values(places * filters)
      for (let i = 0; i < repeated.length; i++) repeated[i] = values[i % filters] as number
      return repeated
    },
  }
}
