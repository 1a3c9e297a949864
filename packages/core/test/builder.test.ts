import { describe, expect, it } from 'vitest'
import { nodeIndex, verify } from '../src/backend.ts'
import { GraphBuilder, GraphError, ShapeError, type Value } from '../src/index.ts'

/** A builder with an image of 1x9x8x4 on it. */
function started(): { readonly b: GraphBuilder; readonly x: Value } {
  const b = new GraphBuilder()
  return { b, x: b.input([1, 9, 8, 4], { name: 'image' }) }
}

describe('the builder infers shapes', () => {
  it.each<[string, (b: GraphBuilder, x: Value) => Value, readonly number[]]>([
    ['conv2d, SAME', (b, x) => b.conv2d(x, { filters: 5, kernel: 3, strides: 2 }), [1, 5, 4, 5]],
    ['conv2d, valid', (b, x) => b.conv2d(x, { filters: 5, kernel: [3, 2], padding: 'valid' }), [1, 7, 7, 5]],
    ['conv2d, padded by 1', (b, x) => b.conv2d(x, { filters: 5, kernel: 3, strides: 2, padding: 1 }), [1, 5, 4, 5]],
    ['conv2d, dilated', (b, x) => b.conv2d(x, { filters: 2, kernel: 3, dilations: 2, padding: 'valid' }), [1, 5, 4, 2]],
    ['conv2d, in groups', (b, x) => b.conv2d(x, { filters: 6, kernel: 1, groups: 2 }), [1, 9, 8, 6]],
    ['depthwiseConv2d', (b, x) => b.depthwiseConv2d(x, { kernel: 3, strides: [1, 2], multiplier: 3 }), [1, 9, 4, 12]],
    ['dense', (b, x) => b.dense(b.flatten(x), { units: 7 }), [1, 7]],
    ['batchNorm', (b, x) => b.batchNorm(x), [1, 9, 8, 4]],
    ['averagePool', (b, x) => b.averagePool(x, { kernel: 2, strides: 2 }), [1, 5, 4, 4]],
    ['maxPool', (b, x) => b.maxPool(x, { kernel: 2, strides: 2, padding: 'valid' }), [1, 4, 4, 4]],
    ['globalAveragePool', (b, x) => b.globalAveragePool(x), [1, 4]],
    ['globalAveragePool, dims kept', (b, x) => b.globalAveragePool(x, { keepDims: true }), [1, 1, 1, 4]],
    ['pad of height and width', (b, x) => b.pad(x, { top: 0, bottom: 1, left: 2, right: 0 }), [1, 10, 10, 4]],
    [
      'pad of all axes',
      (b, x) =>
        b.pad(x, [
          [0, 0],
          [1, 1],
          [0, 0],
          [0, 3],
        ]),
      [1, 11, 8, 7],
    ],
    ['reshape', (b, x) => b.reshape(x, [72, 4]), [1, 72, 4]],
    ['flatten', (b, x) => b.flatten(x), [1, 288]],
    ['concat', (b, x) => b.concat([x, x, x], 3), [1, 9, 8, 12]],
    ['add, stretched', (b, x) => b.add(b.globalAveragePool(x, { keepDims: true }), x), [1, 9, 8, 4]],
    ['mul', (b, x) => b.mul(x, x), [1, 9, 8, 4]],
    ['normalize', (b, x) => b.affine(x, { scale: [1, 2, 3, 4], offset: [0, 0, 0, 0] }), [1, 9, 8, 4]],
    ['clamp', (b, x) => b.clamp(x, { min: 0, max: 1 }), [1, 9, 8, 4]],
    ['dropout', (b, x) => b.dropout(x, 0.2), [1, 9, 8, 4]],
    ['relu', (b, x) => b.relu(x), [1, 9, 8, 4]],
    ['relu6', (b, x) => b.relu6(x), [1, 9, 8, 4]],
    ['sigmoid', (b, x) => b.sigmoid(x), [1, 9, 8, 4]],
    ['softmax', (b, x) => b.softmax(x), [1, 9, 8, 4]],
  ])('%s', (_name, build, shape) => {
    const { b, x } = started()
    const y = build(b, x)
    expect(y.shape).toEqual(shape)
    verify(b.build([y]))
  })
})

describe('the builder resolves padding to four numbers', () => {
  it.each([
    ['SAME at stride 2, 9 rows and 8 columns', { strides: 2 }, { top: 1, bottom: 1, left: 0, right: 1 }],
    ['SAME at stride 1', {}, { top: 1, bottom: 1, left: 1, right: 1 }],
    ['SAME, dilated by 2', { dilations: 2 }, { top: 2, bottom: 2, left: 2, right: 2 }],
    ['one number', { padding: 2 }, { top: 2, bottom: 2, left: 2, right: 2 }],
    ['valid', { padding: 'valid' as const }, { top: 0, bottom: 0, left: 0, right: 0 }],
  ])('%s', (_name, options, padding) => {
    const { b, x } = started()
    const graph = b.build([b.conv2d(x, { filters: 1, kernel: 3, ...options })])
    expect(graph.nodes[1]?.op).toMatchObject({ padding })
  })
})

