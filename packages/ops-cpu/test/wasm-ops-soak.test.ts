import type { Graph, Params, Tensor } from '@depthwise/core'
import { reference, type WasmOptions, wasm } from '@depthwise/ops-cpu'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { arbitraryOps } from './arbitrary-op.ts'
import { randomParams } from './random-params.ts'
import { runs } from './soak.ts'
import { combinations, everywhere, nowhere, randomInputs } from './wasm-compiled.ts'

type Values = Readonly<Record<string, Tensor<'float32'>>>

const absolute = (value: Tensor): Tensor<'float32'> => ({
  dtype: 'float32',
  shape: value.shape,
  data: Float32Array.from(value.data, Math.abs),
})

// A mean is subtracted: to add to the sum of absolute terms it must be negative.
const negative = (value: Tensor): Tensor =>
  ({ ...value, data: Float32Array.from(value.data, x => -Math.abs(x)) }) as Tensor

/** The sum of the absolute terms of every output: the same graph on absolute values, without its clamps. */
async function termSums(graph: Graph, params: Params, inputs: Values): Promise<Tensor<'float32'>> {
  const nodes = graph.nodes.map(node =>
    node.op.kind === 'clamp' || node.op.kind === 'relu6'
      ? { ...node, op: { kind: 'dropout' as const, rate: 0 } }
      : node,
  )
  const positive = new Map(
    [...params].map(([name, value]) => [name, name.endsWith('/mean') ? negative(value) : absolute(value)]),
  )
  const executable = await reference().compile({ ...graph, nodes }, positive)
  return only(
    await executable.run(Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, absolute(value)]))),
  )
}

const only = (outputs: Values): Tensor<'float32'> => Object.values(outputs)[0] as Tensor<'float32'>

async function checkAgainstReference(graph: Graph, sums: boolean, options: WasmOptions): Promise<void> {
  const params = randomParams(graph)
  const inputs = randomInputs(graph) as Values
  const expected = only(await (await reference().compile(graph, params)).run(inputs))
  const scale = sums ? await termSums(graph, params, inputs) : absolute(expected)
  const tolerance = sums ? (options.simd === 'plain' ? 1e-5 : 2e-5) : 1e-6
  const executable = await wasm(options).compile(graph, params)
  const actual = only(await executable.run(inputs))
  await executable[Symbol.asyncDispose]()
  expect(actual.shape).toEqual(expected.shape)
  const worst = expected.data.findIndex(
    (value, i) => !(Math.abs(value - actual.data[i]!) <= tolerance * scale.data[i]! + 1e-30),
  )
  expect(worst, `element ${worst}: ${expected.data[worst]} and ${actual.data[worst]}`).toBe(-1)
}

for (const [combination, options] of Object.entries(combinations)) {
  describe(`wasm against the reference, ${combination}`, () => {
    // Threads are started anew for every graph, which takes longer than running it.
    const share = options.threads === 1 ? 1 : 0.1
    for (const [name, arbitrary] of Object.entries(arbitraryOps)) {
      it(name, async () => {
        await fc.assert(
          fc.asyncProperty(arbitrary, fc.constantFrom(everywhere, everywhere, nowhere), ({ graph, sums }, fusion) =>
            checkAgainstReference(graph, sums, { ...options, fusion }),
          ),
          runs(60 * share, 2000 * share),
        )
      })
    }
  })
}
