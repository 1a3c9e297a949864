import { type Graph, GraphBuilder, GraphError, OptionError, WeightsError } from '@depthwise/core'
import { rebatch } from '@depthwise/core/backend'
import { describe, expect, it } from 'vitest'
import { cost, type LayerCost } from '../src/index.ts'

function build(make: (b: GraphBuilder) => ReturnType<GraphBuilder['input']>): Graph {
  const b = new GraphBuilder()
  return b.build([make(b)])
}
const last = (graph: Graph, options?: Parameters<typeof cost>[1]): LayerCost => cost(graph, options).layers.at(-1)!

describe('one layer', () => {
  it('convolution: taps times output elements; groups divide the taps', () => {
    const conv = build(b => b.conv2d(b.input([1, 8, 6, 4]), { name: 'c', filters: 10, kernel: [3, 5], strides: 2 }))
    expect(last(conv)).toMatchObject({
      name: 'c',
      kind: 'conv2d',
      category: 'convolution',
      inputs: [[1, 8, 6, 4]],
      output: [1, 4, 3, 10],
      macs: 4 * 3 * 10 * (3 * 5 * 4),
      flops: 2 * 4 * 3 * 10 * (3 * 5 * 4),
      params: 3 * 5 * 4 * 10 + 10,
      weightBytes: 4 * (3 * 5 * 4 * 10 + 10),
      activationBytes: { read: 4 * 8 * 6 * 4, written: 4 * 4 * 3 * 10 },
    })
    const grouped = build(b => b.conv2d(b.input([1, 8, 6, 4]), { filters: 10, kernel: 3, groups: 2, bias: false }))
    expect(last(grouped)).toMatchObject({ macs: 8 * 6 * 10 * 9 * 2, params: 9 * 2 * 10 })
  })

  it('names what a convolution is: standard, pointwise, or depthwise also when written as groups', () => {
    const category = (kernel: number, groups: number): string =>
      last(build(b => b.conv2d(b.input([1, 8, 8, 4]), { filters: 8, kernel, groups }))).category
    expect([category(3, 1), category(1, 1), category(3, 2), category(3, 4), category(1, 4)]).toEqual([
      'convolution',
      'pointwise',
      'convolution',
      'depthwise',
      'depthwise',
    ])
    const grouped = last(build(b => b.conv2d(b.input([1, 8, 8, 4]), { filters: 8, kernel: 3, groups: 4 })))
    const depthwise = last(build(b => b.depthwiseConv2d(b.input([1, 8, 8, 4]), { kernel: 3, multiplier: 2 })))
    expect(grouped.macs).toBe(depthwise.macs)
    expect(grouped.params).toBe(depthwise.params)
  })

  it('a constant: its numbers are parameters that none trains, of the bytes they are stored as', () => {
    const elements = { dtype: 'int8', quantization: { scale: 1, zeroPoint: 0 } } as const
    const [real, bytes] = [last(build(b => b.constant([2, 3, 5]))), last(build(b => b.constant([2, 15], { elements })))]
    const common = { kind: 'constant', category: 'memory', macs: 0, flops: 0, params: 0 }
    expect(real).toMatchObject({ ...common, weightBytes: 60, activationBytes: { read: 0, written: 120 } })
    expect(bytes).toMatchObject({ ...common, weightBytes: 15, activationBytes: { read: 0, written: 30 } })
    expect(real.paramsBy).toMatchObject({ weights: 0, trainable: 0, total: 15 })
  })

  it('dense', () => {
    const dense = last(build(b => b.dense(b.input([2, 30]), { units: 7 })))
    expect(dense).toMatchObject({ category: 'dense', macs: 2 * 30 * 7, params: 30 * 7 + 7 })
  })

  it('element operations have FLOPs of their own, and no MACs', () => {
    const x = (b: GraphBuilder) => b.input([1, 4, 6, 2])
    const cases: readonly [LayerCost, LayerCost['elements'], number][] = [
      [last(build(b => b.affine(x(b), { scale: [1, 1], offset: [0, 0] }))), { affine: 48 }, 96],
      [last(build(b => b.batchNorm(x(b)))), { batchNorm: 48 }, 96],
      [last(build(b => b.relu(x(b)))), { activation: 48 }, 48],
      [last(build(b => b.relu6(x(b)))), { activation: 48 }, 48],
      [last(build(b => b.clamp(x(b), { min: 0, max: 1 }))), { activation: 48 }, 48],
      [last(build(b => b.add(x(b), b.input([1, 1, 1, 2])))), { add: 48 }, 48],
      [last(build(b => b.mul(x(b), b.input([1, 1, 1, 2])))), { multiply: 48 }, 48],
      [last(build(b => b.averagePool(x(b), { kernel: 2, strides: 2 }))), { pool: 48 }, 48],
      [last(build(b => b.maxPool(x(b), { kernel: 3 }))), { pool: 48 * 9 }, 48 * 9],
      [last(build(b => b.globalAveragePool(x(b)))), { pool: 48 }, 48],
      [last(build(b => b.sigmoid(x(b)))), { sigmoid: 48 }, 192],
      [last(build(b => b.softmax(x(b)))), { softmax: 48 }, 240],
    ]
    for (const [layer, elements, flops] of cases) {
      expect(layer, layer.kind).toMatchObject({
        category: 'element',
        macs: 0,
        elements,
        flops,
        operations: 0,
      })
      expect(layer.intensity, layer.kind).toBeGreaterThan(0)
    }
  })

  it('padding and concatenation move values, reshapes and dropout do not even that', () => {
    const x = (b: GraphBuilder) => b.input([1, 4, 6, 2])
    const padded = last(build(b => b.pad(x(b), 1)))
    expect(padded).toMatchObject({
      category: 'memory',
      flops: 0,
      activationBytes: { read: 192, written: 4 * 6 * 8 * 2 },
    })
    const joined = last(build(b => b.concat([x(b), x(b)], 3)))
    expect(joined).toMatchObject({ category: 'memory', flops: 0, activationBytes: { read: 384, written: 384 } })
    for (const view of [last(build(b => b.flatten(x(b)))), last(build(b => b.dropout(x(b), 0.5))), last(build(x))]) {
      expect(view).toMatchObject({ category: 'view', flops: 0, intensity: 0, activationBytes: { read: 0, written: 0 } })
    }
  })
})

