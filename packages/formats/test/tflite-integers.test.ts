import {
  type Backend,
  createSession,
  graphFromJSON,
  graphToJSON,
  type Model,
  type Outputs,
  printGraph,
  type Tensor,
} from '@depthwise/core'
import { formatElements, opTitle, requireReals } from '@depthwise/core/backend'
import { reference, wasm } from '@depthwise/ops-cpu'
import * as tfl from '@depthwise/testing/files/tflite-writer'
import { describe, expect, test } from 'vitest'
import { readModel, readTFLite, writeModel, writeOnnx } from '../src/index.ts'
import { checkpoint, checkpoints, describeShared, recorded } from './tflite-shared.ts'

const quantized = [
  'v1Extractor',
  'v1Head',
  'v1Quarter128',
  'v1Quarter224',
  'v2Quant',
  'v2PerChannel',
  'vwwInt8',
] as const

const read = async (file: (typeof quantized)[number], arithmetic: 'integer' | 'real' = 'integer'): Promise<Model> =>
  readTFLite(checkpoint(file), { arithmetic })

const only = (outputs: Outputs): Tensor => Object.values(outputs)[0] as Tensor

describeShared('a quantised checkpoint read as what it is', () => {
  test.each(quantized)('%s keeps its integers, through JSON and the saved form', async file => {
    const model = await read(file)
    const { graph, params } = model
    for (const { op, dtype, quantization } of graph.nodes) {
      if (op.kind !== 'conv2d' && op.kind !== 'depthwiseConv2d') continue
      expect(['int8', 'uint8']).toContain(dtype)
      expect(quantization).toBeDefined()
      expect(params.get(op.weights)?.dtype).toBe(dtype)
      expect(params.get(op.bias ?? '')?.dtype).toBe('int32')
    }
    expect(graphFromJSON(JSON.parse(JSON.stringify(graphToJSON(graph))))).toEqual(graph)
    const saved = writeModel(model)
    const again = await readModel(saved)
    expect(again.graph).toEqual(graph)
    expect([...again.params]).toEqual([...params])
    expect(Buffer.compare(writeModel(again), saved)).toBe(0)
    expect(saved.length).toBeLessThan(1.2 * checkpoint(file).length)
  })

  test('says what it holds', async () => {
    const lines = printGraph((await read('v1Quarter128')).graph).split('\n')
    expect(lines[0]).toMatch(/1x128x128x3 +uint8 \(x - 128\) \* 0\.0078125 +input/)
    expect(lines[1]).toMatch(/1x64x64x8 +uint8 x \* 0\.0235285 +conv2d 3x3, .* bias/)
  })

  test.each([
    ['v1Quarter128', '128.u8'],
    ['vwwInt8', '96.i8'],
  ] as const)('%s answers every photo with the bytes of the recorded runtime', async (file, images) => {
    const { graph, params } = await read(file)
    const [input] = graph.nodes
    await using executable = await reference().compile(graph, params)
    for (const photo of ['bird', 'cat', 'parrot']) {
      const { data: ours, dtype } = only(
        await executable.run({ [input?.name as string]: recorded(`${photo}.${images}.input`) }),
      )
      expect(dtype).toBe(input?.dtype)
      expect([...ours], photo).toEqual([...recorded(`${checkpoints[file].split('/').at(-1)}.${photo}.output`)])
    }
  })

  test('is refused by a backend of reals, by the name of the node, and a session goes on to the next', async () => {
    const { graph, params } = await read('v1Quarter128')
    const [input] = graph.nodes
    const reals: Backend = {
      ...reference(),
      name: 'reals',
      async compile(graph) {
        requireReals(graph, 'reals')
        throw new Error('a quantized graph got through')
      },
    }
    await expect(reals.compile(graph, params)).rejects.toThrow(
      `node 0 "${input?.name}" (input): expected float32 values, the only ones that reals takes, found uint8 (x - 128)`,
    )
    await using session = await createSession(graph, params, { backends: [reals, wasm({ threads: 1 })] })
    expect(session.backend).toBe('wasm')
    expect(session.skipped).toMatchObject([{ backend: 'reals', reason: expect.stringContaining('float32 values') }])
  })

  test('is written as ONNX with its integers', async () => {
    const model = await read('v1Quarter128')
    expect(writeOnnx(model).length).toBeLessThan(1.2 * checkpoint('v1Quarter128').length)
  })
})

const u8 = (scale: number, zeroPoint = 0) => ({ type: 'u8', scale, zeroPoint }) as const
const i8 = (scale: number, zeroPoint = 0) => ({ type: 'i8', scale, zeroPoint }) as const

type Step = Omit<tfl.OperatorSpec, 'inputs' | 'outputs'> & { readonly out: Omit<tfl.TensorSpec, 'name'> }

/** A net without constants: every step reads the one before it. Its nodes as name, title and element type. */
async function sequence(input: Omit<tfl.TensorSpec, 'name'>, steps: readonly Step[]) {
  const tensors = [input, ...steps.map(step => step.out)].map((tensor, i) => ({ name: `t${i}`, ...tensor }))
  const operators = steps.map(({ out: _, ...operator }, i) => ({ ...operator, inputs: [i], outputs: [i + 1] }))
  const bytes = tfl.writeTFLite({ tensors, operators, inputs: [0], outputs: [steps.length] })
  const { graph } = await readTFLite(bytes, { arithmetic: 'integer' })
  return graph.nodes.map(node => `${node.name}: ${opTitle(node.op)} ${formatElements(node)}`)
}

