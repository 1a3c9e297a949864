import { floats, ints, type NodeSpec, reals } from '@depthwise/testing/files/onnx-file'
import { describe, expect, test } from 'vitest'
import { expectAsRuntime, kinds, shapeOf } from './onnx-agreement.ts'

describe('as the converter of Keras writes', () => {
  const constants = {
    w: reals([4, 3, 3, 3], 1, 0.3),
    dw: reals([4, 1, 3, 3], 2, 0.3),
    six: floats([6], []),
    f: reals([4, 5], 3),
    fb: reals([5], 4),
  }
  const entry: NodeSpec = ['Transpose', ['x'], 't', { perm: [0, 3, 1, 2] }]
  const body: readonly NodeSpec[] = [
    ['Conv', ['t', 'w'], 'c', { strides: [2, 2], auto_pad: 'SAME_UPPER' }],
    ['Relu', ['c'], 'r'],
    ['Min', ['r', 'six'], 'r6'],
    ['Conv', ['r6', 'dw'], 'd', { group: 4, pads: [1, 1, 1, 1] }],
    ['Add', ['d', 'r6'], 's'],
  ]
  const inputs = { x: [1, 8, 6, 3] }

  test('an NHWC input, transposed at once; a classifier of MatMul and Add', async () => {
    const model = await expectAsRuntime({
      inputs,
      outputs: ['y'],
      constants,
      nodes: [
        entry,
        ...body,
        ['ReduceMean', ['s'], 'p', { axes: [2, 3], keepdims: 0 }],
        ['MatMul', ['p', 'f'], 'm'],
        ['Add', ['m', 'fb'], 'a'],
        ['Softmax', ['a'], 'y', { axis: 1 }],
      ],
    })
    expect(kinds(model)).toEqual([
      ...['input', 'conv2d', 'relu', 'clamp', 'depthwiseConv2d', 'add', 'globalAveragePool', 'dense', 'softmax'],
    ])
    expect(shapeOf(model, 'x')).toEqual([1, 8, 6, 3])
    expect(model.params.get('m/bias')?.shape).toEqual([5])
  })

  test('back to NHWC in the middle and at the end', async () => {
    const model = await expectAsRuntime({
      inputs,
      outputs: ['y', 'z'],
      constants: { ...constants, pads: ints([0, 0, 1, 0, 0, 1, 0, 0]), scale: reals([4], 9) },
      nodes: [
        entry,
        ...body,
        ['Transpose', ['s'], 'b', { perm: [0, 2, 3, 1] }],
        ['Pad', ['b', 'pads'], 'q'],
        ['Mul', ['q', 'scale'], 'k'],
        ['Concat', ['k', 'q'], 'z', { axis: 3 }],
        ['Transpose', ['k'], 'y', { perm: [0, 3, 1, 2] }],
      ],
    })
    expect(kinds(model)).not.toContain('reshape')
    expect(shapeOf(model, 'z')).toEqual([1, 5, 4, 8])
  })

  test('a product whose bias two nodes read keeps it apart', async () => {
    const model = await expectAsRuntime({
      inputs: { x: [1, 4] },
      outputs: ['y', 'm'],
      constants,
      nodes: [
        ['MatMul', ['x', 'f'], 'm'],
        ['Add', ['fb', 'm'], 'y'],
      ],
    })
    expect(kinds(model)).toEqual(['input', 'dense', 'affine'])
  })
})
