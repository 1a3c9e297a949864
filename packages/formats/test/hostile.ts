import { DepthwiseError } from '@depthwise/core'
import { share } from '@depthwise/testing/soak'
import { expect } from 'vitest'
import { largestAllocation } from './allocation-watch.ts'
import { mutant } from './mutate.ts'

/**
 * Reads mutants of the seeds, spoilt as bytes or otherwise, 20,000 of them in the soak. Each must parse or end in an error of
 * ours, within a second, and without an array over what deflate could make of the file.
 * @returns in words, how many parsed
 */
export async function survive(
  seeds: readonly Uint8Array[],
  read: (bytes: Uint8Array) => unknown,
  spoil: (seeds: readonly Uint8Array[], number: number) => Uint8Array = mutant,
): Promise<string> {
  for (const seed of seeds) await read(seed)
  const count = share(600, 20_000)
  let parsed = 0
  for (let number = 0; number < count; number += 1) {
    const bytes = spoil(seeds, number)
    const start = process.threadCpuUsage()
    const largest = await largestAllocation(async () => {
      try {
        await read(bytes)
        parsed += 1
      } catch (error) {
        if (!(error instanceof DepthwiseError)) throw new Error(`mutant ${number}`, { cause: error })
        expect(error.message.length, `mutant ${number}: ${error.message.slice(0, 300)}`).toBeLessThan(2000)
      }
    })
    const { user, system } = process.threadCpuUsage(start)
    expect((user + system) / 1e6, `seconds of mutant ${number}`).toBeLessThan(1)
    expect(largest, `bytes asked for by mutant ${number}`).toBeLessThanOrEqual(2 ** 20 + 1100 * bytes.length)
  }
  return `${count} mutants, ${parsed} of them parsed`
}