describe('operators on stored integers', () => {
  test('move values as they are, and say how results of their own stand for reals', async () => {
    const shape = [1, 2, 2, 1]
    const pool = tfl.poolOptions(true, [2, 2], [1, 1])
    expect(
      await sequence({ shape, ...u8(0.5) }, [
        { op: 'MAX_POOL_2D', options: pool, out: { shape, ...u8(0.5) } },
        { op: 'AVERAGE_POOL_2D', options: pool, out: { shape, ...u8(0.5) } },
        { op: 'RESHAPE', options: tfl.reshapeOptions([1, 4]), out: { shape: [1, 4], ...u8(0.5) } },
        { op: 'LOGISTIC', out: { shape: [1, 4], ...u8(0.00390625) } },
        { op: 'SOFTMAX', options: tfl.softmaxOptions(), out: { shape: [1, 4], ...u8(0.00390625) } },
      ]),
    ).toEqual([
      't0: input uint8 x * 0.5',
      't1: maxPool uint8 x * 0.5',
      't2: averagePool uint8 x * 0.5',
      't3: reshape uint8 x * 0.5',
      't4: sigmoid uint8 x * 0.00390625',
      't5: softmax uint8 x * 0.00390625',
    ])
  })

  test('clamp only where an activation cuts into what is stored', async () => {
    const shape = [1, 2]
    expect(
      await sequence({ shape, ...i8(0.5, 0) }, [
        { op: 'RELU', out: { shape, ...i8(0.25, -128) } },
        { op: 'RELU6', out: { shape, ...i8(0.25, -128) } },
        { op: 'RELU', out: { shape, ...i8(0.25, -128) } },
      ]),
    ).toEqual(['t0: input int8 x * 0.5', 't1: quantize int8 (x + 128) * 0.25', 't3: relu6 int8 (x + 128) * 0.25'])
  })

  test('are QUANTIZE and DEQUANTIZE where the file has them', async () => {
    const shape = [1, 3]
    expect(
      await sequence({ shape }, [
        { op: 'QUANTIZE', out: { shape, ...i8(0.5, -128) } },
        { op: 'QUANTIZE', out: { shape, ...u8(0.5) } },
        { op: 'DEQUANTIZE', out: { shape } },
      ]),
    ).toEqual([
      't0: input float32',
      't1: quantize int8 (x + 128) * 0.5',
      't2: quantize uint8 x * 0.5',
      't3: dequantize float32',
    ])
  })

  test('compute in reals what has no quantized op, between dequantize and quantize', async () => {
    const shape = [1, 2]
    expect(
      await sequence({ shape, ...i8(0.5) }, [
        { op: 'LEAKY_RELU', options: tfl.leakyReluOptions(0.25), out: { shape, ...i8(0.25) } },
      ]),
    ).toEqual(
      [
        't0: input int8 x * 0.5',
        't1/relu: relu float32',
        't1/clamp: clamp float32',
        't1/affine: affine float32',
        't1/add: add float32',
        't1: quantize int8 x * 0.25',
      ]
        .toSpliced(1, 0, 't0/dequantize: dequantize float32')
        .toSpliced(3, 0, 't0/dequantize_1: dequantize float32'),
    )
  })

  test('take weights of any kind: real ones make the product real', async () => {
    const weights = { name: 'w', shape: [2, 2], data: [1, 2, 3, 4] }
    const tensors = [{ name: 'x', shape: [1, 2], ...u8(0.5) }, weights, { name: 'y', shape: [1, 2], ...u8(0.25) }]
    const operators = [{ op: 'FULLY_CONNECTED', inputs: [0, 1], outputs: [2], options: tfl.denseOptions() }] as const
    const bytes = (w: object) =>
      tfl.writeTFLite({ tensors: tensors.with(1, { ...weights, ...w }), operators, inputs: [0], outputs: [2] })
    const real = await readTFLite(bytes({}), { arithmetic: 'integer' })
    expect(real.graph.nodes.map(node => opTitle(node.op))).toEqual(['input', 'dequantize', 'dense', 'quantize'])
    const stored = await readTFLite(bytes(u8(0.01, 3)), { arithmetic: 'integer' })
    expect(stored.graph.nodes.map(node => opTitle(node.op))).toEqual(['input', 'dense'])
    expect(stored.params.get('y/weights')).toEqual({
      dtype: 'uint8',
      shape: [2, 2],
      data: Uint8Array.of(1, 3, 2, 4),
      quantization: { scale: Math.fround(0.01), zeroPoint: 3 },
    })
  })

  test('are read so by a known word alone', async () => {
    const tensors = [
      { name: 'x', shape: [1, 2], ...u8(0.5) },
      { name: 'y', shape: [1, 2], ...u8(0.5) },
    ]
    const operators = [{ op: 'RELU', inputs: [0], outputs: [1] }] as const
    const bytes = tfl.writeTFLite({ tensors, operators, inputs: [0], outputs: [1] })
    const refused = readTFLite(bytes, { arithmetic: 'int' as 'integer' })
    await expect(refused).rejects.toThrow('option arithmetic: expected real or integer, found "int"')
  })
})
