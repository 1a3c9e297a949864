import * as tfl from '@depthwise/testing/files/tflite-writer'
import { describe, expect, test } from 'vitest'
import { readTFLite } from '../src/index.ts'
import { outputOf, run } from './tflite-run.ts'
import { counting, single } from './tflite-single.ts'

describe('arithmetic', () => {
  const both = (op: 'ADD' | 'MUL', options: tfl.OperatorSpec['options'], second: tfl.TensorSpec) =>
    single({ op, ...(options && { options }) }, [{ shape: [1, 1, 2, 2] }, second, { shape: [1, 1, 2, 2] }])

  test('a constant, one value or one a channel, is added or multiplied in', async () => {
    const shifted = await both('ADD', tfl.addOptions(tfl.activation.relu), { shape: [2], data: [-2, 1] })
    expect([...(await run(shifted, [1, 2, 3, 4]))]).toEqual([0, 3, 1, 5])
    const scaled = await both('MUL', tfl.mulOptions(), { shape: [], data: [0.5] })
    expect([...(await run(scaled, [1, 2, 3, 4]))]).toEqual([0.5, 1, 1.5, 2])
    const weighted = await both('MUL', undefined, { shape: [1, 1, 1, 2], type: 'i8', data: [1, -1], scale: 2 })
    expect([...(await run(weighted, [1, 2, 3, 4]))]).toEqual([2, -4, 6, -8])
  })

  test('a constant of any other shape meets each element, or stretches the operand', async () => {
    const whole = await both('ADD', tfl.addOptions(), { shape: [1, 1, 2, 2], data: counting(4) })
    expect([...(await run(whole, [1, 2, 3, 4]))]).toEqual([2, 4, 6, 8])
    const tensors = [{ shape: [1, 1, 2, 2] }, { shape: [2, 1, 2], data: counting(4) }, { shape: [1, 2, 2, 2] }]
    const rows = await single({ op: 'MUL', options: tfl.mulOptions() }, tensors)
    expect([...(await run(rows, [1, 2, 3, 4]))]).toEqual([1, 4, 3, 8, 3, 8, 9, 16])
    const bounded = await single({ op: 'MAXIMUM' }, [
      { shape: [1, 1, 2, 2] },
      { shape: [2], data: [2, 3] },
      { shape: [1, 1, 2, 2] },
    ])
    expect([...(await run(bounded, [1, 2, 3, 4]))]).toEqual([2, 3, 3, 4])
  })

  test('but not one that differs from item to item of a batch', async () => {
    const tensors = (second: readonly number[]) => [
      { shape: [2, 1, 1, 2] },
      { shape: [2, 1, 1, 2], data: second },
      { shape: [2, 1, 1, 2] },
    ]
    const same = await single({ op: 'ADD' }, tensors([1, 2, 1, 2]))
    expect([...(await run(same, [1, 2, 3, 4]))]).toEqual([2, 4, 4, 6])
    await expect(single({ op: 'ADD' }, tensors([1, 2, 3, 4]))).rejects.toThrow(
      /operator 0 \(ADD\): expected a constant that is the same for every item of a batch/,
    )
  })

  test('a constant is joined', async () => {
    const tensors = [{ shape: [1, 1, 2, 2] }, { shape: [1, 1, 2, 1], data: [7, 8] }, { shape: [1, 1, 2, 3] }]
    const options = tfl.concatOptions(3)
    const behind = await single({ op: 'CONCATENATION', options }, tensors)
    expect([...(await run(behind, [1, 2, 3, 4]))]).toEqual([1, 2, 7, 3, 4, 8])
    const before = await single({ op: 'CONCATENATION', options }, tensors, [1, 0])
    expect([...(await run(before, [1, 2, 3, 4]))]).toEqual([7, 1, 2, 8, 3, 4])
  })

  test('two computed operands meet, one stretched over the other', async () => {
    const model = await readTFLite(
      tfl.writeTFLite({
        tensors: [
          { name: 'x', shape: [1, 2, 2, 1] },
          { name: 'axes', shape: [2], type: 'i32', data: [1, 2] },
          { name: 'mean', shape: [1, 1, 1, 1] },
          { name: 'gate', shape: [1, 1, 1, 1] },
          { name: 'gated', shape: [1, 2, 2, 1] },
          { name: 'sum', shape: [1, 2, 2, 1] },
        ],
        operators: [
          { op: 'MEAN', inputs: [0, 1], outputs: [2], options: tfl.reducerOptions(true) },
          { op: 'LOGISTIC', inputs: [2], outputs: [3] },
          { op: 'MUL', inputs: [0, 3], outputs: [4], options: tfl.mulOptions() },
          { op: 'ADD', inputs: [4, 0], outputs: [5], options: tfl.addOptions(tfl.activation.reluN1To1) },
        ],
        inputs: [0],
        outputs: [5],
      }),
    )
    // The mean is 0, its sigmoid a half: 1.5 times the input, within -1 and 1.
    expect([...(await run(model, [-2, -0.5, 0.5, 2]))]).toEqual([-1, -0.75, 0.75, 1])
  })
})

