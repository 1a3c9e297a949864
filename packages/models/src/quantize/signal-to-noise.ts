/** How much of a value is left of it: ten times the logarithm of signal over noise, both as sums of squares. */
export class SignalToNoise {
  #signal = 0
  #noise = 0

  add(real: ArrayLike<number>, stored: ArrayLike<number>): void {
    for (let i = 0; i < real.length; i++) {
      const value = real[i]!
      const difference = stored[i]! - value
      this.#signal += value * value
      this.#noise += difference * difference
    }
  }

  /** In dB; infinite where nothing differs. */
  get decibels(): number {
    return this.#noise === 0 ? Infinity : 10 * Math.log10(this.#signal / this.#noise)
  }
}
