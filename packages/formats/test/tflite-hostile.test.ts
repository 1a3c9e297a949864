import { UnsupportedOpError } from '@depthwise/core'
import { encode, i8, i32, type Part, table, text, vector } from '@depthwise/testing/files/tflite-encoder'
import * as tfl from '@depthwise/testing/files/tflite-writer'
import { describe, expect, test } from 'vitest'
import { readTFLite } from '../src/index.ts'
import { cpuMilliseconds } from './cpu-time.ts'
import { patched, sound, spoilt, subgraphs } from './tflite-sound.ts'

describe('buffers', () => {
  test('a buffer out of range', async () => {
    await expect(spoilt({ 1: { buffer: 77 } })).rejects.toThrow(
      /Tensor\.buffer of the table .* expected a buffer index below 2, found 77/,
    )
    await expect(spoilt({ 1: { buffer: -1 } })).rejects.toThrow(/found 4294967295/)
  })

  test('missing buffers', async () => {
    await expect(spoilt({ 1: { buffer: 0 } })).rejects.toThrow(
      'operator 0 (CONV_2D): expected data in operand 1, found tensor 1 "weights" without any',
    )
    await expect(spoilt({ 3: { type: 'f32', data: [1, 2] } })).rejects.toThrow(
      /an output that nothing else provides, found tensor 3/,
    )
  })

  test('a buffer of another length than the shape asks for', async () => {
    await expect(spoilt({ 2: { data: [1, 2, 3] } })).rejects.toThrow(
      'operator 0 (CONV_2D), tensor 2 "bias": expected 8 bytes for INT32 2, found a buffer of 12',
    )
  })
})

describe('quantization', () => {
  test('scales that are no scales, zero points that are none', async () => {
    for (const scale of [0, -1, Number.NaN, Infinity])
      await expect(spoilt({ 0: { scale } })).rejects.toThrow(/positive finite scales/)
    await expect(spoilt({ 0: { zeroPoint: 256 } })).rejects.toThrow(/expected a zero point from 0 to 255, found 256/)
    await expect(spoilt({ 0: { zeroPoint: [] } })).rejects.toThrow(/expected an integer a scale, found 0 for 1 scales/)
  })

  test('more scales than channels, scales along no axis, a scale a channel of an activation', async () => {
    await expect(spoilt({ 1: { scale: [1, 2, 3] } })).rejects.toThrow(
      /one for each index along axis 0 of 2x1x1x1, found 3 scales/,
    )
    await expect(spoilt({ 1: { axis: 9 } })).rejects.toThrow(/along axis 9/)
    await expect(spoilt({ 3: { scale: [1, 2], axis: 3 } })).rejects.toThrow(
      /operator 0 \(CONV_2D\), tensor 3 "logits": expected one scale/,
    )
    await expect(spoilt({ 0: { scale: [1, 2], axis: 1 } })).rejects.toThrow(
      /subgraph inputs, tensor 0 "input": expected one scale/,
    )
    await expect(spoilt({ 0: { scale: [] } })).rejects.toThrow(
      'operator 0 (CONV_2D): expected an operand 0 of FLOAT32, or with a scale, found tensor 0 "input", bare UINT8',
    )
  })
})

