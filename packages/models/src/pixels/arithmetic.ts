/** The numbers that a resize works in. Both kinds are held in doubles, so that one loop serves them. */
export interface Arithmetic<Pixels extends Uint8Array | Float32Array> {
  /** Real weights, in place, to those that enter the sums. */
  prepare(weights: Float64Array): void
  /** Sums of a finished pass, in place, to pixel values. */
  settle(sums: Float64Array): void
  /** Room for the result. */
  pixels(length: number): Pixels
}

/** Last place of the fixed point in Pillow's Resample.c: 32 bits, less 8 for the pixel and 2 for overshoot. */
const unit = 2 ** -22

/** Pillow's 8-bit resize: integer weights, bytes after each pass. Its 32-bit sums are exact in doubles. */
export const integers: Arithmetic<Uint8Array> = {
  prepare(weights) {
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i]! / unit
      weights[i] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5)
    }
  },
  settle(sums) {
    for (let i = 0; i < sums.length; i++) {
      const level = Math.floor(sums[i]! * unit + 0.5)
      sums[i] = Math.max(0, Math.min(level, 255))
    }
  },
  pixels: length => new Uint8Array(length),
}

/** TensorFlow's resizers work in reals and round nothing. Here only the last step, to float32, rounds. */
export const reals: Arithmetic<Float32Array> = {
  prepare() {},
  settle() {},
  pixels: length => new Float32Array(length),
}
