import { webgpu } from '@depthwise/ops-webgpu'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryOps } from '../../ops-cpu/test/arbitrary-op.ts'
import { randomParams } from '../../ops-cpu/test/random-params.ts'
import { runs } from '../../ops-cpu/test/soak.ts'
import { tileTable } from '../src/tiles.ts'
import { openDevice } from './device.ts'
import { tilings } from './tilings.ts'
import { deviations, expectation, randomInputs } from './tolerance.ts'

const device = await openDevice()

/** Every graph is new to the device, and most of its time goes into compiling kernels. */
const counts = {
  'the table of software adapters': runs(8, 1500),
  'sums shared by several threads': runs(3, 400),
  'the table of GPUs': runs(0, 40),
} as const

for (const [tiling, tiles] of Object.entries({ ...tilings, 'the table of GPUs': tileTable.gpu })) {
  const count = counts[tiling as keyof typeof counts]
  if (count.numRuns === 0) continue
  describe(`every op against the reference, tiled by ${tiling}`, () => {
    const backend = webgpu({ device, tiles })
    for (const [family, arbitrary] of Object.entries(arbitraryOps)) {
      it(family, async () => {
        const property = fc.asyncProperty(arbitrary, async ({ graph, sums }) => {
          const params = randomParams(graph)
          const inputs = randomInputs(graph)
          await using executable = await backend.compile(graph, params)
          expect(deviations(await executable.run(inputs), await expectation(graph, params, inputs, sums))).toEqual([])
        })
        await fc.assert(property, count)
      })
    }
  })
}
