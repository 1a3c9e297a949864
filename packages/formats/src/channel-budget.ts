import { FormatError } from '@depthwise/core'

/** Far more than a network needs that scales each of its values once. */
const maxChannels = 2 ** 20

/**
 * Limits how many numbers a file makes its importer allocate for arithmetic, one per channel: a few lines of JSON can claim any
 * number of channels and scale them in thousands of layers.
 */
export class ChannelBudget {
  #left: number = maxChannels

  /**
   * Charges one number per channel.
   * @throws FormatError naming `where`
   */
  take(channels: number, where: string): number {
    this.#left -= channels
    if (this.#left >= 0) return channels
    const found = `${maxChannels - this.#left}`
    throw new FormatError({ where, expected: `at most ${maxChannels} channels in all layers of arithmetic`, found })
  }
}
