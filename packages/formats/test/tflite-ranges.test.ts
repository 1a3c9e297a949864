import type { Model } from '@depthwise/core'
import { clampTo, opTitle } from '@depthwise/core/backend'
import * as tfl from '@depthwise/testing/files/tflite-writer'
import { describe, expect, test } from 'vitest'
import { readTFLite } from '../src/index.ts'
import { run } from './tflite-run.ts'

const u8 = (scale: number, zeroPoint = 0) => ({ type: 'u8', scale, zeroPoint }) as const
const i8 = (scale: number, zeroPoint = 0) => ({ type: 'i8', scale, zeroPoint }) as const

type Step = Omit<tfl.OperatorSpec, 'inputs' | 'outputs'> & { readonly out: tfl.TensorSpec }

/** A net without constants: every step reads the one before it. */
async function sequence(input: tfl.TensorSpec, steps: readonly Step[]) {
  const tensors = [input, ...steps.map(step => step.out)].map((tensor, i) => ({ name: `t${i}`, ...tensor }))
  const operators = steps.map(({ out: _, ...operator }, i) => ({ ...operator, inputs: [i], outputs: [i + 1] }))
  return readTFLite(tfl.writeTFLite({ tensors, operators, inputs: [0], outputs: [steps.length] }), {
    arithmetic: 'real',
  })
}

const summary = ({ graph }: Model) => graph.nodes.map(node => [node.name, opTitle(node.op)])

/** A 1x1 convolution by 1 whose result is stored as told. */
async function convolution(stored: Partial<tfl.TensorSpec>, fused: number) {
  const tensors = [
    { name: 'in', shape: [1, 1, 1, 1], ...u8(1) },
    { name: 'w', shape: [1, 1, 1, 1], data: [1], ...i8(1) },
    { name: 'out', shape: [1, 1, 1, 1], ...stored },
  ]
  const operators = [
    { op: 'CONV_2D', inputs: [0, 1], outputs: [2], options: tfl.convOptions(true, [1, 1], fused) },
  ] as const
  const model = await readTFLite(tfl.writeTFLite({ tensors, operators, inputs: [0], outputs: [2] }), {
    arithmetic: 'real',
  })
  const op = model.graph.nodes[1]?.op
  if (op?.kind !== 'conv2d') return 'no convolution'
  return op.activation?.kind === 'clamp' ? { min: op.activation.min, max: op.activation.max } : op.activation
}

describe('the range an integer type can hold', () => {
  test('is a ReLU6 where the file says no other', async () => {
    expect(await convolution(u8(6 / 256), 0)).toEqual({ min: 0, max: 255 * (6 / 256) })
    expect(await convolution(i8(0.0625, -128), 0)).toEqual({ min: 0, max: 15.9375 })
  })

  test('meets the fused activation: the tighter end counts', async () => {
    expect(await convolution(u8(0.0625), tfl.activation.relu6)).toEqual({ min: 0, max: 6 })
    expect(await convolution(u8(0.015625), tfl.activation.relu6)).toEqual({ min: 0, max: 3.984375 })
    expect(await convolution(i8(0.5, 10), tfl.activation.relu)).toEqual({ min: 0, max: 58.5 })
    expect(await convolution(i8(0.5, 10), 0)).toEqual({ min: -69, max: 58.5 })
  })

  test('is everything for floats', async () => {
    expect(await convolution({}, 0)).toBeNull()
    expect(await convolution({}, tfl.activation.relu6)).toEqual({ min: 0, max: 6 })
  })

  test('holds zero, or the file is malformed', async () => {
    await expect(convolution(i8(1, 128), 0)).rejects.toThrow(
      'operator 0 (CONV_2D), tensor 2 "out": expected a zero point from -128 to 127, found 128',
    )
  })
})

