import { type DepthwiseConv2dOp, isDepthwise } from '@depthwise/core/backend'
import type { Lowered } from '../../lower/lowering.ts'
import { type Layout, pixelBytes, roundUp } from '../../plan/layout.ts'
import { repeatBytes } from '../kernels/bytes.ts'
import { integerDepthwiseRows } from './depthwise-rows.ts'
import type { IntegerSite } from './site.ts'

/** A depthwise convolution on its own, shared out by rows. A multiplier repeats the channels of the input first. */
export function lowerIntegerDepthwise(site: IntegerSite, op: DepthwiseConv2dOp): Lowered {
  const { output } = site
  const source = site.inputs[0] as Layout
  const step = roundUp(output.channels, 8)
  const repeated: Layout = { ...source, channels: output.channels, step, bytes: source.pixels * step }
  // The kernels read whole vectors, which an image does not have.
  const plain = isDepthwise(op) && source.step === step
  return {
    kernel: `dwconv ${op.kernel.join('x')} s${op.strides.join('x')} ${output.channels}, integers`,
    scratchBytes: plain ? 0 : repeated.bytes,
    emit(target, places) {
      const { program } = target
      const rows = integerDepthwiseRows(target, site, op, plain ? source : repeated, output)
      program.share(output.height, 1, (thread, from, to) => {
        const start = plain ? (places.inputs[0] as number) : places.scratch(thread)
        if (!plain) {
          program.record(thread, repeatBytes, {
            input: places.inputs[0] as number,
            output: start,
            pixels: source.pixels,
            channels: source.channels,
            times: op.multiplier,
            inputJump: source.step - source.channels,
            outputJump: step - output.channels,
          })
        }
        for (let y = from; y < to; y++) {
          const address = places.output + y * output.width * pixelBytes(output)
          rows.emit(thread, y, 1, row => start + row * rows.rowBytes, address)
        }
      })
    },
  }
}
