import {
  createSession,
  dequantized,
  type Graph,
  GraphBuilder,
  type Network,
  type Tensor,
  tensor,
  UnsupportedOpError,
} from '@depthwise/core'
import { elementCount, quantizeInto } from '@depthwise/core/backend'
import { reference } from '@depthwise/ops-cpu'
import { randomParams, randomReals } from '@depthwise/testing/random-params'
import { describe, expect, test } from 'vitest'
import { detectFormat, readTFLite, writeTFLite } from '../src/index.ts'
import { TFLiteFile } from '../src/tflite/file.ts'
import * as schema from '../src/tflite/schema.ts'
import { rootTable } from '../src/tflite/table.ts'
import { checkpoint, type checkpoints, describeShared } from './tflite-shared.ts'

const backends = [reference()]

/** Integers from 0 to 255 for every element of the inputs, by position. */
function pixels({ graph }: Network): readonly Uint8Array[] {
  const random = randomReals(1)
  const shapes = graph.nodes.filter(({ id }) => graph.inputs.includes(id)).map(({ shape }) => shape)
  return shapes.map(shape => Uint8Array.from({ length: elementCount(shape) }, () => 256 * random()))
}

/** What a network computes of them, by position: readers may name outputs anew, and take bytes as the reals they are. */
async function answers(
  { graph, params }: Network,
  bytes: readonly Uint8Array[],
  isBytes: boolean,
): Promise<readonly Tensor[]> {
  const nodes = graph.nodes.filter(({ id }) => graph.inputs.includes(id))
  const inputs = nodes.map(({ name, dtype }, i) => {
    const data = bytes[i] as Uint8Array
    return [name, dtype === 'float32' ? Float32Array.from(data, value => (isBytes ? value : value / 128 - 1)) : data]
  })
  await using session = await createSession(graph, params, { backends })
  const outputs = await session.run(Object.fromEntries(inputs))
  return graph.outputs.map(id => outputs[graph.nodes.find(node => node.id === id)?.name as string] as Tensor)
}

async function expectSame(network: Network, max: number): Promise<void> {
  const again = await readTFLite(writeTFLite(network), { arithmetic: 'integer' })
  const inputs = pixels(network)
  const isBytes = network.graph.nodes[0]?.dtype === 'uint8'
  const [before, after] = [await answers(network, inputs, isBytes), await answers(again, inputs, isBytes)]
  for (const [i, { shape, data }] of before.entries()) {
    const found = after[i] as Tensor
    expect(found.shape).toEqual(shape)
    const furthest = dequantized(found).data.reduce((most, value, j) => Math.max(most, Math.abs(value - data[j]!)), 0)
    expect(furthest).toBeLessThanOrEqual(max * Math.max(1, ...data.map(Math.abs)))
  }
}

const made = (body: (b: GraphBuilder) => ReturnType<GraphBuilder['input']>): Network => {
  const b = new GraphBuilder()
  const graph = b.build([body(b)])
  return { graph, params: randomParams(graph) }
}

/** Operators of a file, with the versions that their codes state. */
function versions(bytes: Uint8Array): Readonly<Record<string, number>> {
  const codes = rootTable(bytes, schema.modelSchema, 'TFL3').tables('operator_codes', schema.operatorCodeSchema)
  const operators = [...new TFLiteFile(bytes).operators()]
  return Object.fromEntries(
    operators.map(({ name, table }) => [name, codes.at(table.uint32('opcode_index')).int32('version')]),
  )
}

