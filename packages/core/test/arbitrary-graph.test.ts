import { arbitraryGraph } from '@depthwise/testing/arbitrary-graph'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { opKinds, verify } from '../src/backend.ts'
import type { Graph } from '../src/index.ts'

const seed = 1

describe('the generator of graphs that the properties of several packages stand on', () => {
  const graphs = fc.sample(arbitraryGraph(), { seed, numRuns: 2000 })
  const share = (has: (graph: Graph) => boolean): number => graphs.filter(has).length / graphs.length

  it('gives graphs that keep every rule', () => {
    for (const graph of graphs) verify(graph)
  })

  it.each(opKinds.filter(kind => kind !== 'quantize' && kind !== 'dequantize'))('reaches %s', kind => {
    expect(share(graph => graph.nodes.some(node => node.op.kind === kind))).toBeGreaterThan(0.03)
  })

  it.each<[string, (graph: Graph) => boolean]>([
    ['several inputs', graph => graph.inputs.length > 1],
    ['several outputs', graph => graph.outputs.length > 1],
    ['integer inputs', graph => graph.nodes.some(node => node.dtype !== 'float32')],
    ['batches', graph => graph.nodes.some(node => (node.shape[0] ?? 0) > 1)],
    ['fused residuals', graph => graph.nodes.some(({ op }) => 'residual' in op && op.residual)],
    ['groups', graph => graph.nodes.some(({ op }) => op.kind === 'conv2d' && op.groups > 1)],
    ['dilation', graph => graph.nodes.some(({ op }) => 'dilations' in op && op.dilations.some(d => d > 1))],
    [
      'asymmetric padding',
      graph => graph.nodes.some(({ op }) => 'padding' in op && op.padding.top !== op.padding.bottom),
    ],
    ['shared weights', graph => new Set(weightsOf(graph)).size < weightsOf(graph).length],
    ['broadcasting', graph => graph.nodes.some(node => node.op.kind === 'binary' && stretches(graph, node.inputs))],
  ])('reaches %s', (_name, has) => {
    expect(share(has)).toBeGreaterThan(0.01)
  })
})

function weightsOf(graph: Graph): readonly string[] {
  return graph.nodes.flatMap(({ op }) => ('weights' in op ? [op.weights] : []))
}

function stretches(graph: Graph, ids: readonly number[]): boolean {
  const [a, b] = ids.map(id => graph.nodes[id]?.shape.join())
  return a !== b
}
