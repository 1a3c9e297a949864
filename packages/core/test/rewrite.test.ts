import { arbitraryGraph } from '@depthwise/testing/arbitrary-graph'
import { runs } from '@depthwise/testing/soak'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rebatch, truncate, verify, withOutputs, withoutDeadNodes } from '../src/backend.ts'
import { type Graph, GraphBuilder, GraphError, ShapeError } from '../src/index.ts'

/** image -> conv -> features -> head, and a second use of the image that nothing reads. */
const graph: Graph = (() => {
  const b = new GraphBuilder()
  const image = b.input([1, 6, 6, 2], { name: 'image' })
  b.input([1, 3], { name: 'mask' })
  const features = b.globalAveragePool(b.conv2d(image, { name: 'conv', filters: 4, kernel: 3 }), { name: 'features' })
  b.sigmoid(image, { name: 'unread' })
  return b.build([b.softmax(b.dense(features, { name: 'head', units: 5 }), { name: 'probabilities' })])
})()

const idOf = (name: string): number => graph.nodes.find(node => node.name === name)?.id as number
const namesOf = (graph: Graph): readonly string[] => graph.nodes.map(node => node.name)

describe('rebatch', () => {
  it('changes axis 0 of every value and nothing else', () => {
    const three = rebatch(graph, 3)
    verify(three)
    for (const [index, node] of three.nodes.entries()) {
      const { shape, ...rest } = node
      const { shape: before, ...same } = graph.nodes[index] as typeof node
      expect(shape).toEqual([3, ...before.slice(1)])
      expect(rest).toEqual(same)
    }
  })

  it('of random graphs keeps their rules, and there and back is where one was', () => {
    fc.assert(
      fc.property(arbitraryGraph(), fc.integer({ min: 1, max: 5 }), (graph, batch) => {
        const other = rebatch(graph, batch)
        verify(other)
        expect(rebatch(other, graph.nodes[0]?.shape[0] as number)).toEqual(graph)
      }),
      runs(200, 10_000),
    )
  })

  it.each([0, -1, 1.5, Number.NaN, Infinity, 65537])('refuses a batch of %d', batch => {
    expect(() => rebatch(graph, batch)).toThrow(GraphError)
    expect(() => rebatch(graph, batch)).toThrow(`option batch: expected an integer from 1 to 65536, found ${batch}`)
  })

  it('refuses what would be too large to address, inputs included', () => {
    const b = new GraphBuilder()
    const large = b.build([b.input([1, 2 ** 20])])
    expect(() => rebatch(large, 2048)).toThrow(ShapeError)
  })
})

describe('withOutputs', () => {
  it('adds outputs behind those there are, each once', () => {
    const more = withOutputs(graph, [idOf('features'), idOf('probabilities'), idOf('features')])
    expect(more.outputs).toEqual([idOf('probabilities'), idOf('features')])
    verify(more)
  })

  it('refuses an id that no node has', () => {
    expect(() => withOutputs(graph, [99])).toThrow('option expose: expected ids of nodes of the graph, found 99')
  })
})

describe('withoutDeadNodes', () => {
  it('drops what no output needs, but no input', () => {
    const alive = withoutDeadNodes(graph)
    expect(namesOf(alive)).toEqual(['image', 'mask', 'conv', 'features', 'head', 'probabilities'])
    verify(alive)
  })
})

describe('truncate', () => {
  it('makes an embedder out of a classifier', () => {
    const embedder = truncate(graph, idOf('features'))
    expect(namesOf(embedder)).toEqual(['image', 'mask', 'conv', 'features'])
    expect(embedder.outputs).toEqual([idOf('features')])
    verify(embedder)
  })

  it('refuses an id that no node has', () => {
    expect(() => truncate(graph, 99)).toThrow(GraphError)
  })
})
