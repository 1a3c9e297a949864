import { describe, expect, it } from 'vitest'
import { checkParams, opTitle, optimize, truncate, verify } from '../src/backend.ts'
import { chain, chainNetworks, type Graph, GraphBuilder, GraphError, tensor } from '../src/index.ts'
import { neutralParams } from './neutral-params.ts'

/** input -> relu6(conv2d `conv`), 4 channels out of `channels`. */
function convolution(channels: number, options: { batch?: number; dtype?: 'uint8'; name?: string } = {}): Graph {
  const { batch = 1, dtype = 'float32', name = 'input' } = options
  const b = new GraphBuilder()
  const x = b.input([batch, 2, 2, channels], { name, dtype })
  const reals = dtype === 'uint8' ? b.affine(x, { scale: [1, 1, 1, 1], offset: [0, 0, 0, 0] }) : x
  return b.build([b.relu6(b.conv2d(reals, { name: 'conv', filters: 4, kernel: 1 }), { name: 'output' })])
}

/** A head that takes the same numbers as a list. */
function head(): Graph {
  const b = new GraphBuilder()
  return b.build([b.dense(b.input([1, 16], { name: 'list' }), { name: 'head', units: 3 })])
}

describe('chain', () => {
  it('joins output and input, whatever shape the second wants', () => {
    const joined = chain(convolution(3), head())
    verify(joined)
    expect(joined.nodes.map(node => [node.name, opTitle(node.op)])).toEqual([
      ['input', 'input'],
      ['conv', 'conv2d'],
      ['output', 'relu6'],
      ['list', 'reshape'],
      ['head', 'dense'],
    ])
    expect(joined.nodes.at(-1)?.shape).toEqual([1, 3])
  })

  it('keeps names apart, also from names that look prefixed', () => {
    const first = convolution(3, { name: 'then/conv' })
    const joined = chain(first, convolution(4))
    verify(joined)
    expect(joined.nodes.map(node => node.name)).toEqual([
      'then/conv',
      'conv',
      'output',
      'input',
      'then/then/conv',
      'then/output',
    ])
  })

  it('keeps origins with the nodes they name', () => {
    const second = optimize({ graph: convolution(4), params: neutralParams(convolution(4)) }).graph
    const joined = chain(convolution(3), second)
    const last = joined.nodes.at(-1)
    expect(last?.id).toBe(joined.outputs[0])
    expect(last?.origins).toEqual([(last?.id as number) - 1, last?.id])
  })

  it('chains chains of many nodes', () => {
    const b = new GraphBuilder()
    const first = b.build(Array.from({ length: 200_000 }, (_, i) => b.input([1], { name: `${i}` })).slice(-1))
    const long = truncate(first, first.outputs[0] as number)
    const c = new GraphBuilder()
    expect(chain(long, c.build([c.input([1])])).nodes.length).toBe(200_001)
  })

  it.each<[string, Graph, Graph, string]>([
    [
      'sizes that differ',
      convolution(3),
      convolution(3),
      'an output that fits the next input, found 1x2x2x4 then 1x2x2x3',
    ],
    ['batches that differ', convolution(3), convolution(4, { batch: 2 }), 'found 1x2x2x4 then 2x2x2x4'],
    [
      'integers, which have a scale of their own',
      convolution(3),
      convolution(4, { dtype: 'uint8' }),
      'found float32 then uint8',
    ],
    [
      'two outputs',
      { ...convolution(3), outputs: [0, 1] },
      head(),
      'one output, then one input, found 2 outputs and 1 inputs',
    ],
    ['no input', convolution(3), { ...head(), inputs: [] }, 'found 1 outputs and 0 inputs'],
  ])('refuses %s', (_name, first, second, message) => {
    expect(() => chain(first, second)).toThrow(GraphError)
    expect(() => chain(first, second)).toThrow(message)
  })
})

describe('chainNetworks', () => {
  it('gives each network its own weights, though they go by one name', () => {
    const named = (graph: Graph, value: number) => ({
      graph,
      params: new Map(
        [...neutralParams(graph)].map(([name, { shape, data }]) => [
          name,
          tensor(shape, new Float32Array(data.length).fill(value)),
        ]),
      ),
    })
    const joined = chainNetworks(named(convolution(3), 1), named(convolution(4), 2))
    verify(joined.graph)
    checkParams(joined.graph, joined.params)
    const read = joined.graph.nodes.flatMap(({ op }) => (op.kind === 'conv2d' ? [op.weights, op.bias] : []))
    expect(read).toEqual(['conv/weights', 'conv/bias', 'then/conv/weights', 'then/conv/bias'])
    expect(read.map(name => joined.params.get(name as string)?.data[0])).toEqual([1, 1, 2, 2])
  })

  it('shares a tensor that both have', () => {
    const graph = convolution(4)
    const params = neutralParams(graph)
    const joined = chainNetworks({ graph, params }, { graph, params })
    expect(joined.params.size).toBe(params.size)
    checkParams(joined.graph, joined.params)
  })

  it('keeps weights apart that are yet to be loaded', () => {
    const graph = convolution(4)
    const joined = chainNetworks({ graph, params: neutralParams(graph) }, { graph, params: new Map() })
    expect(() => checkParams(joined.graph, joined.params)).toThrow(/"then\/conv\/weights".*nothing by that name/)
  })
})