describe('clamps', () => {
  test('are not repeated where values keep to the range anyway', async () => {
    const model = await sequence({ shape: [1, 2, 2, 1], ...u8(0.1) }, [
      { op: 'MAX_POOL_2D', options: tfl.poolOptions(true, [2, 2], [1, 1]), out: { shape: [1, 2, 2, 1], ...u8(0.1) } },
      {
        op: 'AVERAGE_POOL_2D',
        options: tfl.poolOptions(false, [2, 2], [2, 2]),
        out: { shape: [1, 1, 1, 1], ...u8(0.1) },
      },
      { op: 'RESHAPE', options: tfl.reshapeOptions([1, 1]), out: { shape: [1, 1], ...u8(0.1) } },
      { op: 'SOFTMAX', options: tfl.softmaxOptions(), out: { shape: [1, 1], ...u8(1 / 256) } },
    ])
    expect(summary(model).map(([, kind]) => kind)).toEqual(['input', 'maxPool', 'averagePool', 'reshape', 'softmax'])
  })

  test('stand where a result is stored more narrowly than its operands', async () => {
    const model = await sequence({ shape: [1, 2, 1, 1], ...u8(0.1) }, [
      {
        op: 'AVERAGE_POOL_2D',
        options: tfl.poolOptions(false, [2, 1], [1, 1]),
        out: { shape: [1, 1, 1, 1], ...u8(0.05) },
      },
    ])
    expect(summary(model)).toEqual([
      ['t0', 'input'],
      ['t1/averagePool', 'averagePool'],
      ['t1', 'clamp'],
    ])
    expect((await run(model, [20, 25]))[0]).toBeCloseTo(12.75, 6)
  })

  test('are what QUANTIZE leaves of itself, DEQUANTIZE nothing', async () => {
    const model = await sequence({ shape: [1, 3] }, [
      { op: 'QUANTIZE', out: { shape: [1, 3], ...i8(0.5, -128) } },
      { op: 'QUANTIZE', out: { shape: [1, 3], ...u8(0.5) } },
      { op: 'DEQUANTIZE', out: { shape: [1, 3] } },
    ])
    // The two tensors behind the first hold the same values; the output gives the node its name.
    expect(summary(model)).toEqual([
      ['t0', 'input'],
      ['t3', 'clamp'],
    ])
    expect([...(await run(model, [-1, 0.3, 999]))]).toEqual([0, Math.fround(0.3), 127.5])
  })

  test('join two operands of an add by the range of the sum', async () => {
    const tensors = [
      { name: 'a', shape: [1, 2], ...u8(1) },
      { name: 'b', shape: [1, 2], ...u8(1) },
      { name: 'sum', shape: [1, 2], ...u8(2) },
    ]
    const operators = [{ op: 'ADD', inputs: [0, 1], outputs: [2], options: tfl.addOptions() }] as const
    const model = await readTFLite(tfl.writeTFLite({ tensors, operators, inputs: [0, 1], outputs: [2] }), {
      arithmetic: 'real',
    })
    expect(model.graph.nodes.at(-1)?.op).toEqual(clampTo({ min: 0, max: 510 }))
    expect(model.metadata.inputQuantization).toEqual({ a: { scale: 1, zeroPoint: 0 }, b: { scale: 1, zeroPoint: 0 } })
  })
})

describe('names', () => {
  test('of outputs stay those of the file, also for one value under two names and for an input', async () => {
    const tensors = [
      { name: 'x', shape: [1, 2] },
      { name: 'same', shape: [1, 2] },
      { name: 'clamped', shape: [1, 2] },
      { name: 'again', shape: [1, 2] },
    ]
    const operators = [
      { op: 'DEQUANTIZE', inputs: [0], outputs: [1] },
      { op: 'RELU', inputs: [1], outputs: [2] },
      { op: 'RELU', inputs: [2], outputs: [3] },
    ] as const
    const model = await readTFLite(tfl.writeTFLite({ tensors, operators, inputs: [0], outputs: [3, 2, 1] }), {
      arithmetic: 'real',
    })
    const names = model.graph.outputs.map(id => model.graph.nodes.find(node => node.id === id)?.name)
    expect(names).toEqual(['again', 'clamped', 'same'])
  })

  test('that two tensors share go to the input and output; others get a number', async () => {
    const tensors = [{ shape: [1, 2] }, { shape: [1, 2] }, { shape: [1, 2] }, { shape: [1, 2] }].map(tensor => ({
      ...tensor,
      name: 'x',
    }))
    const operators = [
      { op: 'LOGISTIC', inputs: [0], outputs: [1] },
      { op: 'LOGISTIC', inputs: [1], outputs: [2] },
      { op: 'LOGISTIC', inputs: [2], outputs: [3] },
    ] as const
    const model = await readTFLite(tfl.writeTFLite({ tensors, operators, inputs: [0], outputs: [3] }), {
      arithmetic: 'real',
    })
    expect(model.graph.nodes.map(node => node.name)).toEqual(['x', 'x_2', 'x_3', 'x_1'])
  })

  test('that the converter joined are cut at the first semicolon, but not those of inputs and outputs', async () => {
    const tensors = ['a;b', 'c;d', 'e;f'].map(name => ({ name, shape: [1, 2] }))
    const operators = [
      { op: 'LOGISTIC', inputs: [0], outputs: [1] },
      { op: 'LOGISTIC', inputs: [1], outputs: [2] },
    ] as const
    const model = await readTFLite(tfl.writeTFLite({ tensors, operators, inputs: [0], outputs: [2] }), {
      arithmetic: 'real',
    })
    expect(model.graph.nodes.map(node => node.name)).toEqual(['a;b', 'c', 'e;f'])
  })
})
