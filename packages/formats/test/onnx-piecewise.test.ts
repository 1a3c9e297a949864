import { floats, type NodeSpec, onnxFile, reals } from '@depthwise/testing/files/onnx-file'
import { describe, expect, test } from 'vitest'
import { arithmeticOperators, identityOperators } from '../src/affine-operators.ts'
import { readOnnx } from '../src/index.ts'
import { isSupported } from '../src/onnx/read/table.ts'
import { expectAsRuntime, kinds } from './onnx-agreement.ts'
import { onImage } from './onnx-image.ts'

test('the operators that all formats share have a row each', () => {
  const names = [...Object.keys(arithmeticOperators.onnx), ...identityOperators.onnx]
  expect(names.filter(name => !isSupported(name))).toEqual([])
})

describe('at every place', () => {
  const conv: NodeSpec = ['Conv', ['x', 'w'], 'c']
  const constants = {
    w: reals([4, 3, 1, 1], 1),
    three: reals([3, 1, 1], 4),
    rows: reals([8, 1], 5),
    last: reals([3], 6),
    four: floats([0.1, -0.2, 0.3, 2]),
    f: reals([4, 5], 7),
  }

  test.each<[string, readonly NodeSpec[]]>([
    [
      'on an input',
      [
        ['PRelu', ['x', 'three'], 'p'],
        ['Conv', ['p', 'w'], 'y'],
      ],
    ],
    [
      'on features',
      [
        conv,
        ['GlobalAveragePool', ['c'], 'p'],
        ['Flatten', ['p'], 'r'],
        ['PRelu', ['r', 'four'], 'q'],
        ['MatMul', ['q', 'f'], 'y'],
      ],
    ],
    [
      'with the channels last',
      [
        ['Transpose', ['x'], 't', { perm: [0, 2, 3, 1] }],
        ['PRelu', ['t', 'last'], 'q'],
        ['Transpose', ['q'], 'y', { perm: [0, 3, 1, 2] }],
      ],
    ],
    [
      'steep, so that terms which cancel would show',
      [conv, ['LeakyRelu', ['c'], 'l', { alpha: { real: 1e12 } }], ['Relu', ['l'], 'y']],
    ],
    ['read twice', [conv, ['LeakyRelu', ['c'], 'l'], ['HardSwish', ['l'], 'h'], ['Sub', ['l', 'h'], 'y']]],
    ['from a value to its mean', [conv, ['GlobalAveragePool', ['c'], 'm'], ['Sub', ['c', 'm'], 'y']]],
    ['from a mean to its values', [conv, ['GlobalAveragePool', ['c'], 'm'], ['Sub', ['m', 'c'], 'y']]],
  ])('%s', async (_, nodes) => {
    await expectAsRuntime(onImage(nodes, { constants }), 1e-4)
  })

  test('a hard sigmoid keeps to what it is clamped to, and what follows need not clamp again', async () => {
    const nodes: NodeSpec[] = [conv, ['HardSigmoid', ['c'], 'h'], ['Relu', ['h'], 'y']]
    expect(kinds(await expectAsRuntime(onImage(nodes, { constants })))).toEqual(['input', 'conv2d', 'affine', 'clamp'])
    const swish: NodeSpec[] = [conv, ['HardSwish', ['c'], 'h'], ['Clip', ['h', '', 'max'], 'y']]
    const model = await expectAsRuntime(onImage(swish, { constants: { ...constants, max: floats([0.1], []) } }))
    expect(kinds(model).at(-1)).toBe('clamp')
  })

  test('constants are computed', async () => {
    const nodes: NodeSpec[] = [
      ['Neg', ['last'], 'n'],
      ['Identity', ['n'], 'i'],
      ['Neg', ['i'], 'back'],
      ['Mul', ['x', 'back'], 'y'],
    ]
    const x = { x: [1, 3] }
    const model = await readOnnx(onnxFile({ inputs: x, outputs: ['y'], nodes, constants }))
    const direct = await readOnnx(
      onnxFile({ inputs: x, outputs: ['y'], nodes: [['Mul', ['x', 'last'], 'y']], constants }),
    )
    expect(model.graph.nodes[1]?.op).toEqual(direct.graph.nodes[1]?.op)
  })

  test('slopes along rows, and sums of several shapes, are refused', async () => {
    const along: NodeSpec[] = [conv, ['PRelu', ['c', 'rows'], 'y']]
    await expect(readOnnx(onnxFile(onImage(along, { constants })))).rejects.toThrow(
      'expected an operand that is held as',
    )
    const nodes: NodeSpec[] = [conv, ['GlobalAveragePool', ['c'], 'm'], ['Sum', ['c', 'm', 'c'], 'y']]
    await expect(readOnnx(onnxFile(onImage(nodes, { constants })))).rejects.toThrow('expected operands of one shape')
  })
})