describe('the builder names', () => {
  it('nodes by kind and place, parameters by node', () => {
    const { b, x } = started()
    const graph = b.build([b.batchNorm(b.conv2d(x, { filters: 1, kernel: 1 }), { scale: false })])
    expect(graph.nodes.map(node => node.name)).toEqual(['image', 'conv2d_1', 'batchNorm_2'])
    expect(graph.nodes[1]?.op).toMatchObject({ weights: 'conv2d_1/weights', bias: 'conv2d_1/bias' })
    expect(graph.nodes[2]?.op).toMatchObject({ gamma: null, beta: 'batchNorm_2/beta', mean: 'batchNorm_2/mean' })
  })

  it('parameters as it is told', () => {
    const { b, x } = started()
    const names = { weights: 'w', bias: 'b' }
    const norm = { scale: 'g', center: 'c', mean: 'm', variance: 'v' }
    const graph = b.build([b.batchNorm(b.dense(b.flatten(x), { units: 1, ...names }), norm)])
    expect(graph.nodes[2]?.op).toMatchObject(names)
    expect(graph.nodes[3]?.op).toMatchObject({ gamma: 'g', beta: 'c', mean: 'm', variance: 'v' })
  })

  it('around the names a caller has given', () => {
    const { b, x } = started()
    const y = b.relu(x, { name: 'relu_2' })
    expect(b.relu(y).name).not.toBe('relu_2')
  })

  it('nothing twice, and nothing by an empty name', () => {
    const { b, x } = started()
    expect(() => b.relu(x, { name: 'image' })).toThrow(
      'node "image" (relu): expected a name of its own, found one already taken',
    )
    expect(() => b.relu(x, { name: '' })).toThrow(GraphError)
  })
})

describe('the builder rejects on the spot', () => {
  it.each<[string, (b: GraphBuilder, x: Value) => unknown, RegExp]>([
    ['of a kernel larger than the image', (b, x) => b.maxPool(x, { kernel: 10, padding: 'valid' }), /10x10 kernel/],
    ['of NaN filters', (b, x) => b.conv2d(x, { filters: Number.NaN, kernel: 1 }), /attribute filters.*found NaN/],
    ['of a fractional stride', (b, x) => b.conv2d(x, { filters: 1, kernel: 1, strides: 1.5 }), /attribute strides/],
    ['of a misspelt padding', (b, x) => b.maxPool(x, { kernel: 2, padding: 'SAME' as 'same' }), /found "SAME"/],
    ['of negative padding', (b, x) => b.conv2d(x, { filters: 1, kernel: 3, padding: -1 }), /attribute padding/],
    ['of groups that do not divide', (b, x) => b.conv2d(x, { filters: 3, kernel: 1, groups: 3 }), /divisible by 3/],
    ['of a rate of 1', (b, x) => b.dropout(x, 1), /a rate in \[0, 1\)/],
    ['of bounds in the wrong order', (b, x) => b.clamp(x, { min: 1, max: 0 }), /min <= max/],
    ['of a list where an image is wanted', (b, x) => b.conv2d(b.flatten(x), { filters: 1, kernel: 1 }), /NHWC/],
    ['of shapes that do not meet', (b, x) => b.add(x, b.input([1, 9, 8, 3])), /1x9x8x4 and 1x9x8x3/],
    ['of a graph input as a computed op', b => b.op({ kind: 'input' }, []), /expected a computed value/],
    ['of integers where reals are wanted', b => b.relu(b.input([1, 2], { dtype: 'uint8' })), /float32 operands/],
    ['of a shape without extents', b => b.input([1, 0]), /positive integer extents/],
  ])('%s', (_name, build, message) => {
    const { b, x } = started()
    expect(() => build(b, x)).toThrow(message)
  })

  it('of values of another builder', () => {
    const { x } = started()
    const other = new GraphBuilder()
    expect(() => other.relu(x)).toThrow(/values of this builder, found "image" of another/)
    other.input([1], { name: 'image' })
    expect(() => other.relu(x)).toThrow(GraphError)
    expect(() => other.build([x])).toThrow(GraphError)
  })

  it('and goes on as if the failed call had not been', () => {
    const { b, x } = started()
    expect(() => b.dense(x, { units: 3, name: 'head' })).toThrow(ShapeError)
    const graph = b.build([b.dense(b.flatten(x), { units: 3, name: 'head' })])
    expect(graph.nodes.map(node => node.op.kind)).toEqual(['input', 'reshape', 'dense'])
  })
})

describe('build', () => {
  it('lists inputs in their order and outputs in the order asked for', () => {
    const { b, x } = started()
    const second = b.input([1, 4], { name: 'mask', dtype: 'int32' })
    const [first, last] = [b.relu(x), b.sigmoid(x)]
    const graph = b.build([last, first])
    expect(graph.inputs).toEqual([x.id, second.id])
    expect(graph.outputs).toEqual([last.id, first.id])
    expect(nodeIndex(graph).get(second.id)).toMatchObject({ dtype: 'int32', shape: [1, 4] })
  })

  it('gives a graph that later calls leave alone', () => {
    const { b, x } = started()
    const graph = b.build([b.relu(x)])
    b.sigmoid(x)
    expect(graph.nodes).toHaveLength(2)
  })

  it('wants outputs, each once, and inputs with a batch axis and a known dtype', () => {
    const { b, x } = started()
    expect(() => b.build([])).toThrow(/at least one/)
    expect(() => b.build([x, x])).toThrow(/each id once/)
    const scalar = new GraphBuilder()
    const value = scalar.input([])
    expect(() => scalar.build([value])).toThrow(/batch axis/)
    const odd = new GraphBuilder()
    const double = odd.input([1], { dtype: 'float64' as 'float32' })
    expect(() => odd.build([double])).toThrow(/a dtype of float32, uint8, int8, int32, found "float64"/)
  })
})
