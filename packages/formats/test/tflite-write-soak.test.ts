import { createSession, type Network, type Tensor, UnsupportedOpError } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'
import { reference } from '@depthwise/ops-cpu'
import { arbitraryGraph } from '@depthwise/testing/arbitrary-graph'
import { randomParams, randomReals } from '@depthwise/testing/random-params'
import { runs } from '@depthwise/testing/soak'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readTFLite, writeTFLite } from '../src/index.ts'

/** Small integers for every input, which all types hold. */
function values({ graph }: Network): readonly (readonly number[])[] {
  const random = randomReals(7)
  const nodes = graph.nodes.filter(({ op }) => op.kind === 'input')
  return nodes.map(({ shape }) => Array.from({ length: elementCount(shape) }, () => Math.floor(4 * random())))
}

const arrays = { float32: Float32Array, uint8: Uint8Array, int8: Int8Array, int32: Int32Array }

async function answers({ graph, params }: Network, inputs: readonly (readonly number[])[]): Promise<readonly Tensor[]> {
  const nodes = graph.inputs.map(id => graph.nodes.find(node => node.id === id) as (typeof graph.nodes)[number])
  const named = nodes.map(({ name, dtype }, i) => [name, arrays[dtype].from(inputs[i] as readonly number[])])
  await using session = await createSession(graph, params, { backends: [reference()] })
  const outputs = await session.run(Object.fromEntries(named))
  return graph.outputs.map(id => outputs[graph.nodes.find(node => node.id === id)?.name as string] as Tensor)
}

/** Null where an operator has no form in the file, or where the reader takes it in another form only. */
async function throughFile(network: Network): Promise<Network | null> {
  try {
    return await readTFLite(writeTFLite(network))
  } catch (error) {
    if (error instanceof UnsupportedOpError) return null
    throw error
  }
}

test('random networks compute the same once they are written as TFLite and read', async () => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(arbitraryGraph({ maxSteps: 6 }), async graph => {
      const network = { graph, params: randomParams(graph) }
      const again = await throughFile(network)
      if (!again) return
      compared += 1
      const inputs = values(network)
      const [before, after] = [await answers(network, inputs), await answers(again, inputs)]
      for (const [i, { data }] of before.entries()) {
        const size = Math.max(1, ...Array.from(data, Math.abs))
        for (const [j, value] of data.entries()) {
          const found = after[i]?.data[j] as number
          if (Number.isFinite(value)) expect(Math.abs(value - found)).toBeLessThanOrEqual(1e-4 * size)
        }
      }
    }),
    runs(40, 2000),
  )
  expect(compared).toBeGreaterThan(10)
})
