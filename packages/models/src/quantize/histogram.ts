import type { Bounds } from '@depthwise/core'

/** Bins of a histogram: eight for each of the 256 steps that values are rounded to. */
const binCount = 2048

/** The smallest interval that holds 0 and every finite value seen so far. */
export class Extremes implements Bounds {
  min = 0
  max = 0

  add(values: ArrayLike<number>): void {
    let { min, max } = this
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      if (value < min && value > -Infinity) min = value
      if (value > max && value < Infinity) max = value
    }
    this.min = min
    this.max = max
  }
}

/** How often values of one tensor fall into each of equal bins between bounds that are known. */
export class Histogram {
  readonly bounds: Bounds
  readonly counts: Float64Array = new Float64Array(binCount)
  /** Values that are 0, which every quantization stores exactly; they are in no bin. */
  zeros = 0
  readonly width: number

  constructor({ min, max }: Bounds) {
    this.bounds = { min, max }
    this.width = (max - min) / binCount
  }

  add(values: ArrayLike<number>): void {
    const { counts, width } = this
    const { min } = this.bounds
    let zeros = 0
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      if (value === 0 || width === 0) zeros++
      else counts[Math.min(Math.max(Math.floor((value - min) / width), 0), binCount - 1)]!++
    }
    this.zeros += zeros
  }

  /** The value in the middle of a bin. */
  middle(bin: number): number {
    return this.bounds.min + (bin + 0.5) * this.width
  }
}