describe('layout', () => {
  test('padding stands axis by axis, and a VALID convolution can take it in', async () => {
    const pad = await single({ op: 'PAD' }, [
      { shape: [1, 1, 1, 2] },
      { shape: [4, 2], type: 'i32', data: [0, 0, 0, 1, 1, 0, 0, 0] },
      { shape: [1, 2, 2, 2] },
    ])
    expect([...(await run(pad, [1, 2]))]).toEqual([0, 0, 1, 2, 0, 0, 0, 0])
  })

  test('a reshape takes its shape from an operand or an option, -1 for what is left', async () => {
    const shapes = [
      await single({ op: 'RESHAPE' }, [
        { shape: [2, 1, 1, 6] },
        { shape: [2], type: 'i32', data: [-1, 6] },
        { shape: [2, 6] },
      ]),
      await single({ op: 'RESHAPE' }, [
        { shape: [2, 6] },
        { shape: [3], type: 'i64', data: [2, 3, -1] },
        { shape: [2, 3, 2] },
      ]),
      await single({ op: 'RESHAPE', options: tfl.reshapeOptions([2, 6]) }, [{ shape: [2, 3, 2] }, { shape: [2, 6] }]),
    ].map(model => outputOf(model).op)
    expect(shapes).toEqual([
      { kind: 'reshape', target: [6] },
      { kind: 'reshape', target: [3, 2] },
      { kind: 'reshape', target: [6] },
    ])
  })

  test('a reshape or squeeze that mixes the batch is not supported', async () => {
    const mixing = [
      () => single({ op: 'RESHAPE', options: tfl.reshapeOptions([6, 2]) }, [{ shape: [2, 6] }, { shape: [6, 2] }]),
      () => single({ op: 'SQUEEZE', options: tfl.squeezeOptions([]) }, [{ shape: [1, 1, 6] }, { shape: [6] }]),
      () => single({ op: 'CONCATENATION', options: tfl.concatOptions(-2) }, [{ shape: [1, 6] }, { shape: [1, 6] }]),
    ]
    for (const read of mixing)
      await expect(read).rejects.toThrow(/^operator 0 \((RESHAPE|SQUEEZE|CONCATENATION)\): expected .* batch/)
  })

  test('a squeeze drops the axes it names, from either end', async () => {
    for (const [axes, shape] of [
      [
        [1, 2],
        [1, 6],
      ],
      [[-2], [1, 1, 6]],
    ] as const) {
      const squeeze = await single({ op: 'SQUEEZE', options: tfl.squeezeOptions(axes) }, [
        { shape: [1, 1, 1, 6] },
        { shape },
      ])
      expect(outputOf(squeeze).shape).toEqual(shape)
    }
    const wrong = () =>
      single({ op: 'SQUEEZE', options: tfl.squeezeOptions([2]) }, [{ shape: [1, 1, 6] }, { shape: [1, 1] }])
    await expect(wrong).rejects.toThrow('operator 0 (SQUEEZE): expected axes of extent 1 in [1,1,6], found axis 2')
  })

  test('channels are joined in order', async () => {
    const model = await readTFLite(
      tfl.writeTFLite({
        tensors: [{ shape: [1, 1, 2, 1] }, { shape: [1, 1, 2, 1] }, { shape: [1, 1, 2, 2] }],
        operators: [
          { op: 'RELU', inputs: [0], outputs: [1] },
          { op: 'CONCATENATION', inputs: [0, 1], outputs: [2], options: tfl.concatOptions(-1) },
        ],
        inputs: [0],
        outputs: [2],
      }),
    )
    expect(model.graph.nodes.map(node => node.name)).toEqual(['tensor_0', 'tensor_1', 'tensor_2'])
    expect([...(await run(model, [-1, 3]))]).toEqual([-1, 0, 3, 3])
  })
})

describe('activations', () => {
  test.each([
    ['RELU', [0, 0, 0.5, 9]],
    ['RELU6', [0, 0, 0.5, 6]],
    ['RELU_N1_TO_1', [-1, -0.5, 0.5, 1]],
  ] as const)('%s', async (op, expected) => {
    const model = await single({ op }, [{ shape: [1, 4] }, { shape: [1, 4] }])
    expect([...(await run(model, [-9, -0.5, 0.5, 9]))]).toEqual(expected)
  })

  test('LOGISTIC and SOFTMAX', async () => {
    const logistic = await single({ op: 'LOGISTIC' }, [{ shape: [1, 2] }, { shape: [1, 2] }])
    expect([...(await run(logistic, [0, Math.log(3)]))]).toEqual([0.5, 0.75])
    const softmax = await single({ op: 'SOFTMAX', options: tfl.softmaxOptions() }, [
      { shape: [1, 2] },
      { shape: [1, 2] },
    ])
    expect([...(await run(softmax, [0, Math.log(3)]))]).toEqual([0.25, 0.75])
  })

  test('a softmax with another beta and a fused tanh are not supported', async () => {
    const shapes = [{ shape: [1, 2] }, { shape: [1, 2] }]
    await expect(single({ op: 'SOFTMAX', options: tfl.softmaxOptions(2) }, shapes)).rejects.toThrow(
      /expected a beta of 1, found 2/,
    )
    const tanh = () =>
      single({ op: 'CONCATENATION', options: tfl.concatOptions(1, tfl.activation.tanh) }, [
        { shape: [1, 2] },
        { shape: [1, 2] },
      ])
    await expect(tanh).rejects.toThrow(
      'operator 0 (CONCATENATION): expected no fused activation but RELU, RELU6 and RELU_N1_TO_1, found TANH',
    )
  })
})
