import { graphFromJSON, graphToJSON, type Node, type Tensor } from '@depthwise/core'
import type { PerTensorQuantization } from '@depthwise/core/backend'
import { reference, wasm } from '@depthwise/ops-cpu'
import { randomInputs } from '@depthwise/testing/agreement'
import { type FileSpec, floats, type NodeSpec, narrow, onnxFile, reals } from '@depthwise/testing/files/onnx-file'
import { sharedBytes } from '@depthwise/testing/shared-folder'
import { describe, expect, test } from 'vitest'
import { readModel, readOnnx, writeModel } from '../src/index.ts'
import { planar } from './onnx-agreement.ts'
import { image, onImage } from './onnx-image.ts'
import { runOnnx } from './onnx-runtime.ts'
import { expectWithinSteps, nodesOf } from './onnx-steps.ts'
import { describeShared } from './tflite-shared.ts'

// Networks of which some values are quantised and others are not.

const f = Math.fround
const spread = (count: number, min: number, max: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => min + ((i * 37 + 11) % (max - min + 1)))

const weightScales = [0.01, 0.008, 0.006, 0.01]
const constants = {
  xs: floats([2 / 255], []),
  xz: narrow('UINT8', [128], []),
  ys: floats([0.02], []),
  yz: narrow('UINT8', [120], []),
  zs: floats([0.01], []),
  zz: narrow('UINT8', [0], []),
  ps: floats([0.002], []),
  ts: floats([0.0001], []),
  tz: { dims: [], dataType: 4, int32Data: [32768] },
  w: narrow('INT8', spread(12, -64, 63), [4, 3, 1, 1]),
  ws: floats(weightScales),
  wz: narrow('INT8', [0, 0, 0, 0]),
  inputScales: floats([0.01, 0.02, 0.03]),
  inputZeros: narrow('INT8', [0, 0, 0]),
  b: narrow('INT32', [1000, -2000, 3000, 500]),
  bs: floats(weightScales.map(scale => f(f(2 / 255) * f(scale)))),
  wrong: floats([0.0001]),
  d: narrow('INT8', spread(4 * 9, -64, 63), [4, 1, 3, 3]),
  ds: floats([0.004, 0.005, 0.003, 0.004]),
  e: narrow('INT8', spread(16, -64, 63), [4, 4, 1, 1]),
  es: floats([0.012], []),
  m: narrow('INT8', spread(20, -64, 63), [4, 5]),
  ms: floats([0.01, 0.02, 0.01, 0.005, 0.01]),
  mz: narrow('INT8', [0, 0, 0, 0, 0]),
  fw: reals([4, 3, 1, 1], 1),
  fb: floats([0.1, -0.2, 0.3, 0.4]),
  k: floats([1, 2, 3], [3, 1, 1]),
}

type Pair = readonly [string, string]
const X: Pair = ['xs', 'xz']
const Y: Pair = ['ys', 'yz']
const Z: Pair = ['zs', 'zz']
const P: Pair = ['ps', 'yz']
const into = (name: string, by: Pair, output: string): NodeSpec => ['QuantizeLinear', [name, ...by], output]
const outOf = (name: string, by: Pair, output: string): NodeSpec => ['DequantizeLinear', [name, ...by], output]
const enter: readonly NodeSpec[] = [into('x', X, 'xq'), outOf('xq', X, 'xf')]
const weights: NodeSpec = ['DequantizeLinear', ['w', 'ws', 'wz'], 'wf', { axis: 0 }]
const bias: NodeSpec = ['DequantizeLinear', ['b', 'bs'], 'bf', { axis: 0 }]
const conv: NodeSpec = ['Conv', ['xf', 'wf', 'bf'], 'c']
const leave: readonly NodeSpec[] = [into('c', Y, 'q'), outOf('q', Y, 'y')]

const read = async (spec: FileSpec) => readOnnx(onnxFile(spec), { arithmetic: 'integer' })
const onReals = (...nodes: readonly NodeSpec[]): FileSpec => onImage(nodes, { constants })

