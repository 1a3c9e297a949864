import { nodeIndex, optimize } from '@depthwise/core/backend'
import { evaluated, randomInputs } from '@depthwise/testing/agreement'
import { arbitraryGraph } from '@depthwise/testing/arbitrary-graph'
import { randomParams } from '@depthwise/testing/random-params'
import { runs } from '@depthwise/testing/soak'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readOnnx, writeOnnx } from '../src/index.ts'
import { expectComputed } from './onnx-agreement.ts'

const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 })

describe('random graphs over every op, written and read again', () => {
  test.each([
    ['as they are', (network: Parameters<typeof optimize>[0]) => network],
    ['folded and fused', (network: Parameters<typeof optimize>[0]) => optimize(network)],
  ])('%s: the same tensors in, the same tensors out', async (_, prepare) => {
    const property = fc.asyncProperty(arbitraryGraph(), seeds, async (graph, seed) => {
      const network = prepare({ graph, params: randomParams(graph, seed) })
      const again = await readOnnx(writeOnnx(network))
      const inputs = randomInputs(network, seed)
      const [nodes, others] = [nodeIndex(network.graph), nodeIndex(again.graph)]
      expect(again.graph.inputs.map(id => others.get(id)?.shape)).toEqual(
        network.graph.inputs.map(id => nodes.get(id)?.shape),
      )
      // The numbers of normalize and of some batch norms are doubles here and floats in the file.
      await expectComputed(await evaluated(again, inputs), network, inputs)
    })
    await fc.assert(property, runs(100, 5000))
  })
})