describe('a network of reals as a TFLite file', () => {
  test.each<[string, (b: GraphBuilder) => ReturnType<GraphBuilder['input']>]>([
    [
      'SAME, VALID and other padding',
      b => {
        const x = b.input([1, 9, 7, 3])
        const same = b.conv2d(x, { filters: 4, kernel: 3, strides: 2 })
        const odd = b.depthwiseConv2d(same, { kernel: 3, padding: { top: 2, bottom: 0, left: 1, right: 1 } })
        return b.averagePool(b.maxPool(odd, { kernel: 2, padding: 'valid' }), { kernel: 2 })
      },
    ],
    [
      'groups, dilation and multipliers',
      b => {
        const grouped = b.conv2d(b.input([1, 8, 8, 4]), { filters: 6, kernel: 3, groups: 2, bias: false })
        return b.depthwiseConv2d(grouped, { kernel: 3, multiplier: 2, dilations: 2 })
      },
    ],
    [
      'batch norm, affine and bytes of an image',
      b => {
        const x = b.affine(b.input([1, 5, 5, 3], { dtype: 'uint8' }), { scale: [0.1, 0.2, 0.3], offset: [1, 0, -1] })
        return b.batchNorm(x)
      },
    ],
    [
      'clamps of all kinds',
      b => {
        const x = b.conv2d(b.input([1, 4, 4, 2]), { filters: 3, kernel: 1 })
        const low = b.clamp(b.clamp(x, { min: -Infinity, max: 0.5 }), { min: -0.25, max: Infinity })
        return b.clamp(b.clamp(b.relu6(b.relu(low)), { min: -1, max: 1 }), { min: 0.1, max: 0.3 })
      },
    ],
    [
      'arithmetic, squeeze and excitation',
      b => {
        const x = b.hardSwish(b.conv2d(b.input([1, 4, 4, 2]), { filters: 3, kernel: 1 }))
        const gate = b.sigmoid(b.conv2d(b.globalAveragePool(x, { keepDims: true }), { filters: 3, kernel: 1 }))
        return b.sub(b.mul(x, gate), b.add(gate, x))
      },
    ],
    [
      'padding by values, concatenation, dropout and a classifier',
      b => {
        const x = b.input([1, 4, 4, 2])
        const padded = b.pad(
          b.pad(x, { top: 1, bottom: 0, left: 0, right: 2 }),
          { top: 0, bottom: 1, left: 1, right: 0 },
          { value: -2 },
        )
        const joined = b.concat([padded, padded], 3)
        return b.softmax(b.dense(b.dropout(b.flatten(joined), 0.5), { units: 5 }))
      },
    ],
  ])('%s', async (_, body) => {
    await expectSame(made(body), 1e-5)
  })

  test('residuals and hard swish that are fused become operators of their own', async () => {
    const network = made(b => {
      const x = b.conv2d(b.input([1, 4, 4, 3]), { filters: 3, kernel: 1, name: 'a' })
      return b.add(x, b.conv2d(x, { filters: 3, kernel: 3, name: 'b' }), { name: 'sum' })
    })
    const [input, a, convolution, sum] = network.graph.nodes as Graph['nodes'] & { readonly length: 4 }
    const fused = {
      ...(sum as typeof convolution),
      op: { ...(convolution?.op as object), residual: true, activation: { kind: 'hardSwish' } },
      inputs: [1, 1],
    }
    const graph = { ...network.graph, nodes: [input, a, fused] } as Graph
    await expectSame({ graph, params: network.params }, 1e-5)
  })

  test('states the format, aligns what kernels read, and is the same every time', () => {
    const network = made(b =>
      b.dense(b.flatten(b.conv2d(b.input([1, 5, 5, 3]), { filters: 5, kernel: 3 })), { units: 3 }),
    )
    const file = writeTFLite(network)
    expect(detectFormat(file)).toBe('tflite')
    expect(Buffer.compare(writeTFLite(network), file)).toBe(0)
    const buffers = rootTable(file, schema.modelSchema, 'TFL3').tables('buffers', schema.bufferSchema)
    expect(buffers.at(0).bytes('data')).toHaveLength(0)
    for (let i = 1; i < buffers.length; i++) {
      const { byteOffset, length } = buffers.at(i).bytes('data')
      expect((byteOffset - file.byteOffset) % 16).toBe(0)
      expect(length).toBeGreaterThan(0)
    }
  })

  test('may be made for another batch', async () => {
    const network = made(b => b.dense(b.input([1, 4]), { units: 2 }))
    const { graph } = await readTFLite(writeTFLite(network, { batch: 3 }))
    expect(graph.nodes.map(({ shape }) => shape)).toEqual([
      [3, 4],
      [3, 2],
    ])
  })

  test('a pool whose padding no operator has is refused by its name', () => {
    const padding = { top: 2, bottom: 0, left: 0, right: 0 }
    const network = made(b => b.maxPool(b.input([1, 6, 6, 1]), { name: 'pool', kernel: 3, padding }))
    expect(() => writeTFLite(network)).toThrow(UnsupportedOpError)
    expect(() => writeTFLite(network)).toThrow('node 1 "pool" (maxPool): expected padding SAME or VALID, found 2,0,0,0')
  })
})