describe('a small network', () => {
  const network = onReals(
    ...enter,
    weights,
    bias,
    conv,
    ['Relu', ['c'], 'r'],
    into('r', Z, 'rq'),
    outOf('rq', Z, 'rf'),
    ['DequantizeLinear', ['d', 'ds'], 'df', { axis: 0 }],
    ['Conv', ['rf', 'df'], 'c2', { group: 4, pads: [1, 1, 1, 1] }],
    into('c2', Y, 'c2q'),
    outOf('c2q', Y, 'c2f'),
    ['DequantizeLinear', ['e', 'es'], 'ef'],
    ['Conv', ['c2f', 'ef'], 'c3'],
    into('c3', Y, 'c3q'),
    outOf('c3q', Y, 'c3f'),
    outOf('c2q', Y, 'shortcut'),
    ['Add', ['shortcut', 'c3f'], 'a'],
    into('a', Y, 'aq'),
    outOf('aq', Y, 'af'),
    ['GlobalAveragePool', ['af'], 'p'],
    into('p', P, 'pq'),
    outOf('pq', P, 'pf'),
    ['Flatten', ['pf'], 'flat'],
    ['DequantizeLinear', ['m', 'ms', 'mz'], 'mf', { axis: 1 }],
    ['Gemm', ['flat', 'mf'], 'g'],
    into('g', P, 'gq'),
    outOf('gq', P, 'y'),
  )

  test('is one of quantised ops, under the names of their integers', async () => {
    const model = await read(network)
    expect(nodesOf(model)).toEqual([
      'xq: quantize uint8 (x - 128) * 0.00784314',
      'rq: conv2d uint8 x * 0.01',
      'c2q: depthwiseConv2d uint8 (x - 120) * 0.02',
      'c3q: conv2d uint8 (x - 120) * 0.02',
      'aq: add uint8 (x - 120) * 0.02',
      'pq: globalAveragePool uint8 (x - 120) * 0.002',
      'flat: reshape uint8 (x - 120) * 0.002',
      'gq: dense uint8 (x - 120) * 0.002',
      'y: dequantize float32',
    ])
    expect(model.metadata).toEqual({ format: 'onnx', name: 'test' })
    const { params } = model
    expect(params.get('rq/weights')).toMatchObject({
      dtype: 'int8',
      shape: [1, 1, 3, 4],
      quantization: { scale: weightScales.map(f), zeroPoint: [0, 0, 0, 0], axis: 3 },
    })
    expect(params.get('c2q/weights')).toMatchObject({ shape: [3, 3, 4, 1], quantization: { axis: 2 } })
    expect(params.get('gq/weights')).toMatchObject({ shape: [4, 5], quantization: { axis: 1 } })
    expect(params.get('rq/bias')).toEqual({ dtype: 'int32', shape: [4], data: Int32Array.of(1000, -2000, 3000, 500) })
  })

  test('goes through JSON and the saved form', async () => {
    const model = await read(network)
    const { graph, params } = model
    expect(graphFromJSON(JSON.parse(JSON.stringify(graphToJSON(graph))))).toEqual(graph)
    const saved = writeModel(model)
    const again = await readModel(saved)
    expect(again.graph).toEqual(graph)
    expect(again.params).toEqual(params)
    expect(Buffer.compare(writeModel(again), saved)).toBe(0)
  })

  test('computes what the runtime does, to two steps of its output', async () => {
    await expectWithinSteps(onImage(network.nodes, { constants, outputs: ['gq:UINT8'] }), 2)
  })
})

describeShared('a MobileNet that onnxruntime quantised', () => {
  const bytes = sharedBytes('cases/bytes-int8.onnx')

  test('is one of quantised ops between its ends', async () => {
    const { graph, params, metadata } = await readOnnx(bytes, { arithmetic: 'integer' })
    const inner = graph.nodes.filter(({ op }) => op.kind !== 'input' && op.kind !== 'dequantize')
    expect(inner.every(({ quantization }) => quantization !== undefined)).toBe(true)
    expect(metadata.realNodes).toBeUndefined()
    const weights = [...params.values()].reduce((sum, { data }) => sum + data.byteLength, 0)
    expect(weights).toBeLessThan(bytes.length / 2)
  })

  test('computes what the runtime does, to three steps of its output', async () => {
    const { graph, params } = await readOnnx(bytes, { arithmetic: 'integer' })
    const inputs = randomInputs({ graph, params }, 3)
    const { x } = inputs as { readonly x: Tensor }
    const { '87': theirs } = await runOnnx(bytes, { x: planar(x) }, 'disabled')
    const output = graph.nodes.find(({ name }) => name === '87_QuantizeLinear_Output') as Node
    const { scale } = output.quantization as PerTensorQuantization
    for (const backend of [reference(), wasm({ threads: 1 })]) {
      await using executable = await backend.compile(graph, params)
      const { '87': ours } = await executable.run(inputs)
      const steps = Array.from(ours?.data ?? [], (value, i) => Math.abs(value - (theirs?.data[i] as number)) / scale)
      expect(steps).toHaveLength(5)
      expect(Math.max(...steps), backend.name).toBeLessThan(3.01)
    }
  })
})

