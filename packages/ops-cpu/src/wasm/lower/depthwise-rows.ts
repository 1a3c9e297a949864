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

/**
 * Every so manieth column of a row: of a dilated window, only such columns meet, as if they were side by side and the window were
 * not dilated. Without dilation there is one phase, the row itself.
 */
export interface Phase {
  /** The first output column, and the first input column. */
  readonly output: number
  readonly input: number
  /** In columns of the phase. */
  readonly padLeft: number
  /** Columns from one of the phase to its next. */
  readonly apart: number
  /** Groups of the phase's own columns. */
  readonly groups: readonly Groups[]
}

/** The phases of a row, each cut into groups; null where no unrolled kernel covers the window, or a group sees no column. */
export function phasesOf(
  op: DepthwiseConv2dOp,
  input: Layout,
  output: Layout,
  groupColumns: number,
): readonly Phase[] | null {
  const [height, width] = op.kernel
  const [, apart] = op.dilations
  const isStrided = op.strides.some(stride => stride > 1) && op.dilations.some(dilation => dilation > 1)
  if (height > maxInputRows || width > 7 || isStrided) return null
  const phases: Phase[] = []
  for (let first = 0; first < Math.min(apart, output.width); first++) {
    // Of the input columns that this phase's windows look at, the leftmost that exists.
    const start = first - op.padding.left
    const leftmost = ((start % apart) + apart) % apart
    const columns = (extent: number, from: number): number => Math.ceil((extent - from) / apart)
    const padLeft = (leftmost - start) / apart
    const own = columns(input.width, leftmost)
    const groups = cutRow(columns(output.width, first), own, width, op.strides[1], padLeft, groupColumns)
    const seen = ({ columns, skipLeft, skipRight }: Groups): number =>
      (columns - 1) * op.strides[1] + width - skipLeft - skipRight
    if (own < 1 || groups.some(group => seen(group) < 1)) return null
    phases.push({ output: first, input: leftmost, padLeft, apart, groups })
  }
  return phases
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
  const phases = phasesOf(op, input, output, groupColumns)
  return phases
    ? tiledRows(target, op, input, output, shared, phases, activation)
    : anyRows(target, op, input, output, shared, activation)
}

type Shared = { weights: number; vectors: number; pixelBytes: number; clamped: number; min: number; max: number }

function tiledRows(
  target: Target,
  op: DepthwiseConv2dOp,
  input: Layout,
  output: Layout,
  shared: Shared,
  phases: readonly Phase[],
  activation: StoreActivation,
): DepthwiseRows {
  const { kernel, strides, padding, dilations } = op
  // Two rows need the weights of both in registers; wider windows and machines without FMA would spill them. Dilated ones share no rows.
  const paired = target.relaxed && kernel[1] <= 3 && kernel[0] + strides[0] <= maxInputRows && dilations[0] === 1
  const rowBytes = input.width * shared.pixelBytes
  const outputRowBytes = output.width * shared.pixelBytes
  const kernelOf = ({ columns, skipLeft, skipRight }: Groups, rows: number): Kernel<DepthwiseFields> =>
    depthwiseKernel({ kernel, strides, rows, columns, skipLeft, skipRight, activation })
  const parts = phases.flatMap(phase =>
    phase.groups.map(group => ({ phase, group, kernels: { 1: kernelOf(group, 1), 2: kernelOf(group, 2) } })),
  )
  return {
    paired,
    rowBytes,
    emit(thread, outputRow, rows, row, outputAddress) {
      const top = outputRow * strides[0] - padding.top
      const address = (y: number): number => (y < 0 || y >= input.height ? target.zeros : row(y))
      const reached = inputRows({ kernel, strides, rows })
      for (const { phase, group, kernels } of parts) {
        const { skipLeft, count, first } = group
        // Columns of the phase stand for pixels.
        const step = phase.apart * shared.pixelBytes
        const left = (first * strides[1] - phase.padLeft + skipLeft) * step + phase.input * shared.pixelBytes
        const at = (r: number): number => (r < reached ? address(top + r * dilations[0]) + left : 0)
        const start = outputAddress + first * step + phase.output * shared.pixelBytes
        target.program.record(thread, kernels[rows], {
          ...shared,
          pixelBytes: step,
          groups: count,
          inputStep: groupColumns * strides[1] * step,
          outputStep: groupColumns * step,
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
      }
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
