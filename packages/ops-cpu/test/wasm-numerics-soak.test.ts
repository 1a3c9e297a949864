import type { Graph, Params, Tensor } from '@depthwise/core'
import { wasm } from '@depthwise/ops-cpu'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluated } from './agreement.ts'
import { arbitraryOps } from './arbitrary-op.ts'
import { randomParams, randomReals } from './random-params.ts'
import { runs } from './soak.ts'
import { everywhere, nowhere, randomInputs } from './wasm-compiled.ts'

const specials = [Number.NaN, Infinity, -Infinity, 2 ** -149, -(2 ** -140), -0]

/** Inputs with a few special values among ordinary ones. */
function withSpecials(graph: Graph, seed: number): Readonly<Record<string, Tensor>> {
  const inputs = randomInputs(graph, seed)
  const real = randomReals(seed)
  for (const { data } of Object.values(inputs)) {
    for (let i = 0; i < 3; i++) {
      data[Math.floor(real() * data.length)] = specials[Math.floor(real() * specials.length)] as number
    }
  }
  return inputs
}

async function expectSameSpecials(
  graph: Graph,
  params: Params,
  seed: number,
  simd: 'relaxed' | 'plain',
): Promise<void> {
  const inputs = withSpecials(graph, seed)
  const expected = Object.values(await evaluated({ graph, params }, inputs))[0]?.data as Float32Array
  for (const fusion of [everywhere, nowhere]) {
    await using executable = await wasm({ simd, fusion }).compile(graph, params)
    const actual = Object.values(await executable.run(inputs))[0]?.data as Float32Array
    const differs = expected.findIndex((value, i) =>
      Number.isFinite(value)
        ? !(Math.abs(value - actual[i]!) <= 1e-4 * Math.max(1, Math.abs(value)))
        : !Object.is(value, actual[i]),
    )
    expect(differs, `element ${differs}: ${expected[differs]} and ${actual[differs]}`).toBe(-1)
  }
}

describe.each(['relaxed', 'plain'] as const)('NaN, infinities and denormals come out as on the reference, %s', simd => {
  for (const [name, arbitrary] of Object.entries(arbitraryOps)) {
    it(name, async () => {
      await fc.assert(
        fc.asyncProperty(arbitrary, fc.integer({ min: 1, max: 2 ** 30 }), ({ graph }, seed) =>
          expectSameSpecials(graph, randomParams(graph), seed, simd),
        ),
        runs(25, 300),
      )
    })
  }
})