describe('what stays real', () => {
  test.each<[string, readonly NodeSpec[], readonly string[], Readonly<Record<string, string>>]>([
    [
      'a product whose bias has another scale',
      [...enter, weights, ['DequantizeLinear', ['b', 'wrong'], 'bf'], conv, ...leave],
      ['xq: quantize', 'xf: dequantize', 'c: conv2d', 'q: quantize', 'y: dequantize'],
      {
        c: `the scale of its bias, ${f(0.0001)}, is not that of its operand times that of its weights, ${f(2 / 255) * f(0.01)}`,
      },
    ],
    [
      'a product whose bias is of reals',
      [...enter, weights, ['Conv', ['xf', 'wf', 'fb'], 'c'], ...leave],
      ['xq: quantize', 'xf: dequantize', 'c: conv2d', 'q: quantize', 'y: dequantize'],
      { c: 'its bias is not stored as int32' },
    ],
    [
      'a product of real weights',
      [...enter, ['Conv', ['xf', 'fw'], 'c'], ...leave],
      ['xq: quantize', 'xf: dequantize', 'c: conv2d', 'q: quantize', 'y: dequantize'],
      { c: 'its weights are not bytes with scales for all, or for each output channel' },
    ],
    [
      'a product whose weights have scales for input channels',
      [
        ...enter,
        ['DequantizeLinear', ['w', 'inputScales', 'inputZeros'], 'wf', { axis: 1 }],
        ['Conv', ['xf', 'wf'], 'c'],
        ...leave,
      ],
      ['xq: quantize', 'xf: dequantize', 'c: conv2d', 'q: quantize', 'y: dequantize'],
      { c: 'its weights are not bytes with scales for all, or for each output channel' },
    ],
    [
      'a result that nothing quantizes',
      [...enter, weights, bias, ['Conv', ['xf', 'wf', 'bf'], 'y']],
      ['xq: quantize', 'xf: dequantize', 'y: conv2d'],
      { y: 'its result is not quantized' },
    ],
    [
      'a result of which reals are read too',
      [...enter, weights, bias, conv, into('c', Y, 'q'), outOf('q', Y, 'cf'), ['Add', ['c', 'cf'], 'y']],
      ['xq: quantize', 'xf: dequantize', 'c: conv2d', 'q: quantize', 'cf: dequantize', 'y: add'],
      { c: 'its result is not quantized', y: 'its operand "c" is real' },
    ],
    [
      'what has no quantized form',
      [...enter, ['Mul', ['xf', 'k'], 's'], into('s', Y, 'q'), outOf('q', Y, 'y')],
      ['xq: quantize', 'xf: dequantize', 's: affine', 'q: quantize', 'y: dequantize'],
      { s: 'affine has no quantized form' },
    ],
    [
      'a step on the way to an operator of integers',
      [
        into('x', X, 'xq'),
        ['com.microsoft.QLinearLeakyRelu', ['xq', ...X, ...Y], 'q', { alpha: { real: 0.2 } }],
        outOf('q', Y, 'y'),
      ],
      [
        'xq: quantize',
        'q/positive: relu',
        'q/negative: clamp',
        'q/negative/dequantize: dequantize',
        'q/leak: affine',
        'q/positive/dequantize: dequantize',
        'q/real: add',
        'q: quantize',
        'y: dequantize',
      ],
      { 'q/leak': 'affine has no quantized form', 'q/real': 'its operand "q/leak" is real' },
    ],
  ])('%s', async (_, nodes, expected, why) => {
    const model = await expectWithinSteps(onReals(...nodes), 4000)
    expect(nodesOf(model).map(words => words.split(' ').slice(0, 2).join(' '))).toEqual(expected)
    expect(model.metadata.realNodes).toEqual(why)
    expect((await readModel(writeModel(model))).metadata.realNodes).toEqual(why)
  })

  test('integers of 16 bits', async () => {
    const nodes = [into('x', ['ts', 'tz'], 'q'), outOf('q', ['ts', 'tz'], 'y')]
    const { graph, metadata } = await read(onReals(...nodes))
    expect(graph.nodes.every(({ dtype }) => dtype === 'float32')).toBe(true)
    expect(metadata.realNodes).toBeUndefined()
  })

  test('a network of which only weights are stored as integers: the same as without the option', async () => {
    const spec = onReals(weights, ['Conv', ['x', 'wf'], 'y'])
    const model = await read(spec)
    const { graph, params } = await readOnnx(onnxFile(spec))
    expect(model.graph).toEqual(graph)
    expect([...model.params]).toEqual([...params])
    expect(model.metadata).toEqual({ format: 'onnx', name: 'test' })
  })

  test('integers whose range the file measures', async () => {
    const nodes: readonly NodeSpec[] = [
      ['DynamicQuantizeLinear', ['x'], ['q', 'qs', 'qz']],
      ['ConvInteger', ['q', 'w', 'qz'], 'c'],
      ['Cast', ['c'], 'r', { to: 1 }],
      ['Mul', ['qs', 'es'], 's'],
      ['Mul', ['r', 's'], 'y'],
    ]
    const model = await read(onReals(...nodes))
    expect(nodesOf(model).map(words => words.split(' ')[1])).toEqual(['conv2d'])
  })

  test('a product of integers into integers of 32 bits', async () => {
    const nodes: readonly NodeSpec[] = [
      into('x', X, 'q'),
      ['ConvInteger', ['q', 'w', 'xz'], 'c'],
      ['Cast', ['c'], 'r', { to: 1 }],
      ['Mul', ['r', 'es'], 'y'],
    ]
    const model = await read(onReals(...nodes))
    expect(nodesOf(model).map(words => words.split(' ')[1])).toEqual(['quantize', 'dequantize', 'conv2d'])
    expect(model.metadata.realNodes).toEqual({ y: 'its result is not quantized' })
  })
})

