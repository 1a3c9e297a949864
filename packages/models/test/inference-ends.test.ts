import { type Graph, GraphBuilder, OptionError, ShapeError, type Value } from '@depthwise/core'
import { verify } from '@depthwise/core/backend'
import { describe, expect, it } from 'vitest'
import { endInFeatures, endInProbabilities, mobileNetV1, mobileNetV2, topPredictions } from '../src/index.ts'

function build(make: (b: GraphBuilder, x: Value) => Value | readonly Value[]): Graph {
  const b = new GraphBuilder()
  const made = make(b, b.input([1, 8, 8, 3], { name: 'input' }))
  return b.build(Array.isArray(made) ? made : [made])
}
const outputOf = (graph: Graph) => {
  verify(graph)
  return graph.nodes.find(node => node.id === graph.outputs[0])
}
const tiny = { alpha: 0.25, resolution: 64 } as const

describe('probabilities', () => {
  it('are added to logits only', () => {
    for (const network of [mobileNetV1, mobileNetV2]) {
      const logits = network({ ...tiny, classifierActivation: null })
      const graph = endInProbabilities(logits)
      expect(outputOf(graph)).toMatchObject({ op: { kind: 'softmax' }, inputs: logits.outputs, name: 'probabilities' })
      expect(graph.nodes).toHaveLength(logits.nodes.length + 1)
      const whole = network(tiny)
      expect(endInProbabilities(whole)).toBe(whole)
    }
  })

  it('are found behind what importers put after them', () => {
    const pool = (b: GraphBuilder, x: Value) => b.globalAveragePool(x, { keepDims: true })
    const wrapped = build((b, x) => b.reshape(b.clamp(b.softmax(pool(b, x)), { min: 0, max: 1 }), [3]))
    expect(endInProbabilities(wrapped)).toBe(wrapped)
    const sigmoid = build((b, x) => b.sigmoid(b.globalAveragePool(x)))
    expect(endInProbabilities(sigmoid)).toBe(sigmoid)
    // Of single positions, with two axes to spare.
    expect(outputOf(endInProbabilities(build(pool)))).toMatchObject({ shape: [1, 1, 1, 3], op: { kind: 'softmax' } })
  })

  it('take a name that is free', () => {
    const graph = build((b, x) => b.globalAveragePool(b.relu(x, { name: 'probabilities' }), { name: 'logits' }))
    expect(outputOf(endInProbabilities(graph))?.name).toBe('probabilities_')
  })

  it('are not made of a map, nor of several outputs', () => {
    expect(() => endInProbabilities(mobileNetV1({ ...tiny, includeTop: false }))).toThrow(ShapeError)
    expect(() => endInProbabilities(mobileNetV1({ ...tiny, includeTop: false }))).toThrow(
      '1x2x2x256, a map of features',
    )
    const two = build((b, x) => [b.globalAveragePool(x), b.flatten(x)])
    expect(() => endInProbabilities(two)).toThrow('network: expected one output, found 2')
  })
})

describe('features', () => {
  it('are what the classifier reads, dense or 1x1 convolution', () => {
    const kinds = [mobileNetV1(tiny), mobileNetV2(tiny), mobileNetV2({ ...tiny, preset: 'torch' })].map(graph => {
      const cut = endInFeatures(graph)
      const output = outputOf(cut)
      expect(cut.nodes.some(({ op }) => op.kind === 'dense' || op.kind === 'softmax')).toBe(false)
      return [output?.op.kind, output?.shape.at(-1)]
    })
    expect(kinds).toEqual([
      ['dropout', 256],
      ['globalAveragePool', 1280],
      ['dropout', 1280],
    ])
  })

  it('are what the classifier reads, whatever each class goes through on its way to the output', () => {
    const ways: Readonly<Record<string, (b: GraphBuilder, x: Value) => Value>> = {
      'a bias apart': (b, x) => b.affine(x, { scale: [1, 1, 1, 1, 1], offset: [1, 2, 3, 4, 5] }),
      'a batch norm': (b, x) => b.batchNorm(x),
      'an activation': (b, x) => b.relu6(x),
      'a softmax': (b, x) => b.softmax(x),
      'a sigmoid': (b, x) => b.sigmoid(x),
      'a bias apart, squeezed, and a softmax': (b, x) =>
        b.softmax(b.flatten(b.affine(x, { scale: [1, 1, 1, 1, 1], offset: [1, 2, 3, 4, 5] }))),
      'a pool of the only position': (b, x) => (x.shape.length === 4 ? b.globalAveragePool(x) : x),
    }
    for (const [name, way] of Object.entries(ways)) {
      const convolution = build((b, x) => [
        way(b, b.conv2d(b.globalAveragePool(x, { keepDims: true }), { filters: 5, kernel: 1, bias: false })),
      ])
      const dense = build((b, x) => [way(b, b.dense(b.globalAveragePool(x), { units: 5, bias: false }))])
      for (const graph of [convolution, dense]) {
        expect(outputOf(endInFeatures(graph))?.op.kind, name).toBe('globalAveragePool')
      }
    }
  })

  it('of an extractor are its output, pooled where it is a map', () => {
    const pooled = mobileNetV2({ ...tiny, includeTop: false, pooling: 'avg' })
    expect(outputOf(endInFeatures(pooled))?.name).toBe('global_average_pooling2d')
    const map = mobileNetV2({ ...tiny, includeTop: false })
    expect(outputOf(endInFeatures(map))).toMatchObject({ name: 'features', shape: [1, 1280], inputs: map.outputs })
    // A 1x1 convolution over a map is no classifier.
    const projected = build((b, x) => b.relu6(b.conv2d(x, { filters: 5, kernel: 1 })))
    expect(outputOf(endInFeatures(projected))?.shape).toEqual([1, 5])
  })

  it('are those of any node, by name', () => {
    const graph = mobileNetV1(tiny)
    expect(outputOf(endInFeatures(graph, 'conv_pw_5_relu'))).toMatchObject({ name: 'features', shape: [1, 64] })
    expect(outputOf(endInFeatures(graph, 'reshape_2'))?.name).toBe('reshape_2')
    expect(() => endInFeatures(graph, 'conv_pw_55')).toThrow(OptionError)
  })
})

describe('top predictions', () => {
  const values = [0.1, 0.4, Number.NaN, 0.4, 0.05]

  it('are sorted, equals by index, NaN last', () => {
    expect(topPredictions(values, 9).map(({ index }) => index)).toEqual([1, 3, 0, 4, 2])
    expect(topPredictions(values, 2, ['a', 'b'])).toEqual([
      { index: 1, label: 'b', probability: 0.4 },
      { index: 3, label: 'class 3', probability: 0.4 },
    ])
  })

  it.each([0, -1, 1.5, Number.NaN])('are not %d in number', top => {
    expect(() => topPredictions(values, top)).toThrow(OptionError)
  })
})
