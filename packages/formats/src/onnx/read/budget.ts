import { FormatError } from '@depthwise/core'

const copies = 4
/** So that the numbers of a small file's shapes can be computed. */
const minimum = 4096

/**
 * What may be copied out of a file: a few times its size, since a sound one has each constant read about once. Without it
 * thousands of nodes could each ask for a copy of one constant, or for values that stand nowhere in the file.
 */
export class Budget {
  readonly #size: number
  #left: number

  constructor(size: number) {
    this.#size = size
    this.#left = copies * size + minimum
  }

  /** Charges `length` bytes, or numbers, that are about to be made for `where`. */
  spend(length: number, where: string): void {
    this.#left -= length
    if (this.#left < 0) {
      const found = `more than ${copies * this.#size + minimum} bytes to copy out of ${this.#size}`
      throw new FormatError({ where, expected: 'a file whose constants are read about once each', found })
    }
  }
}