describe('inputs and outputs', () => {
  const bytes = (nodes: readonly NodeSpec[], outputs: readonly string[]): FileSpec => ({
    inputs: { 'x:UINT8': image.x },
    outputs,
    constants,
    nodes,
  })

  test('one value quantised twice the same way is one value', async () => {
    const twice: readonly NodeSpec[] = [
      into('c', Y, 'q1'),
      outOf('q1', Y, 'f1'),
      into('c', Y, 'q2'),
      outOf('q2', Y, 'f2'),
      ['Add', ['f1', 'f2'], 'a'],
      into('a', Y, 'y'),
    ]
    const nodes = [outOf('x', X, 'xf'), weights, bias, conv, ...twice]
    const model = await expectWithinSteps(bytes(nodes, ['y:UINT8']))
    expect(nodesOf(model).map(words => words.split(' ')[1])).toEqual(['conv2d', 'add'])
    const named = await expectWithinSteps(bytes(nodes, ['q1:UINT8', 'q2:UINT8', 'y:UINT8']))
    expect(nodesOf(named).map(words => words.split(' ')[0])).toEqual(['q1:', 'y:', 'q2:'])
  })

  test('an output that is the integers of its input', async () => {
    const model = await expectWithinSteps(bytes([outOf('x', X, 'xf'), into('xf', X, 'y')], ['y:UINT8']))
    expect(nodesOf(model)).toEqual(['y: reshape uint8 (x - 128) * 0.00784314'])
  })

  test('outputs of integers and of the reals they stand for', async () => {
    const pool: NodeSpec = ['MaxPool', ['xf'], 'pooled', { kernel_shape: [2, 2] }]
    const nodes = [outOf('x', X, 'xf'), pool, into('pooled', X, 'q')]
    const model = await expectWithinSteps(bytes(nodes, ['pooled', 'q:UINT8']))
    expect(nodesOf(model)).toEqual(['q: maxPool uint8 (x - 128) * 0.00784314', 'pooled: dequantize float32'])
  })

  test('bytes that operators take by two scales stay bytes', async () => {
    const nodes = [outOf('x', X, 'f1'), outOf('x', Y, 'f2'), ['Add', ['f1', 'f2'], 'c'], into('c', Y, 'y')] as const
    const model = await expectWithinSteps(bytes(nodes, ['y:UINT8']))
    expect(model.graph.nodes[0]?.quantization).toBeUndefined()
    expect(model.metadata.inputQuantization).toBeUndefined()
    expect(model.metadata.realNodes).toMatchObject({ f1: 'affine has no quantized form' })
  })

  test('are read so by a known word alone', async () => {
    const refused = readOnnx(onnxFile(onReals(conv)), { arithmetic: 'int' as 'integer' })
    await expect(refused).rejects.toThrow('option arithmetic: expected real or integer, found "int"')
  })
})
