import type { DType, Node } from '@depthwise/core'
import { bytesPerElement, elementCount } from '@depthwise/core/backend'

/** Rounds up to a multiple of `unit`. */
export const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit

/**
 * How one item of a value lies in memory: `pixels` runs of `channels` elements, `step` elements apart. Steps are multiples
 * of four, of eight for quantized bytes, so that kernels work on whole vectors; what the lanes between `channels` and `step`
 * hold (finite numbers) is not read.
 */
export interface Layout {
  readonly dtype: DType
  readonly height: number
  readonly width: number
  readonly pixels: number
  readonly channels: number
  readonly step: number
  readonly bytes: number
}

/** Layout of a node's value for one item of the batch. `dense` leaves no lanes between pixels. */
export function layoutOf(node: Node, dense = false): Layout {
  const item = node.shape.slice(1)
  const channels = item.at(-1) ?? 1
  const outer = item.slice(0, -1)
  const pixels = elementCount(outer)
  const step = dense ? channels : roundUp(channels, node.quantization ? 8 : 4)
  const [height, width] = outer.length === 2 ? (outer as [number, number]) : [1, pixels]
  const bytes = pixels * step * bytesPerElement(node.dtype)
  return { dtype: node.dtype, height, width, pixels, channels, step, bytes }
}

/** Bytes from pixel to pixel. */
export const pixelBytes = (layout: Layout): number => bytesPerElement(layout.dtype) * layout.step

/** Bytes of the channels of a pixel. */
export const channelBytes = (layout: Layout): number => bytesPerElement(layout.dtype) * layout.channels

/** Whether a reshape (or dropout) leaves every byte where it is. */
export function keepsLayout(input: Layout, output: Layout): boolean {
  const tight = (layout: Layout): boolean => layout.step === layout.channels
  return (tight(input) && tight(output)) || (input.channels === output.channels && input.step === output.step)
}
