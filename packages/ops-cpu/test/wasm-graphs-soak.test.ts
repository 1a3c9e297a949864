import { nodeIndex, prepare } from '@depthwise/core/backend'
import { wasm } from '@depthwise/ops-cpu'
import { randomInputs } from '@depthwise/testing/agreement'
import { arbitraryGraph } from '@depthwise/testing/arbitrary-graph'
import { randomParams } from '@depthwise/testing/random-params'
import { runs } from '@depthwise/testing/soak'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allowanceOf } from '../../parity/src/conformance/allowance.ts'
import { compareWithDefinition } from '../../parity/src/conformance/check.ts'
import { evaluate } from '../../parity/src/conformance/definition/evaluate.ts'
import { combinations, everywhere, nowhere } from './wasm-compiled.ts'

// Any graph over all ops, in one piece: what the kit tries op by op meets here in every order, with several inputs and outputs.

// Shares of the absolute terms: terms of a batch norm may cancel, and what is left measures no rounding.
const allow = allowanceOf(2e-5)

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
        const { graph: exposed } = prepare(graph, params, { expose })
        expect(Object.keys(outputs)).toEqual(exposed.outputs.map(id => nodeIndex(exposed).get(id)?.name))
        const expected = evaluate({ graph: exposed, params }, inputs, allow)
        expect(compareWithDefinition(exposed, outputs, expected)).toEqual([])
      }),
      runs(100, 5000),
    )
  })
})
