import type { NormalizeOp } from '@depthwise/core'
import { normalizeKernel } from '../kernels/elementwise.ts'
import { copyBlocks } from '../kernels/memory.ts'
import { type Layout, pixelBytes } from '../plan/layout.ts'
import type { Target } from './lowering.ts'

/** Packs a normalisation as pairs of scale and offset, one a channel. */
export function packNormalization({ constants }: Target, { scale, offset }: NormalizeOp): number {
  return constants.reserve(['normalize', scale, offset], 2 * scale.length, memory => {
    scale.forEach((factor, c) => {
      memory[2 * c] = factor
      memory[2 * c + 1] = offset[c] as number
    })
  })
}

/** Writes records that bring `rows` rows of an image, from row `y` on, into a buffer whose rows lie `step` bytes apart. */
export type ReadRows = (thread: number, image: number, y: number, rows: number, to: number, step: number) => void

/** Rows as they are, or (bytes or floats) normalised on the way: the stem then reads a picture's own pixels. */
export function rowReader(target: Target, image: Layout, normalize: NormalizeOp | null): ReadRows {
  const { program } = target
  if (normalize) {
    const factors = packNormalization(target, normalize)
    const kernel = normalizeKernel(image.dtype)
    const rowBytes = image.bytes / image.height
    return (thread, start, y, rows, to, step) => {
      for (let row = 0; row < rows; row++) {
        program.record(thread, kernel, {
          input: start + (y + row) * rowBytes,
          output: to + row * step,
          pixels: image.width,
          channels: image.channels,
          outputStep: 4 * image.channels,
          factors,
        })
      }
    }
  }
  const rowBytes = image.width * pixelBytes(image)
  return (thread, start, y, rows, to, step) =>
    program.record(thread, copyBlocks, {
      input: start + y * rowBytes,
      output: to,
      bytes: rowBytes,
      outer: rows,
      inputOuter: rowBytes,
      outputOuter: step,
      inner: 1,
      inputInner: 0,
      outputInner: 0,
    })
}
