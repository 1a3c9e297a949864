import { checkParams } from '@depthwise/core/backend'
import { buildArchitecture } from '@depthwise/models'
import { isSoak } from '@depthwise/testing/soak'
import { expect, test } from 'vitest'
import { imagenetFiles } from './imagenet-files.ts'

/** Milliseconds of processor time; the clock on the wall belongs to everybody. */
async function cpuTime(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

// To write these files takes longer than to read them, and their times are true of a quiet machine alone.
test.runIf(isSoak).each(['mobilenet_v2', 'mobilenet_v1'] as const)(
  '%s at alpha 1: a file of each format loads in under a second, whole',
  async network => {
    const graph = buildArchitecture({ network, alpha: 1, preset: 'keras', classes: 1000 })
    const numbers = (params: ReadonlyMap<string, { data: ArrayLike<number> }>): number =>
      [...params.values()].reduce((sum, { data }) => sum + data.length, 0)
    for (const { name, size, load } of await imagenetFiles(network)) {
      const params = await load()
      const folded = name === 'ONNX'
      if (!/timm|torchvision|huggingface|npz/.test(name) && !folded) checkParams(graph, params)
      expect(numbers(params), name).toBeGreaterThan(3_400_000)
      expect(size, name).toBeGreaterThan(6_900_000)
      expect(Math.min(await cpuTime(load), await cpuTime(load)), name).toBeLessThan(1000)
    }
  },
  600_000,
)
