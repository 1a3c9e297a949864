import { FormatError, type Model, type Tensor, tensor, UnsupportedOpError } from '@depthwise/core'
import { opTitle, relu, relu6 } from '@depthwise/core/backend'
import { type GraphNode, graphModel, type StoredWeight, tfjsFolder } from '@depthwise/testing/files/tfjs-folder'
import { describe, expect, test } from 'vitest'
import { readTfjs } from '../src/index.ts'
import { run } from './tflite-run.ts'

describe('graph-models', () => {
  const input: GraphNode = { name: 'x', op: 'Placeholder', attr: { shape: [-1, 4, 6, 2] } }
  const constant = (name: string, value: Tensor): readonly [GraphNode, StoredWeight] => {
    const bytes = new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength)
    return [
      { name, op: 'Const' },
      { name, shape: value.shape, dtype: value.dtype, bytes },
    ]
  }
  const counting = (...shape: readonly number[]): Tensor => {
    const count = shape.reduce((a, b) => a * b, 1)
    return tensor(
      shape,
      Float32Array.from({ length: count }, (_, i) => (i % 7) - 3),
    )
  }
  const ints = (...values: readonly number[]): Tensor => tensor([values.length], Int32Array.from(values))

  async function read(node: Omit<GraphNode, 'name'>, constants: Readonly<Record<string, Tensor>> = {}): Promise<Model> {
    const entries = Object.entries(constants).map(([name, value]) => constant(name, value))
    const nodes = [
      { ...node, name: 'it', input: ['x', ...Object.keys(constants), '^x'] },
      { name: 'out', op: 'Identity', input: ['it:0'] },
      input,
      ...entries.map(([entry]) => entry),
    ]
    return await readTfjs(tfjsFolder(graphModel(nodes), [entries.map(([, weight]) => weight)]).read)
  }

  const window = { strides: [1, 2, 1, 1], padding: 'SAME' }
  const conv = { filter: counting(3, 3, 2, 4) }
  const none = { top: 0, bottom: 0, left: 0, right: 0 }

  test('convolutions, bare and with what the converter fuses', async () => {
    const bare = await read({ op: 'Conv2D', attr: { ...window, dilations: [1, 1, 1, 1] } }, conv)
    expect(bare.graph.nodes.map(({ name }) => name)).toEqual(['x', 'it'])
    expect(bare.graph.nodes[1]).toMatchObject({
      shape: [1, 2, 6, 4],
      op: { kind: 'conv2d', strides: [2, 1], padding: { top: 0, bottom: 1, left: 1, right: 1 }, bias: null },
    })
    const attr = { ...window, fused_ops: ['BiasAdd', 'Relu6'] }
    const fused = await read({ op: '_FusedConv2D', attr }, { ...conv, bias: counting(4) })
    expect(fused.graph.nodes.map(({ name, op }) => `${name} ${opTitle(op)}`)).toEqual([
      'x input',
      'it/linear conv2d',
      'it relu6',
    ])
    expect(fused.params.get('it/bias')).toEqual(counting(4))
    expect(fused.params.get('it/weights')).toEqual(counting(3, 3, 2, 4))
  })

  test('explicit padding, groups, depthwise', async () => {
    const explicit = { strides: [1, 1, 1, 1], padding: 'EXPLICIT', explicit_paddings: [0, 0, 1, 2, 3, 4, 0, 0] }
    const grouped = await read({ op: 'Conv2D', attr: explicit }, { filter: counting(1, 1, 1, 4) })
    expect(grouped.graph.nodes[1]?.op).toMatchObject({ groups: 2, padding: { top: 1, bottom: 2, left: 3, right: 4 } })
    const attr = { strides: [1, 1, 1, 1], padding: 'VALID', fused_ops: ['BiasAdd'] }
    const filter = counting(3, 3, 2, 2)
    const depthwise = await read({ op: 'FusedDepthwiseConv2dNative', attr }, { filter, bias: counting(4) })
    expect(depthwise.graph.nodes[1]).toMatchObject({
      name: 'it',
      shape: [1, 2, 4, 4],
      op: { kind: 'depthwiseConv2d', multiplier: 2, padding: none, bias: 'it/bias' },
    })
  })

  test('batch norm, and constants for each channel', async () => {
    const statistics = { gamma: counting(2), beta: counting(2), mean: counting(2), variance: tensor([2], [1, 2]) }
    const norm = await read({ op: 'FusedBatchNormV3', attr: { epsilon: 0.25, is_training: false } }, statistics)
    expect(norm.graph.nodes[1]?.op).toMatchObject({ kind: 'batchNorm', epsilon: 0.25, gamma: 'it/gamma' })
    for (const [op, scale, offset] of [
      ['BiasAdd', [1, 1], [0.5, 3]],
      ['AddV2', [1, 1], [0.5, 3]],
      ['Sub', [1, 1], [-0.5, -3]],
      ['Mul', [0.5, 3], [0, 0]],
    ] as const) {
      const { graph } = await read({ op }, { c: tensor([2], [0.5, 3]) })
      expect(graph.nodes[1]?.op).toEqual({ kind: 'affine', scale, offset })
    }
  })

  test('pools, means, pads, shapes and activations', async () => {
    const pooling = { ksize: [1, 2, 3, 1], strides: [1, 2, 3, 1], padding: 'VALID' }
    const expected = [
      [await read({ op: 'AvgPool', attr: pooling }), { kind: 'averagePool', kernel: [2, 3], countPadding: false }],
      [await read({ op: 'MaxPool', attr: pooling }), { kind: 'maxPool', strides: [2, 3] }],
      [
        await read({ op: 'Mean', attr: { keep_dims: true } }, { axes: ints(1, -2) }),
        { kind: 'globalAveragePool', keepDims: true },
      ],
      [
        await read({ op: 'Pad' }, { pads: ints(0, 0, 1, 2, 3, 4, 0, 0) }),
        {
          kind: 'pad',
          pads: [
            [0, 0],
            [1, 2],
            [3, 4],
            [0, 0],
          ],
        },
      ],
      [await read({ op: 'Reshape' }, { shape: ints(-1, 48) }), { kind: 'reshape', target: [48] }],
      [await read({ op: 'Relu' }), relu],
      [await read({ op: 'Relu6' }), relu6],
      [await read({ op: 'Sigmoid' }), { kind: 'sigmoid' }],
      [await read({ op: 'Softmax' }), { kind: 'softmax' }],
    ] as const
    for (const [model, op] of expected) expect(model.graph.nodes.at(-1)?.op).toMatchObject(op)
  })

  test('arithmetic with a constant on either side, with values, and sums', async () => {
    const pixels = Array.from({ length: 48 }, (_, i) => (i % 9) - 4)
    const c = [0.5, 3]
    const constants = { c: tensor([2], Float32Array.from(c)) }
    const single = { c: tensor([], Float32Array.of(2)) }
    const left = (op: string): readonly GraphNode[] => [{ name: 'it', op, input: ['c', 'x'] }]
    const graph = async (nodes: readonly GraphNode[], given: Readonly<Record<string, Tensor>> = {}) => {
      const entries = Object.entries(given).map(([name, value]) => constant(name, value))
      const all = [input, ...nodes, ...entries.map(([entry]) => entry)]
      return await readTfjs(tfjsFolder(graphModel(all), [entries.map(([, weight]) => weight)]).read)
    }
    const pair = (op: string): readonly GraphNode[] => [
      { name: 'r', op: 'Relu', input: ['x'] },
      { name: 'it', op, input: ['x', 'r'] },
    ]
    const cases: readonly (readonly [Model, (x: number, c: number) => number])[] = [
      [await read({ op: 'RealDiv' }, constants), (x, k) => x / k],
      [await read({ op: 'Div' }, single), x => x / 2],
      [await read({ op: 'Sub' }, constants), (x, k) => x - k],
      [await graph(left('Sub'), constants), (x, k) => k - x],
      [await graph(left('AddV2'), constants), (x, k) => x + k],
      [await graph(left('Mul'), single), x => 2 * x],
      [await graph(left('RealDiv'), constants), (x, k) => k / x],
      [await read({ op: 'Maximum' }, constants), (x, k) => Math.max(x, k)],
      [await graph(left('Minimum'), constants), (x, k) => Math.min(x, k)],
      [await graph(pair('Sub')), x => x - Math.max(x, 0)],
      [await graph(pair('AddN')), x => x + Math.max(x, 0)],
      [await graph([{ name: 'it', op: 'AddN', input: ['x', 'x', 'x'] }]), x => 3 * x],
      [await read({ op: 'Neg' }), x => -x],
      [await read({ op: 'Maximum' }, single), x => Math.max(x, 2)],
      [await read({ op: 'Minimum' }, single), x => Math.min(x, 2)],
      [await read({ op: 'LeakyRelu', attr: { alpha: 0.1 } }), x => (x < 0 ? 0.1 * x : x)],
      [await read({ op: 'Prelu' }, { a: tensor([1, 1, 2], Float32Array.from(c)) }), (x, k) => (x < 0 ? k * x : x)],
      [await read({ op: 'Tanh' }), Math.tanh],
    ]
    for (const [n, [model, formula]] of cases.entries()) {
      const found = await run(model, pixels)
      const expected = pixels.map((x, i) => formula(x, c[i % 2] as number))
      for (const [i, value] of expected.entries()) expect(found[i], `case ${n}`).toBeCloseTo(value, 5)
    }
    await expect(graph(pair('RealDiv'))).rejects.toThrow(/a constant to divide by, found a computed value/)
  })

  test('casts of reals are nothing, those to integers are refused', async () => {
    const nodes = (type: unknown): unknown => {
      const json = graphModel([
        input,
        { name: 'it', op: 'Cast', input: ['x'] },
        { name: 'out', op: 'Relu', input: ['it'] },
      ]) as { modelTopology: { node: { attr: object }[] } }
      Object.assign(json.modelTopology.node[1]?.attr as object, { DstT: { type } })
      return json
    }
    const folder = (type: unknown) => tfjsFolder(nodes(type) as Record<string, unknown>, [])
    for (const type of ['DT_FLOAT', 'DT_HALF', 1]) {
      const model = await readTfjs(folder(type).read)
      expect(model.graph.nodes.map(({ name }) => name)).toEqual(['x', 'out'])
    }
    await expect(readTfjs(folder('DT_UINT8').read)).rejects.toThrow(/a cast to reals, found DT_UINT8/)
  })

  describe('shapes that the graph computes', () => {
    const flat = (...nodes: readonly GraphNode[]): readonly GraphNode[] => [
      input,
      ...nodes,
      { name: 'out', op: 'Reshape', input: ['x', 'target'] },
    ]
    const slice = { shrink_axis_mask: 1 }
    const integer = (attr: Readonly<Record<string, number>>) =>
      Object.fromEntries(Object.entries(attr).map(([key, value]) => [key, { i: `${value}` }]))
    const build = async (nodes: readonly GraphNode[], attrs: Readonly<Record<string, object>>): Promise<Model> => {
      const constants = Object.entries({
        zero: ints(0),
        one: ints(1),
        two: ints(2),
        four: ints(4),
        last: ints(-1),
        before: ints(-5),
        all: tensor([], Int32Array.of(-1)),
        half: tensor([], Int32Array.of(24)),
        axis: tensor([], Int32Array.of(0)),
        spatial: ints(1, 2, 3),
      }).map(([name, value]) => constant(name, value))
      const used = new Set(nodes.flatMap(node => node.input ?? []))
      const kept = constants.filter(([node]) => used.has(node.name))
      const json = graphModel([...nodes, ...kept.map(([node]) => node)]) as {
        modelTopology: { node: { name: string; attr: object }[] }
      }
      for (const node of json.modelTopology.node) Object.assign(node.attr, attrs[node.name])
      return await readTfjs(tfjsFolder(json, [kept.map(([, weight]) => weight)]).read)
    }
    const shape = { name: 'shape', op: 'Shape', input: ['x'] }
    const batch = { name: 'batch', op: 'StridedSlice', input: ['shape', 'zero', 'one', 'one'] }
    const pack = { name: 'target', op: 'Pack', input: ['batch', 'all'] }

    test('Shape, StridedSlice, Pack, Reshape', async () => {
      const model = await build(flat(shape, batch, pack), { batch: integer(slice) })
      expect(model.graph.nodes.map(({ name, op }) => `${name} ${opTitle(op)}`)).toEqual(['x input', 'out reshape'])
      expect(model.graph.nodes[1]?.shape).toEqual([1, 48])
    })

    test('slices with open ends, casts, concatenations, gathers, products', async () => {
      const nodes = flat(
        shape,
        { name: 'wide', op: 'Cast', input: ['shape'] },
        { name: 'head', op: 'StridedSlice', input: ['wide', 'zero', 'one', 'one'] },
        { name: 'rest', op: 'GatherV2', input: ['wide', 'spatial', 'axis'] },
        { name: 'count', op: 'Prod', input: ['rest', 'axis'] },
        { name: 'halved', op: 'FloorDiv', input: ['count', 'two'] },
        { name: 'doubled', op: 'Mul', input: ['halved', 'two'] },
        { name: 'row', op: 'Reshape', input: ['doubled', 'one'] },
        { name: 'target', op: 'ConcatV2', input: ['head', 'row', 'axis'] },
      )
      const attrs = {
        wide: { DstT: { type: 'DT_INT64' } },
        head: integer({ begin_mask: 1 }),
      }
      expect((await build(nodes, attrs)).graph.nodes[1]?.shape).toEqual([1, 48])
    })

    test('one number counted from the end, whatever the mask of the beginning says', async () => {
      const last = { name: 'last2', op: 'StridedSlice', input: ['shape', 'last', 'zero', 'one'] }
      const target = { name: 'target', op: 'Pack', input: ['batch', 'half', 'last2'] }
      const attrs = { batch: integer(slice), last2: integer({ ...slice, begin_mask: 1 }) }
      expect((await build(flat(shape, batch, last, target), attrs)).graph.nodes[1]?.shape).toEqual([1, 24, 2])
    })

    test('what is no slice, and constants without bound', async () => {
      for (const [from, found] of Object.entries({ four: '4', before: '-5' })) {
        const past = { ...batch, input: ['shape', from, 'one', 'one'] }
        await expect(build(flat(shape, past, pack), { batch: integer(slice) })).rejects.toThrow(
          `node "batch" (StridedSlice): expected an index below 4, found ${found}`,
        )
      }
      const doubled = Array.from({ length: 40 }, (_, n): GraphNode => {
        const from = n === 0 ? 'spatial' : `d${n - 1}`
        return { name: `d${n}`, op: 'ConcatV2', input: [from, from, 'axis'] }
      })
      await expect(build([input, ...doubled, { name: 'out', op: 'Relu', input: ['x'] }], {})).rejects.toThrow(
        /constants of at most 4096 numbers/,
      )
    })
  })

  test('a second output names the op it comes of', async () => {
    const nodes: readonly GraphNode[] = [
      input,
      { name: 'parts', op: 'Split', input: ['x', 'x'] },
      { name: 'out', op: 'Relu', input: ['parts:1'] },
    ]
    const reading = readTfjs(tfjsFolder(graphModel(nodes), []).read)
    await expect(reading).rejects.toThrow(UnsupportedOpError)
    await expect(reading).rejects.toThrow(/node "parts" \(Split\): expected a supported op, .* found output 1 of Split/)
  })

  test('a classifier, to its numbers', async () => {
    const [axes, axesWeight] = constant('axes', ints(1, 2))
    const [w, weight] = constant('w', counting(2, 3))
    const [c, bias] = constant('c', counting(3))
    const nodes = [
      input,
      axes,
      w,
      c,
      { name: 'mean', op: 'Mean', input: ['x', 'axes'], attr: { keep_dims: true } },
      { name: 'flat', op: 'Squeeze', input: ['mean'], attr: { squeeze_dims: [1, 2] } },
      { name: 'logits', op: '_FusedMatMul', input: ['flat', 'w', 'c'], attr: { fused_ops: ['BiasAdd'] } },
    ]
    const model = await readTfjs(tfjsFolder(graphModel(nodes), [[axesWeight, weight, bias]]).read)
    const pixels = Array.from({ length: 48 }, (_, i) => (i % 2 === 0 ? 1 : 2))
    // means 1 and 2; columns of [[-3, -2, -1], [0, 1, 2]], plus -3, -2, -1
    expect(await run(model, pixels)).toEqual(Float32Array.of(-6, -2, 2))
  })

  test('what is not supported, and graphs that are none', async () => {
    await expect(read({ op: 'Conv2D', attr: { ...window, data_format: 'NCHW' } }, conv)).rejects.toThrow(
      UnsupportedOpError,
    )
    for (const strides of [
      [2, 1, 1, 1],
      [1, 0, 1, 1],
      [1, 1, 0, 1],
      [1, 1, 1, 2],
    ]) {
      await expect(read({ op: 'Conv2D', attr: { ...window, strides } }, conv)).rejects.toThrow(
        `node "it" (Conv2D): expected strides of 1, height, width, 1, found ${strides}`,
      )
    }
    await expect(read({ op: 'BiasAdd', attr: { data_format: 'NCHW' } }, { bias: counting(2) })).rejects.toThrow(
      /node "it" \(BiasAdd\): expected data_format NHWC, found NCHW/,
    )
    await expect(read({ op: 'Elu' })).rejects.toThrow('node "it" (Elu): expected a supported op, found Elu')
    const attr = { ...window, fused_ops: ['BiasAdd', 'Elu'] }
    await expect(read({ op: '_FusedConv2D', attr }, { ...conv, bias: counting(4) })).rejects.toThrow(
      /fused ops BiasAdd/,
    )
    await expect(read({ op: 'MatMul', attr: { transpose_b: true } }, { w: counting(2, 2) })).rejects.toThrow(
      /transposed/,
    )
    await expect(read({ op: 'Reshape' }, { shape: ints(48) })).rejects.toThrow(/keeps the batch in front/)
    const folder = (nodes: readonly GraphNode[]) => readTfjs(tfjsFolder(graphModel(nodes), []).read)
    const circle = [input, { name: 'a', op: 'AddV2', input: ['x', 'b'] }, { name: 'b', op: 'Relu', input: ['a'] }]
    await expect(folder(circle)).rejects.toThrow('expected a graph without circles, found a circle')
    await expect(folder([{ name: 'a', op: 'Relu', input: ['nobody'] }])).rejects.toThrow(
      /among the nodes, found nobody/,
    )
    await expect(folder([input, input])).rejects.toThrow(/nodes of different names, found one name twice/)
    await expect(folder([input, { name: 'c', op: 'Const' }])).rejects.toThrow(/expected a weight of this name/)
    await expect(folder([input])).rejects.toThrow(FormatError)
  })
})