describe('networks that are not imported', () => {
  const unsupported = async (read: () => Promise<unknown>, message: string | RegExp): Promise<void> => {
    await expect(read).rejects.toThrow(UnsupportedOpError)
    await expect(read).rejects.toThrow(message)
  }

  test('several subgraphs', async () => {
    await unsupported(spoilt({}, { subgraphs: 2 }), /Model\.subgraphs .* expected one subgraph, found 2/)
  })

  test('other operators, by their names', async () => {
    const only = (operator: Partial<tfl.OperatorSpec>) =>
      spoilt({}, { operators: [{ op: 'RELU', inputs: [0], outputs: [4], ...operator }] })
    await unsupported(only({ op: 'TANH' }), 'operator 0 (TANH): expected a supported operator, found TANH')
    await unsupported(only({ op: 'MIRROR_PAD' }), /operator 0 \(MIRROR_PAD\)/)
    await unsupported(
      only({ op: 'CUSTOM', customCode: 'MyOp' }),
      'operator 0 (CUSTOM MyOp): expected a supported operator',
    )
  })

  test.each([
    ['SPLIT', 'SPLIT', null],
    ['UNPACK', 'UNPACK', null],
    ['TOPK_V2', 'TOPK_V2', null],
    ['CUSTOM TFLite_Detection_PostProcess', 'CUSTOM', 'TFLite_Detection_PostProcess'],
  ] as const)('%s by its name where a reader takes one of its later results', async (name, op, customCode) => {
    const several = { op, inputs: [0], outputs: [3, 4], ...(customCode && { customCode }) }
    const tensors = [...sound.tensors, { name: 'end', shape: [1, 2, 2, 2] }]
    const operators = [several, { op: 'LOGISTIC', inputs: [4], outputs: [5] } as const]
    const read = spoilt({}, { tensors, operators, outputs: [5] })
    await unsupported(read, `operator 0 (${name}): expected a supported operator, found ${name}`)
  })

  test('other types of tensors', async () => {
    await unsupported(
      spoilt({ 0: { type: 'i16' } }),
      /tensor 0 "input": expected FLOAT32, UINT8 or INT8 values, found INT16/,
    )
    await unsupported(spoilt({ 3: { type: 'i64' } }), /operator 0 \(CONV_2D\), tensor 3 "logits": .* found INT64/)
    await unsupported(spoilt({ 1: { type: 'i16' } }), /operator 0 \(CONV_2D\), tensor 1 "weights": .* found INT16/)
    await unsupported(spoilt({ 3: { isVariable: true } }), /found a variable/)
  })

  test('inputs whose height and width are open', async () => {
    await unsupported(
      spoilt({ 0: { shape: [1, 1, 1, 1], signature: [-1, -1, -1, 1] } }),
      'tensor 0 "input": expected no extent left open but the batch (set option inputShapes["input"]), found [-1,-1,-1,1]',
    )
    // The interpreter runs such a file at the size it states.
    await expect(spoilt({ 0: { signature: [-1, -1, -1, 1] } })()).resolves.toBeDefined()
    await expect(spoilt({ 0: { signature: [-1, 2, 2, 1] } })()).resolves.toBeDefined()
  })
})

describe('graphs that are none', () => {
  const operators = (...list: Partial<tfl.OperatorSpec>[]) =>
    spoilt({}, { operators: list.map((change, i) => ({ ...(sound.operators[i] as tfl.OperatorSpec), ...change })) })

  test('operands that nothing has computed, outputs that nothing computes', async () => {
    await expect(operators({ inputs: [3, 1, 2] })).rejects.toThrow(
      'operator 0 (CONV_2D): expected operand 0 computed by an operator before it, found tensor 3 "logits", which has no data',
    )
    await expect(operators({})).rejects.toThrow(
      /tensor 4 "output": expected an operator that computes this output, found none/,
    )
  })

  test('indices of no tensor, of no operator code', async () => {
    await expect(operators({ inputs: [5, 1, 2] })).rejects.toThrow(
      /^operator 0 \(CONV_2D\), operand: expected a tensor index below 5/,
    )
    await expect(operators({ inputs: [0, -7, 2] })).rejects.toThrow(/found -7/)
    await expect(spoilt({}, { inputs: [9] })).rejects.toThrow(/expected a tensor index below 5, found 9/)
    await expect(
      patched((view, root) => view.setUint32(root.element(subgraphs, 0).element(3, 1).field(0), 8, true)),
    ).rejects.toThrow(/Operator\.opcode_index of the table .* expected an index below 2, found 8/)
  })

  test('two writers of one tensor, one input twice, no output', async () => {
    await expect(operators({}, { outputs: [3] })).rejects.toThrow(
      'operator 1 (SOFTMAX): expected an output that nothing else provides',
    )
    await expect(operators({}, { outputs: [] })).rejects.toThrow('operator 1 (SOFTMAX): expected one output, found 0')
    await expect(spoilt({}, { inputs: [0, 0] })).rejects.toThrow(
      /SubGraph\.inputs .* each once, found one of them twice/,
    )
    await expect(spoilt({}, { outputs: [] })).rejects.toThrow(
      /SubGraph\.outputs .* at least one tensor, each once, found none/,
    )
  })

  test('too few operands, too many, options of another operator', async () => {
    await expect(operators({ inputs: [0] })).rejects.toThrow('operator 0 (CONV_2D): expected 2 to 3 operands, found 1')
    await expect(operators({}, { inputs: [3, 3] })).rejects.toThrow(
      'operator 1 (SOFTMAX): expected 1 to 1 operands, found 2',
    )
    await expect(operators({ options: tfl.softmaxOptions() })).rejects.toThrow(
      'operator 0 (CONV_2D): expected Conv2DOptions (member 1 of its union), found member 9',
    )
  })

  test('shapes that do not follow from one another', async () => {
    await expect(spoilt({ 3: { shape: [1, 2, 2, 3] } })).rejects.toThrow(
      'operator 0 (CONV_2D): expected [1,2,2,2] as the shape of tensor 3 "logits", found [1,2,2,3]',
    )
    await expect(spoilt({ 0: { shape: [1, 2, 2, 3] }, 1: { shape: [1, 1, 1, 2], scale: 1 } })).rejects.toThrow(
      'operator 0 (CONV_2D): expected filters whose depth divides 3, found 2',
    )
    await expect(spoilt({ 2: { shape: [1, 1] } })).rejects.toThrow(/tensor 2 "bias"|a bias of 2/)
  })
})

