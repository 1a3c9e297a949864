import type { Outputs } from '@depthwise/core'
import { reference, wasm } from '@depthwise/ops-cpu'
import { arbitraryQuantizedNetwork } from '@depthwise/testing/arbitrary-quantized-graph'
import type { QuantizedNetwork } from '@depthwise/testing/quantized-draft'
import { quantizedEdgeCases } from '@depthwise/testing/quantized-edge-cases'
import { runs } from '@depthwise/testing/soak'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arithmetics, compiledBy } from './wasm-arithmetics.ts'
import { everywhere, nowhere } from './wasm-compiled.ts'

const lowerings = Object.entries(arithmetics)

/** Values by name, as lists that print. */
const listed = (outputs: Outputs) =>
  Object.fromEntries(Object.entries(outputs).map(([name, { dtype, data }]) => [name, [dtype, ...data]]))

async function expected({ graph, params, inputs }: QuantizedNetwork) {
  await using executable = await reference().compile(graph, params, { expose: 'all' })
  return listed(await executable.run(inputs))
}

describe.each(lowerings)('by %s, the bytes of the reference backend', (_, arithmetic) => {
  test.each(quantizedEdgeCases)('$name', async ({ network }) => {
    const drawn = network()
    await using executable = await compiledBy(arithmetic, drawn.graph, drawn.params, { expose: 'all' })
    expect(listed(await executable.run(drawn.inputs))).toEqual(await expected(drawn))
  })

  test('on random networks, fused or not', () =>
    fc.assert(
      fc.asyncProperty(arbitraryQuantizedNetwork(), async drawn => {
        const all = await expected(drawn)
        await using exposed = await compiledBy(arithmetic, drawn.graph, drawn.params, {
          expose: 'all',
          fusion: nowhere,
        })
        expect(listed(await exposed.run(drawn.inputs))).toEqual(all)
        await using fused = await compiledBy(arithmetic, drawn.graph, drawn.params, { fusion: everywhere })
        expect(all).toMatchObject(listed(await fused.run(drawn.inputs)))
      }),
      runs(60, 10_000),
    ))
})

test('threads share the work of random networks without a difference', () =>
  fc.assert(
    fc.asyncProperty(arbitraryQuantizedNetwork(), async ({ graph, params, inputs }) => {
      await using alone = await wasm().compile(graph, params)
      await using three = await wasm({ threads: 3 }).compile(graph, params)
      expect(listed(await three.run(inputs))).toEqual(listed(await alone.run(inputs)))
    }),
    runs(10, 500),
  ))
