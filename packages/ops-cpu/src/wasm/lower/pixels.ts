import type { AffineOp } from '@depthwise/core/backend'
import { copyBlocks } from '../kernels/memory.ts'
import { type Layout, pixelBytes } from '../plan/layout.ts'
import type { Target } from './lowering.ts'
import { normalizer } from './normalize.ts'

/** Writes records that bring `rows` rows of an image, from row `y` on, into a buffer whose rows lie `step` bytes apart. */
export type ReadRows = (thread: number, image: number, y: number, rows: number, to: number, step: number) => void

/** Rows as they are, or (bytes or floats) normalised on the way, into pixels `normalizedStep` floats apart. */
export function rowReader(target: Target, image: Layout, normalize: AffineOp | null): ReadRows {
  const { program } = target
  if (normalize) {
    const record = normalizer(target, normalize, image)
    const rowBytes = image.bytes / image.height
    return (thread, start, y, rows, to, step) => {
      for (let row = 0; row < rows; row++) record(thread, start + (y + row) * rowBytes, to + row * step, image.width)
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