describe('bytes', () => {
  const net = build(b => {
    const pixels = b.input([1, 4, 4, 3], { dtype: 'uint8' })
    const x = b.affine(pixels, { scale: [1, 1, 1], offset: [0, 0, 0] })
    return b.batchNorm(b.conv2d(x, { filters: 8, kernel: 3 }))
  })
  const weights = 9 * 3 * 8
  const vectors = 8 + 4 * 8

  it.each([
    ['float32', 4 * (weights + vectors), 4],
    ['float16', 2 * (weights + vectors), 2],
    ['int8', weights + 4 * vectors, 1],
  ] as const)('%s', (dtype, weightBytes, size) => {
    const { total, layers } = cost(net, { dtype })
    expect(total.weightBytes).toBe(weightBytes)
    // Pixels stay bytes; the other three values are activations.
    expect(layers.map(layer => layer.activationBytes.read)).toEqual([0, 48, size * 48, size * 128])
    expect(layers.map(layer => layer.activationBytes.written)).toEqual([0, size * 48, size * 128, size * 128])
    expect(total.activationBytes).toEqual({ read: 48 + size * 176, written: size * 304 })
    const moved = weightBytes + 48 + size * 480
    expect(total.intensity).toBeCloseTo(total.flops / moved, 12)
  })

  it('a value that is read twice is loaded once', () => {
    const doubled = build(b => {
      const x = b.input([1, 10])
      return b.add(x, x)
    })
    expect(last(doubled).activationBytes).toEqual({ read: 40, written: 40 })
  })
})

describe('a whole graph', () => {
  it('counts a shared parameter once in total, and in each layer that reads it', () => {
    const siamese = build(b => {
      const branch = (name: string) =>
        b.conv2d(b.input([1, 4, 4, 3]), { name, filters: 8, kernel: 1, weights: 'w', bias: 'b' })
      return b.add(branch('left'), branch('right'))
    })
    const { layers, total } = cost(siamese)
    expect(layers.map(layer => layer.params)).toEqual([0, 32, 0, 32, 0])
    expect(total).toMatchObject({ params: 32, weightBytes: 128, macs: 2 * 16 * 24 })
    expect(total.paramsBy).toEqual({
      weights: 24,
      weightsAndBiases: 32,
      slimV1: 32,
      trainable: 32,
      total: 32,
      folded: 32,
    })
  })

  it('leaves out what no output needs', () => {
    const b = new GraphBuilder()
    const x = b.input([1, 4, 4, 3])
    b.conv2d(x, { name: 'dead', filters: 8, kernel: 1 })
    const { layers, total } = cost(b.build([b.relu(x, { name: 'alive' })]))
    expect(layers.map(layer => layer.name)).toEqual([x.name, 'alive'])
    expect(total).toMatchObject({ macs: 0, params: 0 })
  })

  it('costs the batch it was built with', () => {
    const net = build(b => b.relu(b.conv2d(b.input([1, 5, 5, 3]), { filters: 8, kernel: 3 })))
    const [one, four] = [cost(net).total, cost(rebatch(net, 4)).total]
    expect(four.macs).toBe(4 * one.macs)
    expect(four.flops).toBe(4 * one.flops)
    expect(four.activationBytes.written).toBe(4 * one.activationBytes.written)
    expect(four.weightBytes).toBe(one.weightBytes)
  })

  it('is plain data', () => {
    const report = cost(build(b => b.relu(b.conv2d(b.input([1, 5, 5, 3]), { filters: 8, kernel: 3 }))))
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })
})

