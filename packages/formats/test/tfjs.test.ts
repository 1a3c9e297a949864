import { FormatError, type Model, type Tensor, tensor, UnsupportedOpError } from '@depthwise/core'
import { describe, expect, test } from 'vitest'
import { readTfjs } from '../src/index.ts'
import { functional2, type LayerSpec, sequential } from './keras-configs.ts'
import { type GraphNode, graphModel, type StoredWeight, tfjsFolder } from './tfjs-folder.ts'
import { run } from './tflite-run.ts'

const image: LayerSpec = { className: 'InputLayer', name: 'x', config: { batch_input_shape: [null, 2] } }
const dense: LayerSpec = { className: 'Dense', name: 'a', config: { units: 2, use_bias: false }, inputs: [['x']] }
const kernel = (bytes: ArrayLike<number>, rest: Partial<StoredWeight> = {}): StoredWeight => ({
  name: 'a/kernel',
  shape: [2, 2],
  dtype: 'float32',
  bytes: Uint8Array.from(bytes),
  ...rest,
})
const floats = (...values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer)
const valuesOf = (model: Model): number[] => Array.from(model.params.get('a/weights')?.data ?? [])

describe('layers-models', () => {
  test('bare, wrapped as Keras wraps them, and in a sequence', async () => {
    const weights = [kernel(floats(1, 2, 3, 4))]
    for (const topology of [
      functional2([image, dense]),
      { keras_version: '2', model_config: functional2([image, dense]) },
      sequential([image, dense]),
    ]) {
      const model = await readTfjs(tfjsFolder({ modelTopology: topology }, [weights]).read)
      expect(await run(model, [1, 10])).toEqual(Float32Array.of(31, 42))
      expect(model.metadata.format).toBe('tfjs')
    }
  })

  test('weights in shards, whose borders run through numbers, and in groups', async () => {
    const bias: StoredWeight = { name: 'a/bias', shape: [2], dtype: 'float32', bytes: floats(0.5, 0.25) }
    const biased = { ...dense, config: { units: 2 } }
    const folder = tfjsFolder(
      { modelTopology: functional2([image, biased]) },
      [[kernel(floats(1, 2, 3, 4))], [bias]],
      5,
    )
    expect(folder.files.size).toBe(1 + 4 + 2)
    expect(await run(await readTfjs(folder.read), [1, 10])).toEqual(Float32Array.of(31.5, 42.25))
  })

  test('quantised weights: bytes, pairs of bytes, halves', async () => {
    const read = (weight: StoredWeight) =>
      readTfjs(tfjsFolder({ modelTopology: functional2([image, dense]) }, [[weight]]).read)
    const uint8 = kernel([0, 1, 128, 255], { quantization: { dtype: 'uint8', scale: 0.5, min: -64 } })
    expect(valuesOf(await read(uint8))).toEqual([-64, -63.5, 0, 63.5])
    const words = new Uint8Array(Uint16Array.of(0, 1, 256, 65535).buffer)
    const uint16 = kernel(words, { quantization: { dtype: 'uint16', scale: 2, min: 1 } })
    expect(valuesOf(await read(uint16))).toEqual([1, 3, 513, 131071])
    const halves = new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x3800, 0).buffer)
    expect(valuesOf(await read(kernel(halves, { quantization: { dtype: 'float16' } })))).toEqual([1, -2, 0.5, 0])
  })

  test('shapes of inputs and other fields in the spelling of code', async () => {
    const weights = [[kernel(floats(1, 2, 3, 4))]]
    const camel = sequential([
      { className: 'Dense', name: 'a', config: { units: 2, useBias: false, batchInputShape: [null, 2] } },
    ])
    const built = { class_name: 'Sequential', config: { layers: [], build_input_shape: [null, 2] } }
    Object.assign(built.config, {
      layers: [{ class_name: 'Dense', config: { name: 'a', units: 2, use_bias: false } }],
    })
    for (const modelTopology of [camel, built]) {
      const model = await readTfjs(tfjsFolder({ modelTopology: modelTopology as object }, weights).read)
      expect(await run(model, [1, 10])).toEqual(Float32Array.of(31, 42))
    }
  })

  test('files in the same folder, as downloads of TensorFlow.js name them', async () => {
    const { files } = tfjsFolder({ modelTopology: functional2([image, dense]) }, [[kernel(floats(1, 2, 3, 4))]])
    const json = new TextDecoder()
      .decode(files.get('model.json'))
      .replace('"group1-shard1.bin"', '"./group1-shard1.bin"')
    const asked: string[] = []
    const model = await readTfjs(async name => {
      asked.push(name)
      return name === 'model.json' ? new TextEncoder().encode(json) : (files.get(name) as Uint8Array)
    })
    expect(asked).toEqual(['model.json', 'group1-shard1.bin'])
    expect(valuesOf(model)).toEqual([1, 2, 3, 4])
  })

  test('names with scopes before them', async () => {
    for (const name of ['model/a/kernel', 'sequential/model/a/kernel']) {
      const weights = [[kernel(floats(1, 2, 3, 4), { name })]]
      const model = await readTfjs(tfjsFolder({ modelTopology: functional2([image, dense]) }, weights).read)
      expect(valuesOf(model)).toEqual([1, 2, 3, 4])
    }
  })
})

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
    expect(fused.graph.nodes.map(({ name, op }) => `${name} ${op.kind}`)).toEqual([
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
      expect(graph.nodes[1]?.op).toEqual({ kind: 'normalize', scale, offset })
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
      [await read({ op: 'Relu' }), { kind: 'relu' }],
      [await read({ op: 'Relu6' }), { kind: 'relu6' }],
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
    await expect(graph(left('RealDiv'), constants)).rejects.toThrow(/found a constant divided by a value/)
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
      expect(model.graph.nodes.map(({ name, op }) => `${name} ${op.kind}`)).toEqual(['x input', 'out reshape'])
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

describe('manifests that lie', () => {
  const topology = functional2([image, dense])
  const weight = kernel(floats(1, 2, 3, 4))
  const refused = async (json: unknown, message: string | RegExp): Promise<void> => {
    const { read, asked } = tfjsFolder(json as Record<string, unknown>, null)
    await expect(readTfjs(read)).rejects.toThrow(FormatError)
    await expect(readTfjs(read)).rejects.toThrow(message)
    expect(new Set(asked)).toEqual(new Set(['model.json']))
  }

  test('fields', async () => {
    await refused([], 'model.json: expected an object, found a list of 0')
    await refused({}, 'model.json, field weightsManifest: expected a list, found nothing')
    await refused({ weightsManifest: [] }, 'model.json, field modelTopology: expected an object, found nothing')
    await refused({ weightsManifest: [7] }, 'model.json, weights group 0: expected an object, found 7')
    const manifest = (fields: object, paths: readonly unknown[] = []) => ({
      modelTopology: topology,
      weightsManifest: [{ paths, weights: [{ name: 'w', shape: [1], dtype: 'float32', ...fields }] }],
    })
    await refused(manifest({ shape: [2 ** 20, 2 ** 20] }), /weight "w", field shape.*at most 2147483647 elements/)
    await refused(manifest({ shape: [-1] }), /field shape: expected an integer of at least 0, found -1/)
    await refused(manifest({ dtype: 'complex64' }), /field dtype: expected float32, .*, found "complex64"/)
    await refused(manifest({ dtype: 'constructor' }), /field dtype: expected float32/)
    await refused(manifest({ quantization: { dtype: 'int4' } }), /expected uint8, uint16 or float16, found "int4"/)
    await refused(
      manifest({ quantization: { dtype: 'uint8', scale: 'x' } }),
      /field scale: expected a number, found "x"/,
    )
    await refused(manifest({}, ['../weights.bin']), /field paths: expected the name of a file beside model.json/)
    await refused(manifest({}, ['./../weights.bin']), /expected the name of a file .* found ".\/..\/weights.bin"/)
    await refused(manifest({}, ['./']), /field paths: expected the name of a file beside model.json/)
    await refused(manifest({}, ['http://example.org/w']), /field paths: expected the name of a file/)
    await refused(manifest({}), /weight "w": expected 4 bytes in its group's files, found 0 left/)
  })

  test('errors call the file as it is called', async () => {
    const broken: readonly (readonly [object, RegExp])[] = [
      [{}, /^net\.json, field weightsManifest/],
      [{ weightsManifest: [7] }, /^net\.json, weights group 0/],
      [{ weightsManifest: [{ paths: [], weights: [{ name: 'w' }] }] }, /^net\.json, weight "w"/],
      [{ weightsManifest: [] }, /^net\.json, field modelTopology/],
      [graphModel([{ name: 'a', op: 'Elu' }]), /^net\.json, node "a"/],
    ]
    for (const [json, message] of broken) {
      const whole = { weightsManifest: [], ...json }
      const bytes = Buffer.from(JSON.stringify('weightsManifest' in json || 'modelTopology' in json ? whole : json))
      await expect(readTfjs(async () => bytes, { file: 'net.json' })).rejects.toThrow(message)
    }
  })

  test('the architecture that Keras writes beside its weights is named for what it is', async () => {
    const config = functional2([image, dense])
    for (const json of [
      config,
      JSON.stringify(config),
      { ...(config as object), keras_version: '2.15.0', backend: 'x' },
    ]) {
      const reading = readTfjs(async () => Buffer.from(JSON.stringify(json)), { file: 'arch.json' })
      await expect(reading).rejects.toThrow(
        /^arch\.json: expected the model\.json of a TensorFlow\.js folder, found the configuration of a Keras model, without weights: .* option architecture/,
      )
    }
  })

  test('files that are longer or shorter than their weights, one name twice', async () => {
    const read = (weights: readonly StoredWeight[]) => readTfjs(tfjsFolder({ modelTopology: topology }, [weights]).read)
    await expect(read([{ ...weight, bytes: floats(1, 2, 3) }])).rejects.toThrow(/expected 16 bytes .* found 12 left/)
    await expect(read([{ ...weight, bytes: floats(1, 2, 3, 4, 5) }])).rejects.toThrow(
      /expected 16 bytes in its files, found 20/,
    )
    await expect(read([weight, weight])).rejects.toThrow(/expected a name of its own/)
  })
})