describe('a quantized network as a TFLite file', () => {
  const int8 = (scale: number, zeroPoint: number) =>
    ({ dtype: 'int8', quantization: { scale: Math.fround(scale), zeroPoint } }) as const

  /** Every quantized op once, as `readTFLite` reads them. */
  function everyOp(): Network {
    const b = new GraphBuilder()
    const x = b.input([1, 8, 8, 3], {
      name: 'x',
      elements: { dtype: 'uint8', quantization: { scale: 1 / 128, zeroPoint: 128 } },
    })
    const q = b.quantize(x, int8(1 / 128, 0), { name: 'q' })
    const c = b.conv2d(q, { name: 'c', filters: 4, kernel: 3, strides: 2, elements: int8(0.05, -20) })
    const d = b.depthwiseConv2d(c, { name: 'd', kernel: 3, elements: int8(0.03, 3) })
    const sum = b.add(c, d, { name: 'sum', elements: int8(0.06, 1) })
    const clamped = b.relu6(sum, { name: 'clamped', elements: int8(0.05, -100) })
    const padded = b.pad(clamped, { top: 1, bottom: 1, left: 0, right: 0 }, { name: 'padded' })
    const pooled = b.averagePool(b.maxPool(padded, { name: 'max', kernel: 2 }), {
      name: 'average',
      kernel: 2,
      elements: int8(0.05, -100),
    })
    const gate = b.sigmoid(pooled, { name: 'gate', elements: int8(1 / 256, -128) })
    const scaled = b.mul(pooled, gate, { name: 'scaled', elements: int8(0.04, -128) })
    const swish = b.hardSwish(scaled, { name: 'swish', elements: int8(0.04, -120) })
    const joined = b.concat([swish, b.add(swish, swish, { name: 'twice', elements: int8(0.04, -120) })], 3, {
      name: 'joined',
      elements: int8(0.04, -120),
    })
    const mean = b.globalAveragePool(joined, { name: 'mean', elements: int8(0.02, -128) })
    const row = b.reshape(mean, [8], { name: 'row' })
    const logits = b.dense(row, { name: 'logits', units: 5, elements: int8(0.1, 4) })
    const p = b.softmax(logits, { name: 'p', elements: int8(1 / 256, -128) })
    const graph = b.build([b.dequantize(p, { name: 'y' })])
    return { graph, params: storedParams(graph) }
  }

  /** Random parameters as integers, a scale for each output. */
  function storedParams(graph: Graph): Map<string, Tensor> {
    const params = new Map<string, Tensor>()
    const axes = { conv2d: 3, depthwiseConv2d: 2, dense: 1 } as const
    const inReals = { ...graph, nodes: graph.nodes.map(({ quantization: _, ...node }) => node) }
    for (const [name, { shape, data }] of randomParams(inReals)) {
      const node = graph.nodes.find(each => name.startsWith(`${each.name}/`))
      if (name.endsWith('bias')) {
        params.set(
          name,
          tensor(
            shape,
            Int32Array.from(data, value => 1000 * value),
          ),
        )
        continue
      }
      const axis = axes[node?.op.kind as keyof typeof axes]
      const scale = Array.from({ length: elementCount(shape.slice(axis)) }, (_, c) => Math.fround(0.01 + c / 1000))
      const quantization = { scale, zeroPoint: scale.map(() => 0), axis }
      const stored = new Int8Array(data.length)
      quantizeInto(data, { dtype: 'int8', quantization }, stored)
      params.set(name, { ...tensor(shape, stored), quantization })
    }
    return params
  }

  test('is read back as the same graph with the same integers', async () => {
    const { graph, params } = everyOp()
    const again = await readTFLite(writeTFLite({ graph, params }), { arithmetic: 'integer' })
    expect(again.graph).toEqual(graph)
    expect([...again.params].toSorted()).toEqual([...params].toSorted())
    expect(again.metadata.inputQuantization).toEqual({ x: { scale: 1 / 128, zeroPoint: 128 } })
  })

  test('states the versions that have int8', () => {
    expect(versions(writeTFLite(everyOp()))).toEqual({
      QUANTIZE: 1,
      CONV_2D: 3,
      DEPTHWISE_CONV_2D: 3,
      ADD: 2,
      RELU6: 2,
      PAD: 2,
      MAX_POOL_2D: 2,
      AVERAGE_POOL_2D: 2,
      LOGISTIC: 2,
      MUL: 2,
      HARD_SWISH: 1,
      CONCATENATION: 2,
      MEAN: 2,
      RESHAPE: 1,
      FULLY_CONNECTED: 4,
      SOFTMAX: 2,
      DEQUANTIZE: 2,
    })
  })

  test('clamps to bounds that no activation has, in integers', async () => {
    const b = new GraphBuilder()
    const x = b.input([1, 16], { name: 'x', elements: int8(0.1, 0) })
    const y = b.clamp(x, { min: -1, max: 2 }, { name: 'y', elements: int8(0.05, 10) })
    const graph = b.build([b.dequantize(y, { name: 'z' })])
    const again = await readTFLite(writeTFLite({ graph, params: new Map() }), { arithmetic: 'integer' })
    const data = Int8Array.from({ length: 16 }, (_, i) => 8 * i - 64)
    const run = async ({ graph, params }: Network): Promise<Tensor> => {
      await using session = await createSession(graph, params, { backends })
      return (await session.run({ x: data }))['z'] as Tensor
    }
    expect((await run(again)).data).toEqual((await run({ graph, params: new Map() })).data)
  })
})

describeShared('quantised checkpoints', () => {
  test.each([
    'v2PerChannel',
    'v2Quant',
    'v1Quarter128',
    'vwwInt8',
    'v1Extractor',
    'v1Head',
  ] as const satisfies readonly (keyof typeof checkpoints)[])('%s comes back as it was', async file => {
    const model = await readTFLite(checkpoint(file), { arithmetic: 'integer' })
    const again = await readTFLite(writeTFLite(model), { arithmetic: 'integer' })
    expect(again.graph).toEqual(model.graph)
    expect([...again.params]).toEqual([...model.params])
  })
})