describe('bad input', () => {
  const net = build(b => b.relu(b.input([1, 4])))

  it('unknown options are refused by name', () => {
    expect(() => cost(net, { dtype: 'f64' as never })).toThrow(OptionError)
    expect(() => cost(net, { dtype: 'f64' as never })).toThrow(
      'option dtype: expected one of float32, float16, int8, found "f64"',
    )
    expect(() => cost(net, { convention: 'toString' as never })).toThrow(
      'option convention: expected one of paper, keras, torch',
    )
    expect(() => cost(net, { convention: null as never })).toThrow(OptionError)
  })

  it('a broken graph is refused by node', () => {
    const [input, relu] = net.nodes
    const broken = { ...net, nodes: [input!, { ...relu!, shape: [1, 5] }] }
    expect(() => cost(broken)).toThrow('node 1 "relu_1" (relu): expected 1x4, found 1x5')
  })

  it('a parameter wanted in two shapes is refused by name', () => {
    const twisted = build(b => {
      const x = b.conv2d(b.input([1, 4, 4, 3]), { name: 'a', filters: 8, kernel: 1, weights: 'w' })
      return b.conv2d(x, { name: 'b', filters: 8, kernel: 1, weights: 'w' })
    })
    expect(() => cost(twisted)).toThrow(WeightsError)
    expect(() => cost(twisted)).toThrow(
      'parameter "w" of node "b": expected 1x1x3x8, as node "a" reads it, found 1x1x8x8',
    )
  })

  it('counts beyond exact integers are refused by node, not rounded', () => {
    const huge = build(b => {
      const x = b.input([1, 40000, 40000, 1])
      return b.conv2d(x, { name: 'huge', filters: 1, kernel: [4001, 4001], padding: 2000 })
    })
    expect(() => cost(huge)).toThrow(GraphError)
    expect(() => cost(huge)).toThrow('"huge" (conv2d): expected fewer than 2^53 operations, found about 5.1e+16')
  })
})

describe('quantized layers', () => {
  const bytes = (scale: number) => ({ dtype: 'int8', quantization: { scale, zeroPoint: 0 } }) as const
  const b = new GraphBuilder()
  const x = b.input([1, 8, 8, 3], { name: 'x', elements: bytes(0.1) })
  const conv = b.conv2d(x, { filters: 4, kernel: 3, elements: bytes(0.2) })
  const report = cost(b.build([b.softmax(b.dequantize(b.globalAveragePool(conv, { elements: bytes(0.2) })))]))

  it('count a byte for a weight and for a value, and four for a bias', () => {
    const layer = report.layers.find(({ kind }) => kind === 'conv2d')
    expect(layer).toMatchObject({
      dtype: 'int8',
      macs: 8 * 8 * 4 * 27,
      weightBytes: 27 * 4 + 4 * 4,
      activationBytes: { read: 8 * 8 * 3, written: 8 * 8 * 4 },
    })
  })

  it('are summed apart from those that compute reals', () => {
    expect(report.layers.map(({ dtype }) => dtype)).toEqual(['int8', 'int8', 'int8', 'float32', 'float32'])
    expect(report.total.byDType).toEqual({
      int8: {
        macs: 8 * 8 * 4 * 27,
        operations: 8 * 8 * 4 * 27,
        weightBytes: 27 * 4 + 4 * 4,
        writtenBytes: 8 * 8 * 4 + 4,
      },
      float32: { macs: 0, operations: 0, weightBytes: 0, writtenBytes: 2 * 4 * 4 },
    })
    expect(report.total.weightBytes).toBe(27 * 4 + 4 * 4)
  })
})
