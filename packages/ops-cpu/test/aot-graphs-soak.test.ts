import { nodeIndex, truncate } from '@depthwise/core/backend'
import { wasm } from '@depthwise/ops-cpu'
import { compileToModule } from '@depthwise/ops-cpu/aot'
import { answer, instantiated } from '@depthwise/testing/aot-instance'
import { arbitraryGraph } from '@depthwise/testing/arbitrary-graph'
import { randomParams } from '@depthwise/testing/random-params'
import { runs } from '@depthwise/testing/soak'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { everywhere, randomInputs } from './wasm-compiled.ts'

it('any graph with one input and one output gives the bits that the run-time compiler gives', async () => {
  const single = arbitraryGraph()
    .map(graph => truncate(graph, graph.outputs[0] as number))
    .map(graph => ({ ...graph, inputs: graph.inputs.filter(id => graph.nodes.some(node => node.inputs.includes(id))) }))
    .map(graph => ({
      ...graph,
      nodes: graph.nodes.filter(({ op, id }) => op.kind !== 'input' || graph.inputs.includes(id)),
    }))
    .filter(graph => graph.inputs.length === 1)
  await fc.assert(
    fc.asyncProperty(single, fc.constantFrom('plain' as const, 'relaxed' as const), async (graph, simd) => {
      const params = randomParams(graph)
      const inputs = randomInputs({
        ...graph,
        nodes: graph.nodes.map(node => ({ ...node, shape: [1, ...node.shape.slice(1)] })),
      })
      await using executable = await wasm({ simd, fusion: everywhere }).compile(graph, params, { batch: 1 })
      const outputs = await executable.run(inputs)
      const { name } = nodeIndex(graph).get(graph.inputs[0] as number) ?? { name: '' }
      const exports = instantiated(compileToModule(graph, params, { simd, fusion: everywhere }))
      const data = inputs[name]?.data as Float32Array
      expect(answer(exports, data)).toEqual(Array.from(Object.values(outputs)[0]?.data ?? []))
    }),
    runs(150, 10_000),
  )
})
