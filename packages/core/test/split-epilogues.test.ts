import { describe, expect, test } from 'vitest'
import { foldBatchNorm, fuseActivation, fuseResidual, optimize, splitEpilogues, verify } from '../src/backend.ts'
import { GraphBuilder, printGraph } from '../src/index.ts'
import { neutralParams } from './neutral-params.ts'

describe('splitEpilogues', () => {
  test('gives residuals and activations other than clamps nodes of their own, under the ids and names of their values', () => {
    const b = new GraphBuilder()
    const x = b.conv2d(b.input([1, 4, 4, 3]), { name: 'x', filters: 3, kernel: 1 })
    const y = b.hardSwish(b.add(x, b.conv2d(x, { name: 'y', filters: 3, kernel: 3 }), { name: 'sum' }), {
      name: 'swish',
    })
    const graph = b.build([b.relu(b.conv2d(y, { name: 'z', filters: 2, kernel: 1 }), { name: 'end' })])
    const network = { graph, params: neutralParams(graph) }
    const fused = optimize(network, [foldBatchNorm, fuseResidual, fuseActivation])
    expect(fused.graph.nodes.map(({ name }) => name)).toEqual(['input_0', 'x', 'swish', 'end'])
    const split = splitEpilogues(fused)
    verify(split.graph)
    expect(split.graph.nodes.map(({ name, op }) => `${name} ${op.kind}`)).toEqual([
      'input_0 input',
      'x conv2d',
      'swish/product conv2d',
      'swish/sum binary',
      'swish hardSwish',
      'end conv2d',
    ])
    const ids = (names: readonly string[], { nodes } = graph) =>
      names.map(name => nodes.find(node => node.name === name)?.id)
    expect(ids(['x', 'swish', 'end'], split.graph)).toEqual(ids(['x', 'swish', 'end']))
    expect(printGraph(splitEpilogues(split).graph)).toBe(printGraph(split.graph))
  })
})
