import type { Node } from '@depthwise/core'
import type { DepthwiseConv2dOp } from '@depthwise/core/backend'
import { type DepthwiseRows, phasesOf } from '../../lower/depthwise-rows.ts'
import type { Target } from '../../lower/lowering.ts'
import { type Layout, pixelBytes } from '../../plan/layout.ts'
import { integerDepthwiseAny, integerDepthwiseKernel, maxKernelRows } from '../kernels/depthwise.ts'
import { packedDepthwiseWords, packIntegerDepthwise } from '../pack.ts'
import { type Stored, storedAs } from '../stored.ts'
import { type IntegerSite, productNumbers, productWords } from './site.ts'

// Output pixels side by side that share their input loads: the sums of two, their weights and pixels fill the registers.
const groupColumns = 2

/** What a depthwise convolution is made of. */
export type DepthwiseSite = Pick<IntegerSite, 'node' | 'operands' | 'arithmetic' | 'params'>

/**
 * Packs the weights of a depthwise convolution whose operand has as many channels as its result, and chooses its kernels.
 * Output rows go one at a time.
 */
export function integerDepthwiseRows(
  target: Target,
  { node, operands, arithmetic, params }: DepthwiseSite,
  op: DepthwiseConv2dOp,
  input: Layout,
  output: Layout,
): DepthwiseRows {
  const [stored, result] = [storedAs(operands[0] as Node, arithmetic), storedAs(node, arithmetic)]
  const { kernel: size, strides, padding } = op
  const phases = size[0] <= maxKernelRows ? phasesOf(op, input, output, groupColumns) : null
  const tiled = phases !== null
  const numbers = productNumbers({ node, input: stored, output: result }, op, params)
  const weights = target.constants.reserve(
    ['integer depthwise', op.weights, op.bias, tiled],
    packedDepthwiseWords(output.channels, size, tiled),
    memory => packIntegerDepthwise(memory, { ...numbers, channels: output.channels, kernel: size }, tiled),
  )
  const shared = {
    weights,
    vectors: Math.ceil(output.channels / 8),
    pixelBytes: pixelBytes(input),
    inputZero: stored.zero,
    ...productWords(node, op, result),
  }
  const rowBytes = input.width * pixelBytes(input)
  const padded = zeroPoints(target, stored, rowBytes)
  const common: Omit<DepthwiseRows, 'emit'> = { paired: false, rowBytes }
  if (!phases) {
    const kernel = integerDepthwiseAny(arithmetic)
    return {
      ...common,
      emit(thread, outputRow, _rows, row, address) {
        const top = outputRow * strides[0] - padding.top
        const rows = existingRows(op, input.height, top)
        const [first, second] = rows
        const start = first === undefined ? padded : row(top + first * op.dilations[0])
        const step = first === undefined || second === undefined ? 0 : row(top + second * op.dilations[0]) - start
        target.program.record(thread, kernel, {
          ...shared,
          input: start,
          // A row whose window lies in the padding altogether reads zero points, which leaves the bias.
          rows: Math.max(1, rows.length),
          rowBytes: step,
          output: address,
          outputWidth: output.width,
          inputWidth: input.width,
          columns: size[1],
          stride: strides[1],
          dilation: op.dilations[1],
          padLeft: padding.left,
          weightSkip: 32 + 16 * (first ?? 0) * size[1],
          weightBytes: 4 * packedDepthwiseWords(8, size, false),
        })
      },
    }
  }
  const parts = phases.flatMap(phase =>
    phase.groups.map(group => {
      const { columns, skipLeft, skipRight } = group
      const offset = stored.zero !== 0
      const tile = { kernel: size, stride: strides[1], columns, skipLeft, skipRight, offset }
      return { phase, group, kernel: integerDepthwiseKernel(arithmetic, tile) }
    }),
  )
  return {
    ...common,
    emit(thread, outputRow, _rows, row, address) {
      const top = outputRow * strides[0] - padding.top
      const rowAt = (y: number): number => (y < 0 || y >= input.height ? padded : row(y))
      for (const { phase, group, kernel } of parts) {
        const { skipLeft, count, first } = group
        // Columns of the phase stand for pixels.
        const [from, to] = [phase.apart * shared.pixelBytes, phase.apart * pixelBytes(output)]
        const left = (first * strides[1] - phase.padLeft + skipLeft) * from + phase.input * shared.pixelBytes
        const at = (ky: number): number => (ky < size[0] ? rowAt(top + ky * op.dilations[0]) + left : 0)
        target.program.record(thread, kernel, {
          ...shared,
          pixelBytes: from,
          groups: count,
          inputStep: groupColumns * strides[1] * from,
          outputStep: groupColumns * to,
          output: address + first * to + phase.output * pixelBytes(output),
          row0: at(0),
          row1: at(1),
          row2: at(2),
          row3: at(3),
          row4: at(4),
          row5: at(5),
          row6: at(6),
        })
      }
    },
  }
}

/** Rows of the window that look at the image. */
function existingRows({ kernel, dilations }: DepthwiseConv2dOp, height: number, top: number): readonly number[] {
  return Array.from({ length: kernel[0] }, (_, ky) => ky).filter(ky => {
    const y = top + ky * dilations[0]
    return y >= 0 && y < height
  })
}

/** A row of padding. */
function zeroPoints({ constants }: Target, { zero }: Stored, bytes: number): number {
  return constants.reserve(['zero points', zero, bytes], Math.ceil(bytes / 4), memory => {
    new Int8Array(memory.buffer, memory.byteOffset, 4 * memory.length).fill(zero)
  })
}
