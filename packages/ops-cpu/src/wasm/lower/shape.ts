import type { Shape } from '@depthwise/core'
import { type ConcatOp, elementCount, type PadOp } from '@depthwise/core/backend'
import { copyBlocks, fill } from '../kernels/memory.ts'
import { channelBytes, keepsLayout, type Layout, pixelBytes } from '../plan/layout.ts'
import type { Lowered, Site } from './lowering.ts'
import type { Program } from './program.ts'
import { indices, type ShapedSite } from './shaped.ts'

/** Blocks of bytes, evenly spaced, to another spacing. */
interface Move {
  readonly input: number
  readonly output: number
  readonly bytes: number
  readonly count: number
  readonly inputStep: number
  readonly outputStep: number
}

function moveBlocks(
  program: Program,
  thread: number,
  { input, output, bytes, count, inputStep, outputStep }: Move,
  rows = { outer: 1, inputOuter: 0, outputOuter: 0 },
): void {
  const blocks = { inner: count, inputInner: inputStep, outputInner: outputStep }
  program.record(thread, copyBlocks, { input, output, bytes, ...rows, ...blocks })
}

/** Records that a whole value is set to one number. */
export type FillAll = (program: Program, thread: number, output: number, layout: Layout, value: number) => void

/** Lanes without a channel must hold numbers; bytes are numbers whatever they are. */
const fillAll: FillAll = (program, thread, output, { dtype, bytes }, value) => {
  if (dtype === 'float32') program.record(thread, fill, { output, count: bytes / 4, value })
}

/** Zeros in the lanes without a channel, where a result has some that nothing else writes. */
export function fillFreeLanes(program: Program, thread: number, output: number, layout: Layout): void {
  if (layout.step !== layout.channels) fillAll(program, thread, output, layout, 0)
}

/**
 * The value everywhere, then the operand's rows of pixels in their places.
 * @param fillWith - sets the value, which for bytes is another number than the op's
 */
export function lowerPad(
  { inputs, inputItems, output, outputItem }: ShapedSite,
  op: PadOp,
  fillWith: FillAll = fillAll,
): Lowered {
  const input = inputs[0] as Layout
  const item = inputItems[0] as Shape
  const before = op.pads.slice(1).map(pair => pair[0])
  // Pixels of a row, and rows that one record moves; axes further out take a record each.
  const [columns, rows] = [item.at(-2) ?? 1, item.at(-3) ?? 1]
  const place = (index: readonly number[]): number =>
    outputItem.slice(0, -1).reduce((at, extent, axis) => at * extent + (index[axis] ?? 0) + (before[axis] as number), 0)
  return {
    kernel: 'pad',
    scratchBytes: 0,
    emit({ program }, places) {
      program.once(thread => {
        fillWith(program, thread, places.output, output, op.value)
        const [inputStep, outputStep] = [pixelBytes(input), pixelBytes(output)]
        let plane = 0
        for (const index of indices(item.slice(0, -3))) {
          moveBlocks(
            program,
            thread,
            {
              input: (places.inputs[0] as number) + plane * rows * columns * inputStep,
              output:
                places.output + place(index) * outputStep + (outputStep / output.step) * (before.at(-1) as number),
              bytes: channelBytes(input),
              count: columns,
              inputStep,
              outputStep,
            },
            { outer: rows, inputOuter: columns * inputStep, outputOuter: (outputItem.at(-2) ?? 1) * outputStep },
          )
          plane += 1
        }
      })
    },
  }
}

export function lowerConcat({ inputs, output, outputItem }: ShapedSite, op: ConcatOp): Lowered {
  const axis = op.axis - 1
  const innermost = axis === outputItem.length - 1
  const count = elementCount(outputItem.slice(0, innermost ? -1 : axis))
  return {
    kernel: 'concat',
    scratchBytes: 0,
    emit({ program }, places) {
      program.once(thread => {
        fillFreeLanes(program, thread, places.output, output)
        let offset = 0
        for (const [i, input] of inputs.entries()) {
          const [inputStep, outputStep] = [input.bytes / count, output.bytes / count]
          const bytes = innermost ? channelBytes(input) : inputStep
          const move = {
            input: places.inputs[i] as number,
            output: places.output + offset,
            bytes,
            count,
            inputStep,
            outputStep,
          }
          moveBlocks(program, thread, move)
          offset += bytes
        }
      })
    },
  }
}

/** A reshape that moves the free lanes: pixels are packed tightly, then spread anew. */
export function lowerReshape({ inputs, output }: Site): Lowered {
  const input = inputs[0] as Layout
  if (keepsLayout(input, output)) return { kernel: 'reshape, in place', scratchBytes: 0, renames: true, emit() {} }
  return {
    kernel: 'reshape',
    scratchBytes: input.pixels * channelBytes(input),
    emit({ program }, places) {
      program.once(thread => {
        const [from, to, tight] = [places.inputs[0] as number, places.output, places.scratch(thread)]
        const [bytes, count] = [channelBytes(input), input.pixels]
        moveBlocks(program, thread, {
          input: from,
          output: tight,
          bytes,
          count,
          inputStep: pixelBytes(input),
          outputStep: bytes,
        })
        fillFreeLanes(program, thread, to, output)
        const [item, items] = [channelBytes(output), output.pixels]
        moveBlocks(program, thread, {
          input: tight,
          output: to,
          bytes: item,
          count: items,
          inputStep: item,
          outputStep: pixelBytes(output),
        })
      })
    },
  }
}
