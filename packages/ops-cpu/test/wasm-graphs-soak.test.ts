import { wasm } from '@depthwise/ops-cpu'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { arbitraryGraph } from '../../core/test/arbitrary-graph.ts'
import { evaluated, expectAgreement, randomInputs } from './agreement.ts'
import { randomParams } from './random-params.ts'
import { runs } from './soak.ts'
import { combinations, everywhere, nowhere } from './wasm-compiled.ts'

// Any graph over all ops, in one piece: what the kit tries op by op meets here in every order, with several inputs and outputs.

const alone = Object.entries(combinations).filter(([, { threads }]) => threads === 1)

describe.each(alone)('%s', (_name, options) => {
  it.each(Object.entries({ fused: everywhere, 'not fused': nowhere }))('any graph, %s', async (_how, fusion) => {
    const seed = fc.noShrink(fc.nat(1000))
    const expose = fc.constantFrom('outputs' as const, 'all' as const)
    await fc.assert(
      fc.asyncProperty(arbitraryGraph(), seed, expose, async (graph, seed, expose) => {
        const params = randomParams(graph, seed)
        const inputs = randomInputs({ graph, params }, seed)
        await using executable = await wasm({ ...options, fusion }).compile(graph, params, { expose })
        const outputs = await executable.run(inputs)
        const expected = await evaluated({ graph, params }, inputs, expose)
        expectAgreement(outputs, expected, 1e-4)
      }),
      runs(100, 5000),
    )
  })
})
