import { FormatError } from '@depthwise/core'

/** Far more than a network has that scales each of its values once. */
const most = 2 ** 20

/**
 * Bounds the numbers that arithmetic makes, one for each channel: a file of some lines may claim any number of channels, and
 * scale them in thousands of layers.
 */
export class ChannelBudget {
  #left: number = most

  /**
   * Pays for one number for each channel.
   * @throws FormatError naming `where`
   */
  take(channels: number, where: string): number {
    this.#left -= channels
    if (this.#left >= 0) return channels
    const found = `${most - this.#left}`
    throw new FormatError({ where, expected: `at most ${most} channels in all layers of arithmetic`, found })
  }
}
