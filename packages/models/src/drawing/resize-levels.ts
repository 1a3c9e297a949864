import type { Size2 } from '@depthwise/core/backend'
import { integers } from '../pixels/arithmetic.ts'
import type { Rectangle } from '../pixels/crop.ts'
import { type Axis, type Taps, tapsOf } from '../pixels/taps.ts'
import type { Levels } from './levels.ts'

/** Bits of the fractions in the integer weights, and half of their unit, for rounding. */
const fraction = 22
const half = 1 << (fraction - 1)

/** `resize` with antialias, for one channel: the same bytes at a third of the work. */
export function resizeLevels({ width, data }: Levels, source: Rectangle, [height, scaledWidth]: Size2): Levels {
  const across = weighted({ source: source.width, scaled: scaledWidth, first: 0, count: scaledWidth })
  const down = weighted({ source: source.height, scaled: height, first: 0, count: height })
  // Rows and columns are exchanged in each pass, so that both read along rows.
  const columns = new Uint8Array(scaledWidth * source.height)
  for (let y = 0; y < source.height; y++) {
    pass(data, (source.top + y) * width + source.left, across, columns, y, source.height)
  }
  const result = new Uint8Array(height * scaledWidth)
  for (let x = 0; x < scaledWidth; x++) pass(columns, x * source.height, down, result, x, scaledWidth)
  return { height, width: scaledWidth, data: result }
}

function weighted(axis: Axis): Taps {
  const taps = tapsOf(axis, { filter: 'bilinear', antialias: true })
  integers.prepare(taps.weights)
  return taps
}

/** A line of `from` that begins at `base`, to every `step`th byte of `to`. Bilinear weights keep sums below 2^31. */
function pass(from: Uint8Array, base: number, taps: Taps, to: Uint8Array, at: number, step: number): void {
  const { starts, counts, weights, stride } = taps
  for (let i = 0, target = at; i < starts.length; i++, target += step) {
    let sum = half
    let source = base + starts[i]!
    const first = i * stride
    const end = first + counts[i]!
    for (let k = first; k < end; k++) sum += weights[k]! * from[source++]!
    to[target] = Math.min(sum >> fraction, 255)
  }
}
