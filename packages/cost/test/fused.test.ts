import { type Graph, GraphBuilder, type Network, tensor, type Value } from '@depthwise/core'
import { elementCount, optimize, paramSpecs } from '@depthwise/core/backend'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cost } from '../src/index.ts'
import { residualNet, separableNet, v1Rows, v2Rows } from './nets.ts'

/** One step of a random net; most of them may stand between a product and its batch norm. */
const step = fc.constantFrom(
  ...(['conv', 'shared', 'biased', 'depthwise', 'norm', 'norm', 'relu6', 'clamp'] as const),
  ...(['nothing', 'dropout', 'pad', 'concat', 'residual', 'fork', 'pool'] as const),
)
const channels = 3

function grow(b: GraphBuilder, x: Value, kind: Step): Value {
  switch (kind) {
    case 'conv':
      return b.conv2d(x, { filters: channels, kernel: 1, bias: false })
    case 'shared':
      return b.conv2d(x, { filters: channels, kernel: 3, weights: 'shared', bias: 'shared/bias' })
    case 'biased':
      return b.conv2d(x, { filters: channels, kernel: 1 })
    case 'depthwise':
      return b.depthwiseConv2d(x, { kernel: 3, bias: false })
    case 'norm':
      return b.batchNorm(x, { scale: x.id % 2 === 0 })
    case 'relu6':
      return b.relu6(x)
    case 'clamp':
      return b.clamp(x, { min: -1, max: 5 })
    case 'nothing':
      return b.clamp(x, { min: -Infinity, max: Infinity })
    case 'dropout':
      return b.dropout(x, 0.2)
    case 'pad':
      return b.pad(x, x.id % 2)
    case 'concat':
      return b.concat([x], 3)
    case 'residual':
      return b.add(x, b.conv2d(x, { filters: channels, kernel: 1, bias: false }))
    case 'fork':
      return b.add(b.batchNorm(x), x)
    case 'pool':
      return b.maxPool(x, { kernel: 3, strides: 1 })
  }
}
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

function randomNet(steps: readonly Step[], exposed: number): Graph {
  const b = new GraphBuilder()
  const values = [b.input([1, 4, 4, channels])]
  for (const kind of steps) values.push(grow(b, values.at(-1) as Value, kind))
  const outputs = new Set([values.at(-1) as Value, values[exposed % values.length] as Value])
  return b.build([...outputs])
}

function withParams(graph: Graph): Network {
  const params = paramSpecs(graph).map(({ name, shape, role }) => {
    const data = Float32Array.from({ length: elementCount(shape) }, (_, i) => (role === 'variance' ? 1 : i % 3))
    return [name, tensor(shape, data)] as const
  })
  return { graph, params: new Map(params) }
}

describe('folding and fusing', () => {
  it('leave the MACs and the folded parameters of random nets as they are', () => {
    const nets = fc.record({ steps: fc.array(step, { maxLength: 14 }), exposed: fc.nat() })
    fc.assert(
      fc.property(nets, ({ steps, exposed }) => {
        const authored = withParams(randomNet(steps, exposed))
        const before = cost(authored.graph).total
        const fused = optimize(authored)
        const after = cost(fused.graph).total
        const stored = [...fused.params.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0)
        expect(after.macs).toBe(before.macs)
        expect(before.paramsBy.folded).toBe(stored)
        expect(after.paramsBy.folded).toBe(stored)
        expect(after.paramsBy.total).toBe(stored)
      }),
      { numRuns: 300 },
    )
  })

  it('leave a MobileNet its MACs, activations and adds, and only the folded parameters', () => {
    for (const graph of [separableNet(v1Rows), residualNet(v2Rows)]) {
      const before = cost(graph).total
      const { layers, total: after } = cost(optimize(withParams(graph)).graph)
      expect(after.macs).toBe(before.macs)
      expect(after.params).toBe(before.paramsBy.folded)
      expect(after.elements).toEqual({ ...before.elements, batchNorm: undefined })
      expect(after.operationsBy.paper).toBe(before.operationsBy.paper)
      expect(after.activationBytes.written).toBeLessThan(before.activationBytes.written / 2)
      expect(layers.filter(({ kind }) => kind === 'batchNorm' || kind === 'clamp' || kind === 'binary')).toEqual([])
    }
  })
})
