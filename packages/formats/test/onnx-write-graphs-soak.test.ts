import type { Graph } from '@depthwise/core'
import { nodeIndex, optimize } from '@depthwise/core/backend'
import { randomInputs } from '@depthwise/testing/agreement'
import { arbitraryGraph } from '@depthwise/testing/arbitrary-graph'
import { randomParams } from '@depthwise/testing/random-params'
import { runs } from '@depthwise/testing/soak'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { writeOnnx } from '../src/index.ts'
import { expectComputed } from './onnx-agreement.ts'
import { runOnnx } from './onnx-runtime.ts'

// onnxruntime on what is written against the reference backend on the network itself.

/** onnxruntime 1.30 moves padding into the pool that reads it, and then refuses pools whose padding is as large as they are. */
function padsBeforePools(graph: Graph): boolean {
  const nodes = nodeIndex(graph)
  return graph.nodes.some(
    ({ op, inputs }) => /pool/i.test(op.kind) && inputs.some(id => nodes.get(id)?.op.kind === 'pad'),
  )
}

const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 })

describe('random graphs over every op', () => {
  test('compute the same in onnxruntime', async () => {
    const property = fc.asyncProperty(arbitraryGraph(), seeds, async (graph, seed) => {
      const network = { graph, params: randomParams(graph, seed) }
      const inputs = randomInputs(network, seed)
      const outputs = await runOnnx(writeOnnx(network), inputs, 'disabled')
      await expectComputed(outputs, network, inputs)
    })
    await fc.assert(property, runs(60, 5000))
  })

  test('folded and fused, and with the rewritings of onnxruntime', async () => {
    const property = fc.asyncProperty(arbitraryGraph(), seeds, async (graph, seed) => {
      fc.pre(!padsBeforePools(graph))
      const network = optimize({ graph, params: randomParams(graph, seed) })
      const inputs = randomInputs(network, seed)
      const outputs = await runOnnx(writeOnnx(network), inputs)
      await expectComputed(outputs, network, inputs)
    })
    await fc.assert(property, runs(60, 5000))
  })
})
