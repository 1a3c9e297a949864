import { type DepthwiseConv2dOp, isDepthwise } from '@depthwise/core/backend'
import { repeatChannels } from '../kernels/memory.ts'
import { type Layout, pixelBytes, roundUp } from '../plan/layout.ts'
import { depthwiseRows } from './depthwise-rows.ts'
import type { Lowered, Site } from './lowering.ts'

/** A depthwise convolution on its own, shared out by rows. A multiplier repeats the channels of the input first. */
export function lowerDepthwise({ inputs, output }: Site, op: DepthwiseConv2dOp): Lowered {
  const source = inputs[0] as Layout
  const step = roundUp(output.channels, 4)
  const repeated: Layout = { ...source, channels: output.channels, step, bytes: 4 * source.pixels * step }
  const plain = isDepthwise(op)
  return {
    kernel: `dwconv ${op.kernel.join('x')} s${op.strides.join('x')} ${output.channels}`,
    scratchBytes: plain ? 0 : repeated.bytes,
    zeroBytes: 4 * source.width * step,
    emit(target, places) {
      const rows = depthwiseRows(target, op, plain ? source : repeated, output)
      const outputRowBytes = output.width * pixelBytes(output)
      target.program.share(output.height, 1, (thread, from, to) => {
        const start = plain ? (places.inputs[0] as number) : places.scratch(thread)
        if (!plain) {
          target.program.record(thread, repeatChannels, {
            input: places.inputs[0] as number,
            output: start,
            pixels: source.pixels,
            channels: source.channels,
            times: op.multiplier,
            inputStep: pixelBytes(source),
            outputStep: pixelBytes(repeated),
          })
        }
        for (let y = from; y < to; ) {
          const count = rows.paired && y + 2 <= to ? 2 : 1
          rows.emit(thread, y, count, row => start + row * rows.rowBytes, places.output + y * outputRowBytes)
          y += count
        }
      })
    },
  }
}
