/**
 * `[outputs, rest]` to `[rest, outputs]`: OHWI to HWIO, `[units, in]` to `[in, units]`. Torch, TFLite and others keep the
 * axis of the outputs first, core last.
 */
export function firstAxisLast(values: Float32Array, outputs: number): Float32Array {
  const rest = values.length / outputs
  const moved = new Float32Array(values.length)
  for (let output = 0; output < outputs; output += 1) {
    for (let i = 0; i < rest; i += 1) moved[i * outputs + output] = values[output * rest + i]!
  }
  return moved
}
