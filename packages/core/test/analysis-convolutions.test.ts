import { describe, expect, it } from 'vitest'
import {
  countsAsDepthwise,
  exclusiveNodes,
  isDepthwise,
  isInnerDepthwise,
  isOneByOne,
  isPointwise,
  nodeIndex,
  separableAt,
} from '../src/backend.ts'
import { GraphBuilder, type Op, type Value } from '../src/index.ts'

/** The op of the last value that `build` makes from an image of eight channels. */
function opOf(build: (b: GraphBuilder, x: Value) => Value): Op {
  const b = new GraphBuilder()
  const graph = b.build([build(b, b.input([1, 6, 6, 8], { name: 'x' }))])
  return graph.nodes.at(-1)?.op as Op
}

const convolutions = {
  '1x1': opOf((b, x) => b.conv2d(x, { kernel: 1, filters: 4 })),
  '1x1 with strides': opOf((b, x) => b.conv2d(x, { kernel: 1, filters: 4, strides: [1, 2] })),
  '1x1 with padding': opOf((b, x) =>
    b.conv2d(x, { kernel: 1, filters: 4, padding: { top: 0, bottom: 1, left: 0, right: 0 } }),
  ),
  '1x1 of two groups': opOf((b, x) => b.conv2d(x, { kernel: 1, filters: 4, groups: 2 })),
  '1x3': opOf((b, x) => b.conv2d(x, { kernel: [1, 3], filters: 4 })),
  'of a group for each channel': opOf((b, x) => b.conv2d(x, { kernel: 3, filters: 8, groups: 8 })),
  depthwise: opOf((b, x) => b.depthwiseConv2d(x, { kernel: 3 })),
  'depthwise with a multiplier': opOf((b, x) => b.depthwiseConv2d(x, { kernel: 3, multiplier: 2 })),
  dense: opOf((b, x) => b.dense(b.reshape(x, [288]), { units: 3 })),
} satisfies Readonly<Record<string, Op>>

const accepted = (test: (op: Op) => boolean): readonly string[] =>
  Object.entries(convolutions).flatMap(([name, op]) => (test(op) ? [name] : []))

describe('kinds of convolutions', () => {
  it('are distinguished: what product kernels compute, what depthwise ones do, and what papers count as such', () => {
    expect(accepted(isPointwise)).toEqual(['1x1'])
    expect(accepted(op => op.kind === 'conv2d' && isOneByOne(op))).toEqual([
      '1x1',
      '1x1 with strides',
      '1x1 with padding',
      '1x1 of two groups',
    ])
    expect(accepted(isDepthwise)).toEqual(['depthwise'])
    expect(accepted(op => countsAsDepthwise(op, 8))).toEqual([
      'of a group for each channel',
      'depthwise',
      'depthwise with a multiplier',
    ])
  })

  it('a depthwise one with a shortcut in its store is inside of nothing', () => {
    const op = convolutions.depthwise
    expect(isInnerDepthwise(op)).toBe(true)
    expect(isInnerDepthwise({ ...op, residual: true } as Op)).toBe(false)
  })
})

describe('a separable convolution', () => {
  const graphOf = (outputs: (deep: Value, wide: Value, b: GraphBuilder) => readonly Value[]) => {
    const b = new GraphBuilder()
    const deep = b.depthwiseConv2d(b.input([1, 6, 6, 8], { name: 'x' }), { kernel: 3, name: 'deep' })
    const wide = b.conv2d(deep, { kernel: 1, filters: 4, name: 'wide' })
    return b.build([...outputs(deep, wide, b)])
  }

  it('is found from its end, where nothing else reads the filtered value', () => {
    const found = [
      graphOf((_, wide) => [wide]),
      graphOf((deep, wide) => [wide, deep]),
      graphOf((deep, wide, b) => [wide, b.relu(deep)]),
    ].map(graph => {
      const end = graph.nodes.find(({ name }) => name === 'wide')
      const separable = end && separableAt(end, exclusiveNodes(graph))
      return separable && [separable.depthwise.name, separable.pointwise.name]
    })
    expect(found).toEqual([['deep', 'wide'], null, null])
  })

  it('exclusive nodes are those of single operands, no outputs', () => {
    const graph = graphOf((_, wide) => [wide])
    const exclusive = exclusiveNodes(graph)
    expect(graph.nodes.filter(({ id }) => exclusive(id)).map(({ name }) => name)).toEqual(['x', 'deep'])
    expect(exclusive(graph.inputs[0])).toBe(nodeIndex(graph).get(graph.inputs[0] as number))
    expect([exclusive(undefined), exclusive(99)]).toEqual([null, null])
  })
})
