import type { Params, Tensor } from '@depthwise/core'
import type { OpOf } from '@depthwise/core/backend'
import { copyBlocks } from '../kernels/memory.ts'
import { type Lowered, parameter } from '../lower/lowering.ts'
import type { ShapedSite } from '../lower/shaped.ts'
import type { Layout } from '../plan/layout.ts'

/**
 * A copy of what stands among the packed weights, in the layout of a value: what reads it may lie in the memory of any.
 * @param flipped - whether bytes lie in memory with their top bit flipped
 */
export function lowerConstant({ output }: ShapedSite, { value }: OpOf<'constant'>, flipped = false): Lowered {
  const { bytes } = output
  return {
    kernel: 'constant',
    scratchBytes: 0,
    emit({ program, constants, params }, { output: to }) {
      const input = constants.reserve(['constant', value, output, flipped], Math.ceil(bytes / 4), memory =>
        spread(params, value, output, flipped, memory),
      )
      const once = { outer: 1, inputOuter: 0, outputOuter: 0, inner: 1, inputInner: 0, outputInner: 0 }
      program.once(thread => program.record(thread, copyBlocks, { input, output: to, bytes, ...once }))
    },
  }
}

/** Rows of channels, each padded as values are. */
function spread(params: Params, name: string, layout: Layout, flipped: boolean, memory: Float32Array): void {
  const { dtype, pixels, channels, step } = layout
  const { data }: Tensor = parameter(params, name)
  const target = dtype === 'float32' ? memory : new Uint8Array(memory.buffer, memory.byteOffset, layout.bytes)
  const flip = flipped ? 0x80 : 0
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let c = 0; c < channels; c++) {
      const number = data[pixel * channels + c]!
      target[pixel * step + c] = dtype === 'float32' ? number : (number & 255) ^ flip
    }
  }
}
