import { floats, ints, type NodeSpec, reals } from '@depthwise/testing/files/onnx-file'
import { describe, expect, test } from 'vitest'
import { dataTypes } from '../src/onnx/schema.ts'
import { expectAsRuntime, kinds, shapeOf } from './onnx-agreement.ts'
import { onImage } from './onnx-image.ts'

describe('as torch exports', () => {
  const norm = { g: reals([4], 2), b: reals([4], 3), m: reals([4], 4), v: floats([0.5, 1, 2, 3]) }
  const stem: readonly NodeSpec[] = [
    [
      'Conv',
      ['x', 'w'],
      'c',
      { strides: [2, 2], pads: [1, 1, 1, 1], kernel_shape: [3, 3], dilations: [1, 1], group: 1 },
    ],
    ['BatchNormalization', ['c', 'g', 'b', 'm', 'v'], 'n', { epsilon: { real: 1e-5 }, momentum: { real: 0.9 } }],
  ]
  const weights = { w: reals([4, 3, 3, 3], 1, 0.3), ...norm, f: reals([5, 4], 5), fb: reals([5], 6) }

  test('a stem, a pool, a flatten by shape arithmetic, a classifier; no transposition is left', async () => {
    const model = await expectAsRuntime(
      onImage(
        [
          ...stem,
          ['Clip', ['n', 'zero', 'six'], 'r'],
          ['GlobalAveragePool', ['r'], 'p'],
          ['Shape', ['p'], 's'],
          ['Constant', [], 'first', { value: ints([0], []) }],
          ['Gather', ['s', 'first'], 'batch', { axis: 0 }],
          ['Constant', [], 'rest', { value: ints([-1]) }],
          ['Constant', [], 'axes', { value: ints([0]) }],
          ['Unsqueeze', ['batch', 'axes'], 'batches'],
          ['Concat', ['batches', 'rest'], 'flat_shape', { axis: 0 }],
          ['Reshape', ['p', 'flat_shape'], 'flat'],
          ['Gemm', ['flat', 'f', 'fb'], 'y', { alpha: { real: 1 }, beta: { real: 1 }, transB: 1 }],
        ],
        { constants: { ...weights, zero: floats([0], []), six: floats([6], []) }, opset: 13 },
      ),
    )
    expect(kinds(model)).toEqual(['input', 'conv2d', 'batchNorm', 'relu6', 'globalAveragePool', 'reshape', 'dense'])
    expect(shapeOf(model, 'x')).toEqual([1, 8, 6, 3])
    expect(model.params.get('c/weights')?.shape).toEqual([3, 3, 3, 4])
  })

  test.each([
    [17, [['ReduceMean', ['n'], 'p', { axes: [2, 3], keepdims: 0 }]]],
    [17, [['ReduceMean', ['n'], 'p', { axes: [-1, -2], keepdims: 0 }]]],
    [18, [['ReduceMean', ['n', 'hw'], 'p', { keepdims: 0 }]]],
    [
      17,
      [
        ['GlobalAveragePool', ['n'], 'g4'],
        ['Flatten', ['g4'], 'p', { axis: 1 }],
      ],
    ],
    [
      11,
      [
        ['GlobalAveragePool', ['n'], 'g4'],
        ['Squeeze', ['g4'], 'p', { axes: [2, 3] }],
      ],
    ],
    [
      17,
      [
        ['GlobalAveragePool', ['n'], 'g4'],
        ['Squeeze', ['g4', 'hw'], 'p'],
      ],
    ],
    [
      17,
      [
        ['AveragePool', ['n'], 'a', { kernel_shape: [4, 3] }],
        ['Reshape', ['a', 'two'], 'p'],
      ],
    ],
  ] as const)('operator set %i: means of the image, %j', async (opset, pool) => {
    const constants = { ...weights, hw: ints([2, 3]), two: ints([0, -1]) }
    const head: NodeSpec = ['Gemm', ['p', 'f', 'fb'], 'y', { transB: 1 }]
    await expectAsRuntime(onImage([...stem, ...(pool as readonly NodeSpec[]), head], { constants, opset }))
  })

  test('an image flattened whole: it is the weights that move', async () => {
    const constants = { w: reals([120, 5], 1, 0.2), wt: reals([5, 144], 2, 0.2), b: reals([5], 3) }
    const flat: NodeSpec = ['Flatten', ['x'], 'f']
    const transposed = onImage([flat, ['Relu', ['f'], 'r'], ['Gemm', ['r', 'wt', 'b'], 'y', { transB: 1 }]], {
      constants,
    })
    // Nothing tells how such an input is to be taken: its elements stand as the file has them.
    expect(shapeOf(await expectAsRuntime(transposed), 'x')).toEqual([1, 3, 8, 6])
    const pooled = onImage(
      [
        ['MaxPool', ['x'], 'p', { kernel_shape: [2, 2], pads: [1, 0, 1, 0] }],
        ['Flatten', ['p'], 'f'],
        ['Relu', ['f'], 'r'],
        ['MatMul', ['r', 'w'], 'y'],
      ],
      { constants: { w: reals([3 * 9 * 5, 5], 1, 0.2) } },
    )
    const model = await expectAsRuntime(pooled)
    expect(kinds(model)).toEqual(['input', 'maxPool', 'reshape', 'relu', 'dense'])
  })

  test('padding worked out on the way: ConstantOfShape, Slice backwards, Transpose, Cast', async () => {
    const model = await expectAsRuntime(
      onImage(
        [
          ['ConstantOfShape', ['four'], 'zeros', { value: ints([0]) }],
          ['Concat', ['given', 'zeros'], 'all', { axis: 0 }],
          ['Reshape', ['all', 'pairs'], 'rows'],
          ['Slice', ['rows', 'start', 'end', 'axis', 'back'], 'turned'],
          ['Transpose', ['turned'], 'columns', { perm: [1, 0] }],
          ['Reshape', ['columns', 'flat'], 'list'],
          ['Cast', ['list'], 'pads', { to: dataTypes.INT64 }],
          ['Pad', ['x', 'pads', 'fill'], 'padded', { mode: 'constant' }],
          ['Conv', ['padded', 'w'], 'y'],
        ],
        {
          opset: 11,
          constants: {
            four: ints([4]),
            given: ints([0, 1, 2, 3]),
            pairs: ints([-1, 2]),
            start: ints([-1]),
            end: ints([-(2 ** 31)]),
            axis: ints([0]),
            back: ints([-1]),
            flat: ints([-1]),
            fill: floats([0], []),
            w: reals([4, 3, 3, 3], 1, 0.3),
          },
        },
      ),
    )
    const pad = model.graph.nodes.find(node => node.op.kind === 'pad')
    expect(pad?.shape).toEqual([1, 13, 7, 3])
  })

  test('a squeeze-and-excite gate', async () => {
    const constants = { w1: reals([2, 3, 1, 1], 1), b1: reals([2], 2), w2: reals([3, 2, 1, 1], 3), b2: reals([3], 4) }
    const gate: readonly NodeSpec[] = [
      ['GlobalAveragePool', ['x'], 'p'],
      ['Conv', ['p', 'w1', 'b1'], 'c1'],
      ['Relu', ['c1'], 'r'],
      ['Conv', ['r', 'w2', 'b2'], 'c2'],
      ['Sigmoid', ['c2'], 's'],
      ['Mul', ['s', 'x'], 'y'],
    ]
    const model = await expectAsRuntime(onImage(gate, { constants }))
    expect(kinds(model)).not.toContain('reshape')
  })
})
