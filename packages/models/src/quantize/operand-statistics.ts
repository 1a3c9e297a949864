import type { ProductLayout, ProductWindow } from './product-layout.ts'

/** Places of an image that are looked at: more say little more, since neighbours hardly differ. */
const placesAnImage = 256

/** Means and covariances of what a product multiplies by its weights, by group of channels. */
export class OperandStatistics {
  readonly #layout: ProductLayout
  readonly #window: ProductWindow
  readonly #channels: number
  readonly #patch: Float64Array
  readonly #sums: Float64Array
  readonly #squares: Float64Array
  #count = 0

  constructor(layout: ProductLayout, window: ProductWindow) {
    const { groups, taps, depth } = layout
    this.#layout = layout
    this.#window = window
    this.#channels = groups * depth
    this.#patch = new Float64Array(taps)
    this.#sums = new Float64Array(groups * taps)
    this.#squares = new Float64Array(groups * taps * taps)
  }

  /** How many places were looked at. */
  get count(): number {
    return this.#count
  }

  /** Adds an operand of one image, of evenly spread places. */
  add(data: ArrayLike<number>): void {
    const { places } = this.#window
    const all = places[0] * places[1]
    const wanted = Math.min(all, placesAnImage)
    for (let i = 0; i < wanted; i++) {
      const place = Math.floor(((i + 0.5) * all) / wanted)
      for (let group = 0; group < this.#layout.groups; group++) {
        this.#read(data, group, Math.floor(place / places[1]), place % places[1])
        this.#addPatch(group)
      }
      this.#count += 1
    }
  }

  /** The mean of each tap of a group. */
  means(group: number): Float64Array {
    const { taps } = this.#layout
    return this.#sums.slice(group * taps, (group + 1) * taps).map(sum => sum / this.#count)
  }

  /** How the taps of a group vary together, row by row. */
  covariance(group: number): Float64Array {
    const { taps } = this.#layout
    const means = this.means(group)
    const start = group * taps * taps
    const full = new Float64Array(taps * taps)
    for (let i = 0; i < taps; i++) {
      for (let j = 0; j <= i; j++) {
        const value = this.#squares[start + i * taps + j]! / this.#count - means[i]! * means[j]!
        full[i * taps + j] = value
        full[j * taps + i] = value
      }
    }
    return full
  }

  #read(data: ArrayLike<number>, group: number, row: number, column: number): void {
    const { kernel, strides, dilations, before, image } = this.#window
    const { depth } = this.#layout
    const patch = this.#patch
    let tap = 0
    for (let ky = 0; ky < kernel[0]; ky++) {
      const y = row * strides[0] + ky * dilations[0] - before[0]
      for (let kx = 0; kx < kernel[1]; kx++) {
        const x = column * strides[1] + kx * dilations[1] - before[1]
        const isInside = y >= 0 && y < image[0] && x >= 0 && x < image[1]
        const at = (y * image[1] + x) * this.#channels + group * depth
        for (let i = 0; i < depth; i++) patch[tap++] = isInside ? data[at + i]! : 0
      }
    }
  }

  /** Half of the products: the rest mirrors them. */
  #addPatch(group: number): void {
    const patch = this.#patch
    const taps = patch.length
    const squares = this.#squares
    const start = group * taps * taps
    for (let i = 0; i < taps; i++) {
      const value = patch[i]!
      this.#sums[group * taps + i]! += value
      if (value === 0) continue
      const at = start + i * taps
      for (let j = 0; j <= i; j++) squares[at + j]! += value * patch[j]!
    }
  }
}
