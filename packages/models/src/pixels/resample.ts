import type { Resampling } from '@depthwise/core'
import type { Arithmetic } from './arithmetic.ts'
import type { View } from './crop.ts'
import { bytesOf, type PixelImage } from './image.ts'
import { type Axis, type Taps, tapsOf } from './taps.ts'

/**
 * Separable resize, across first: every source row that matters is resampled to the target's width and added at once
 * to the few target rows under whose filter it falls. The sums are those of two full passes over an intermediate
 * image, in another order; the memory beside the result is a few rows when shrinking, and never more than the
 * result's in doubles.
 */
export function resample<Pixels extends Uint8Array | Float32Array>(
  image: PixelImage,
  { source, scaled, window }: View,
  resampling: Resampling,
  arithmetic: Arithmetic<Pixels>,
): Pixels {
  const weighted = (axis: Axis): Taps => {
    const taps = tapsOf(axis, resampling)
    arithmetic.prepare(taps.weights)
    return taps
  }
  const across = weighted({ source: source.width, scaled: scaled[1], first: window.left, count: window.width })
  const down = weighted({ source: source.height, scaled: scaled[0], first: window.top, count: window.height })

  const bytes = bytesOf(image)
  const row = new Float64Array(window.width * 3)
  const pixels = arithmetic.pixels(window.height * row.length)
  const sums: Float64Array[] = []
  const spare: Float64Array[] = []
  // Filters begin and end in order, so the target rows under way at any source row are `oldest` up to `newest`.
  let oldest = 0
  let newest = 0
  for (let y = 0; oldest < window.height; y++) {
    if (oldest === newest) y = Math.max(y, down.starts[newest]!)
    const base = ((source.top + y) * image.width + source.left) * image.channels
    resampleRow(bytes, base, image.channels, across, row)
    arithmetic.settle(row)
    for (; newest < window.height && down.starts[newest]! <= y; newest++) {
      sums.push(spare.pop() ?? new Float64Array(row.length))
    }
    for (let i = oldest; i < newest; i++) {
      const weight = down.weights[i * down.stride + y - down.starts[i]!]!
      addScaled(sums[i - oldest]!, row, weight)
    }
    for (; oldest < newest && down.starts[oldest]! + down.counts[oldest]! === y + 1; oldest++) {
      const done = sums.shift()!
      arithmetic.settle(done)
      pixels.set(done, oldest * row.length)
      spare.push(done.fill(0))
    }
  }
  return pixels
}

/** The source row that begins at byte `base`, to RGB triples of the target's width. */
function resampleRow(bytes: Uint8Array, base: number, channels: number, taps: Taps, row: Float64Array): void {
  const { starts, counts, weights, stride } = taps
  for (let x = 0; x < starts.length; x++) {
    let red = 0
    let green = 0
    let blue = 0
    let at = base + starts[x]! * channels
    const first = x * stride
    const end = first + counts[x]!
    for (let k = first; k < end; k++) {
      const weight = weights[k]!
      red += weight * bytes[at]!
      green += weight * bytes[at + 1]!
      blue += weight * bytes[at + 2]!
      at += channels
    }
    row[3 * x] = red
    row[3 * x + 1] = green
    row[3 * x + 2] = blue
  }
}

function addScaled(sums: Float64Array, row: Float64Array, weight: number): void {
  for (let i = 0; i < row.length; i++) sums[i]! += weight * row[i]!
}
