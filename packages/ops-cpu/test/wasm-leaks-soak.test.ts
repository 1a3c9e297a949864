import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { mobileNetV2 } from '@depthwise/models'
import { wasm } from '@depthwise/ops-cpu'
import { randomParams, randomTensor } from '@depthwise/testing/random-params'
import { describe, expect, it } from 'vitest'

const soak = process.env['DEPTHWISE_SOAK'] !== undefined
// In a soak the network of the headline figures; else one that is small enough to repeat.
const shape: readonly [number, number, number] = soak ? [224, 224, 3] : [32, 32, 3]
const graph = mobileNetV2({ alpha: soak ? 1 : 0.35, inputShape: [...shape], classes: 10 })
const params = randomParams(graph)
const input = randomTensor([1, ...shape], 5)
const [inferences, cycles] = soak ? [10_000, 200] : [2000, 40]

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes in use once everything that is unreachable is gone; memories of workers and modules go a few turns later. */
async function settled(): Promise<{ readonly used: number; readonly resident: number }> {
  for (let i = 0; i < 5; i++) {
    collect()
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  return { used: heapUsed + external, resident: rss }
}

/** Repeats something, and fails if the second half of the repetitions leaves more in memory than the first. */
async function expectFlat(times: number, work: () => Promise<void>): Promise<void> {
  for (let i = 0; i < times / 2; i++) await work()
  const before = await settled()
  for (let i = 0; i < times / 2; i++) await work()
  const after = await settled()
  // What one repetition leaves is multiplied by at least twenty here; test runners log a little meanwhile.
  expect(after.used - before.used, 'bytes in use').toBeLessThan(1e6)
  expect(after.resident - before.resident, 'bytes resident').toBeLessThan(24e6)
}

describe('memory stays flat', () => {
  it(`over ${inferences} inferences`, async () => {
    await using executable = await wasm().compile(graph, params)
    await expectFlat(inferences, async () => {
      await executable.run({ input })
    })
  })

  it.each([1, 2])(`over ${cycles} compilations and disposals, %i thread(s)`, async threads => {
    await expectFlat(cycles, async () => {
      await using executable = await wasm({ threads }).compile(graph, params)
      await executable.run({ input })
    })
  })
})
