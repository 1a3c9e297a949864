import type { Shape } from '@depthwise/core'
import type { OpOf } from '@depthwise/core/backend'
import { copyBlocks } from '../kernels/memory.ts'
import type { Lowered } from '../lower/lowering.ts'
import { fillFreeLanes } from '../lower/shape.ts'
import type { ShapedSite } from '../lower/shaped.ts'
import { channelBytes, type Layout, pixelBytes } from '../plan/layout.ts'

/** Of every pixel, each of the block's places in turn: rows of pixels at even distances, of reals or of bytes. */
export function lowerDepthToSpace(
  { inputs, inputItems, output, outputItem }: ShapedSite,
  { block }: OpOf<'depthToSpace'>,
): Lowered {
  const input = inputs[0] as Layout
  const [, width] = inputItems[0] as Shape as readonly [number, number]
  const [rows, columns] = outputItem as readonly [number, number]
  const bytes = channelBytes(output)
  return {
    kernel: `depth to space ${block.join('x')}`,
    scratchBytes: 0,
    emit({ program }, places) {
      program.once(thread => {
        fillFreeLanes(program, thread, places.output, output)
        for (let a = 0; a < Math.min(block[0], rows); a++) {
          for (let b = 0; b < Math.min(block[1], columns); b++) {
            program.record(thread, copyBlocks, {
              input: (places.inputs[0] as number) + (a * block[1] + b) * bytes,
              output: places.output + (a * columns + b) * pixelBytes(output),
              bytes,
              outer: Math.ceil((rows - a) / block[0]),
              inputOuter: width * pixelBytes(input),
              outputOuter: block[0] * columns * pixelBytes(output),
              inner: Math.ceil((columns - b) / block[1]),
              inputInner: pixelBytes(input),
              outputInner: block[1] * pixelBytes(output),
            })
          }
        }
      })
    },
  }
}
