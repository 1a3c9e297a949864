import { type DepthwiseConv2dOp, factored } from '@depthwise/core/backend'
import type { StoreActivation } from '../kernels/activation.ts'
import { type DepthwiseFields, depthwiseKernel, inputRows, maxInputRows } from '../kernels/depthwise.ts'
import type { Kernel } from '../kernels/kernel.ts'
import { depthwiseAny } from '../kernels/window.ts'
import { type Layout, pixelBytes } from '../plan/layout.ts'
import { packDepthwise } from '../plan/pack.ts'
import { clampWords, parameter, storeActivation, type Target } from './lowering.ts'

/** Neighbouring groups of output pixels of one kind. */
export interface Groups {
  readonly columns: number
  readonly skipLeft: number
  readonly skipRight: number
  readonly count: number
  /** First output column. */
  readonly first: number
}

// Output pixels side by side that share their input loads; with two rows of them eight sums hide the latency of FMA.
const groupColumns = 4

/** Cuts a row of output pixels into groups of `groupColumns`; the first and the last may look over the edges of the image. */
export function cutRow(
  outputWidth: number,
  inputWidth: number,
  kernel: number,
  stride: number,
  padLeft: number,
  groupColumns: number,
): readonly Groups[] {
  const groups: Groups[] = []
  for (let first = 0; first < outputWidth; first += groupColumns) {
    const columns = Math.min(groupColumns, outputWidth - first)
    const start = first * stride - padLeft
    const skipLeft = Math.max(0, -start)
    const skipRight = Math.max(0, start + (columns - 1) * stride + kernel - inputWidth)
    const last = groups.at(-1)
    if (last && last.columns === columns && last.skipLeft === skipLeft && last.skipRight === skipRight) {
      groups[groups.length - 1] = { ...last, count: last.count + 1 }
    } else groups.push({ columns, skipLeft, skipRight, count: 1, first })
  }
  return groups
}

/** Writes records for rows of a depthwise convolution whose input rows may lie anywhere. */
export interface DepthwiseRows {
  /** Whether two output rows at a time are possible. */
  readonly paired: boolean
  /** Bytes of an input row. */
  readonly rowBytes: number
  /**
   * @param row - address of an input row that exists
   * @param output - address of the first output row; a second one follows it directly
   */
  emit(thread: number, outputRow: number, rows: 1 | 2, row: (y: number) => number, output: number): void
}

/** Packs the weights of a depthwise convolution (multiplier 1) and chooses its kernels. */
export function depthwiseRows(target: Target, op: DepthwiseConv2dOp, input: Layout, output: Layout): DepthwiseRows {
  const [height, width] = op.kernel
  const window = height * width
  const floats = input.step * (window + 1)
  const weights = target.constants.reserve(['depthwise', op.weights, op.bias], floats, memory =>
    packDepthwise(
      memory,
      factored(parameter(target.params, op.weights), input.channels),
      parameter(target.params, op.bias),
      window,
      input.channels,
    ),
  )
  const shared = { weights, vectors: input.step / 4, pixelBytes: pixelBytes(input), ...clampWords(op.activation) }
  const activation = storeActivation(op.activation)
  const groups = cutRow(output.width, input.width, width, op.strides[1], op.padding.left, groupColumns)
  return isTiled(op, groups)
    ? tiledRows(target, op, input, output, shared, groups, activation)
    : anyRows(target, op, input, output, shared, activation)
}

type Shared = { weights: number; vectors: number; pixelBytes: number; clamped: number; min: number; max: number }

/** Whether an unrolled kernel covers a window, of which every group sees at least one column. */
export function isTiled(op: DepthwiseConv2dOp, groups: readonly Groups[]): boolean {
  const small = op.kernel[0] <= maxInputRows && op.kernel[1] <= 7 && op.dilations.every(dilation => dilation === 1)
  return small && groups.every(group => inputColumns(op, group) - group.skipLeft - group.skipRight >= 1)
}

const inputColumns = (op: DepthwiseConv2dOp, group: Groups): number =>
  (group.columns - 1) * op.strides[1] + op.kernel[1]

function tiledRows(
  target: Target,
  op: DepthwiseConv2dOp,
  input: Layout,
  output: Layout,
  shared: Shared,
  groups: readonly Groups[],
  activation: StoreActivation,
): DepthwiseRows {
  const { kernel, strides, padding } = op
  // Two rows need the weights of both in registers; wider windows and machines without FMA would spill them.
  const paired = target.relaxed && kernel[1] <= 3 && kernel[0] + strides[0] <= maxInputRows
  const rowBytes = input.width * shared.pixelBytes
  const outputRowBytes = output.width * shared.pixelBytes
  const kernelsFor = (rows: number): readonly Kernel<DepthwiseFields>[] =>
    groups.map(({ columns, skipLeft, skipRight }) =>
      depthwiseKernel({ kernel, strides, rows, columns, skipLeft, skipRight, activation }),
    )
  const kernels = { 1: kernelsFor(1), 2: kernelsFor(2) }
  return {
    paired,
    rowBytes,
    emit(thread, outputRow, rows, row, outputAddress) {
      const top = outputRow * strides[0] - padding.top
      const address = (y: number): number => (y < 0 || y >= input.height ? target.zeros : row(y))
      const reached = inputRows({ kernel, strides, rows })
      groups.forEach(({ skipLeft, count, first }, index) => {
        const left = (first * strides[1] - padding.left + skipLeft) * shared.pixelBytes
        const at = (r: number): number => (r < reached ? address(top + r) + left : 0)
        const start = outputAddress + first * shared.pixelBytes
        target.program.record(thread, kernels[rows][index] as Kernel<DepthwiseFields>, {
          ...shared,
          groups: count,
          inputStep: groupColumns * strides[1] * shared.pixelBytes,
          outputStep: groupColumns * shared.pixelBytes,
          output0: start,
          output1: start + outputRowBytes,
          row0: at(0),
          row1: at(1),
          row2: at(2),
          row3: at(3),
          row4: at(4),
          row5: at(5),
          row6: at(6),
        })
      })
    },
  }
}

function anyRows(
  target: Target,
  op: DepthwiseConv2dOp,
  input: Layout,
  output: Layout,
  shared: Shared,
  activation: StoreActivation,
): DepthwiseRows {
  const kernel = depthwiseAny(activation)
  const [height, width] = op.kernel
  const rowBytes = input.width * shared.pixelBytes
  return {
    paired: false,
    rowBytes,
    emit(thread, outputRow, _rows, row, outputAddress) {
      const top = outputRow * op.strides[0] - op.padding.top
      const exists = (ky: number): boolean =>
        top + ky * op.dilations[0] >= 0 && top + ky * op.dilations[0] < input.height
      const present = Array.from({ length: height }, (_, ky) => ky).filter(exists)
      const first = present[0]
      const second = present[1]
      // A row whose window lies in the padding altogether reads zeros, which leaves the bias.
      const start = first === undefined ? target.zeros : row(top + first * op.dilations[0])
      const step = first === undefined || second === undefined ? 0 : row(top + second * op.dilations[0]) - start
      target.program.record(thread, kernel, {
        ...shared,
        input: start,
        rows: Math.max(1, present.length),
        rowBytes: step,
        output: outputAddress,
        outputWidth: output.width,
        inputWidth: input.width,
        columns: width,
        stride: op.strides[1],
        dilation: op.dilations[1],
        padLeft: op.padding.left,
        weightSkip: 16 * (1 + (first ?? 0) * width),
        weightBytes: 16 * (1 + height * width),
      })
    },
  }
}