describe('parts that are shared over and over', () => {
  const ints = (values: readonly number[]): Part => vector(values.map(i32))
  const codes = (code: number): Part => vector([table(i8(code), null, i32(1), i32(code))])
  const model = (subgraph: Part, code: number): Uint8Array =>
    encode(table(i32(3), codes(code), vector([subgraph]), text(''), vector([table()])), 'TFL3')

  async function refusal(bytes: Uint8Array): Promise<number> {
    const message = /expected a file whose parts are read about once each/
    return cpuMilliseconds(async () => expect(readTFLite(bytes)).rejects.toThrow(message))
  }

  test('one long list of operands, read by every operator', async () => {
    const count = 5000
    const tensor = table(ints([1, 2]), i8(0), i32(0))
    const operands = ints(new Array(50_000).fill(0))
    const options = table(i32(1), i8(0))
    const operators = Array.from({ length: count }, (_, i) => table(i32(0), operands, ints([i + 1]), i8(10), options))
    // Results of a shape left blank: their sizes are not looked at, only their operands.
    const blank = table(null, i8(0), i32(0))
    const tensors = vector([tensor, ...new Array(count).fill(blank)])
    const bytes = model(table(tensors, ints([0]), ints([1]), vector(operators)), tfl.codes.CONCATENATION)
    expect(await refusal(bytes)).toBeLessThan(1000)
  })

  test('one long name, borne by every tensor', async () => {
    const count = 5000
    const tensor = table(ints([1, 2]), i8(0), i32(0), text('x'.repeat(200_000)))
    const operators = Array.from({ length: count }, (_, i) => table(i32(0), ints([i]), ints([i + 1])))
    const tensors = vector(new Array(count + 1).fill(tensor))
    const bytes = model(table(tensors, ints([0]), ints([1]), vector(operators)), tfl.codes.RELU)
    expect(await refusal(bytes)).toBeLessThan(1000)
  })

  test('thousands of inputs, all of them joined, each looked at about once', async () => {
    const count = 4000
    const tensor = table(ints([1, 2, 2, 2]), i8(0), i32(0))
    const inputs = () => ints(Array.from({ length: count }, (_, i) => i))
    const options = table(i32(3), i8(0))
    const joined = table(ints([1, 2, 2, 2 * count]), i8(0), i32(0))
    const tensors = vector([...Array.from({ length: count }, () => ({ ...tensor })), joined])
    const operators = vector([table(i32(0), inputs(), ints([count]), i8(10), options)])
    const bytes = model(table(tensors, inputs(), ints([count]), operators), tfl.codes.CONCATENATION)
    const read = async () => expect((await readTFLite(bytes)).graph.nodes).toHaveLength(count + 1)
    expect(await cpuMilliseconds(read)).toBeLessThan(1000)
  })

  test('an axis more by every operator', async () => {
    const count = 3000
    const blank = table(null, i8(0), i32(0))
    const zero = table(ints([1]), i8(2), i32(1))
    const buffers = vector([table(), table({ kind: 'bytes', data: new Uint8Array(4), terminated: false })])
    const operators = Array.from({ length: count }, (_, i) => table(i32(0), ints([i, count + 1]), ints([i + 1])))
    const first = table(ints([1, 2]), i8(0), i32(0))
    const tensors = vector([first, ...Array.from({ length: count }, () => ({ ...blank })), zero])
    const subgraph = table(tensors, ints([0]), ints([count]), vector(operators))
    const bytes = encode(table(i32(3), codes(tfl.codes.EXPAND_DIMS), vector([subgraph]), text(''), buffers), 'TFL3')
    const read = async () =>
      expect(readTFLite(bytes)).rejects.toThrow(/EXPAND_DIMS\): expected at most 8 axes, found 9/)
    expect(await cpuMilliseconds(read)).toBeLessThan(1000)
  })

  test('a chain of thousands of operators is read all the same', async () => {
    const count = 5000
    const tensor = table(ints([1, 2]), i8(0), i32(0), text('x'))
    const operators = Array.from({ length: count }, (_, i) => table(i32(0), ints([i]), ints([i + 1])))
    const tensors = vector(Array.from({ length: count + 1 }, () => ({ ...tensor })))
    const bytes = model(table(tensors, ints([0]), ints([count]), vector(operators)), tfl.codes.LOGISTIC)
    const read = async () => expect((await readTFLite(bytes)).graph.nodes).toHaveLength(count + 1)
    expect(await cpuMilliseconds(read)).toBeLessThan(1000)
  })
})
