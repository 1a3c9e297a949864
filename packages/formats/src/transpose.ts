import { type Arrangeable, emptyLike } from './permute.ts'

// Outputs whose rows are read side by side: what they write of each row of the result is then a few cache lines.
const blockOutputs = 64

/**
 * `[outputs, rest]` to `[rest, outputs]`: OHWI to HWIO, `[units, in]` to `[in, units]`. Torch, TFLite and others keep the
 * axis of the outputs first, core last.
 */
export function firstAxisLast<A extends Arrangeable>(values: A, outputs: number): A {
  const rest = values.length / outputs
  const moved = emptyLike(values)
  for (let first = 0; first < outputs; first += blockOutputs) {
    const last = Math.min(outputs, first + blockOutputs)
    for (let i = 0; i < rest; i += 1) {
      const to = i * outputs
      for (let output = first; output < last; output += 1) moved[to + output] = values[output * rest + i]!
    }
  }
  return moved
}
