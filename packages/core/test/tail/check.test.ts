import { describe, expect, test } from 'vitest'
import type { TailOp } from '../../src/backend.ts'
import { DepthwiseError, GraphBuilder, type Tail, type Tensor, tensor } from '../../src/index.ts'
import { checkTail, tailFromJSON, tailToJSON } from '../../src/tail/index.ts'
import { byte, float, int, oneStep } from './one-step.ts'

const row: Tensor = tensor([1, 3], [1, 2, 3])
const sum: Tail = oneStep({ kind: 'binary', operator: 'add' }, [row, row], [float(1, 3)])

const detection = {
  kind: 'detectionPostProcess',
  maxDetections: 2,
  maxClassesPerDetection: 1,
  detectionsPerClass: 100,
  classWise: false,
  scoreThreshold: 0.5,
  iouThreshold: 0.5,
  classes: 1,
  scales: [1, 1, 1, 1],
} as const
const found = (n: number) => [float(1, n, 4), float(1, n), float(1, n), float(1)]
const heads = (anchors: number): readonly Tensor[] => [
  tensor([1, anchors, 4], new Float32Array(4 * anchors)),
  tensor([1, anchors, 1], new Float32Array(anchors)),
  tensor([anchors, 4], new Float32Array(4 * anchors)),
]

describe('a tail', () => {
  test('that keeps the rules passes', () => {
    expect(() => checkTail(sum)).not.toThrow()
    expect(() => checkTail(oneStep(detection, heads(3), found(2)))).not.toThrow()
  })

  test.each<[string, Tail, string]>([
    [
      'a kind that is none',
      oneStep({ kind: 'loop' } as unknown as TailOp, [row], [float(1)]),
      'a step of a known kind',
    ],
    [
      'an operator that is none',
      oneStep({ kind: 'binary', operator: 'xor' } as never, [row, row], [float(1, 3)]),
      'attribute operator',
    ],
    ['an attribute too many', oneStep({ kind: 'cast', to: 3 } as never, [row], [int(1, 3)]), 'no attribute but'],
    ['an axis that is none', oneStep({ kind: 'argMax', axis: 2 }, [row], [int(1)]), 'an axis below 2, found 2'],
    ['a broken axis', oneStep({ kind: 'argMax', axis: 0.5 }, [row], [int(3)]), 'attribute axis'],
    [
      'a shape of another size',
      oneStep({ kind: 'reshape', shape: [4] }, [row], [float(4)]),
      'a shape of 3 elements, found 4',
    ],
    ['a result of another shape', oneStep({ kind: 'cast' }, [row], [int(3, 1)]), 'a result of 1x3, found 3x1'],
    [
      'operands that do not agree',
      oneStep({ kind: 'binary', operator: 'add' }, [row, tensor([2], [1, 2])], [float(1, 3)]),
      'extents that agree or are 1',
    ],
    [
      'operands of two types',
      oneStep({ kind: 'binary', operator: 'add' }, [row, tensor([1], Int32Array.of(1))], [float(1, 3)]),
      'all are float32, int32 or bytes',
    ],
    [
      'a root of bytes',
      oneStep(
        { kind: 'unary', operator: 'sqrt' },
        [{ ...tensor([1], Int8Array.of(1)), quantization: { scale: 1, zeroPoint: 0 } }],
        [byte(1, 0, 1)],
      ),
      'float32, or bytes for a sigmoid',
    ],
    [
      'an operand behind the step',
      { ...sum, steps: [{ ...sum.steps[0]!, operands: [0, 2] }] },
      'operands below 2, found 2',
    ],
    ['too few operands', { ...sum, steps: [{ ...sum.steps[0]!, operands: [0] }] }, '2 operands, found 1'],
    ['an output that is none', { ...sum, outputs: [{ name: 'y', value: 3 }] }, 'a value below 3, found 3'],
    ['no outputs', { ...sum, outputs: [] }, 'at least one, found none'],
    ['two outputs of one name', { ...sum, outputs: [sum.outputs[0]!, sum.outputs[0]!] }, 'names of their own'],
    [
      'a constant of other data',
      { ...sum, constants: [row, { ...row, dtype: 'int8' } as never] },
      'tail, constant 1: expected int8 data',
    ],
    [
      'a constant of too little data',
      { ...sum, constants: [row, { ...row, shape: [1, 4] }] },
      'expected 4 elements, found 3',
    ],
    [
      'results of a size that nothing explains',
      oneStep(
        { kind: 'binary', operator: 'add' },
        [tensor([4096, 1], new Float32Array(4096)), tensor([4096], new Float32Array(4096))],
        [float(4096, 4096)],
      ),
      'elements in all, found more',
    ],
    [
      'more detections than anything finds',
      oneStep({ ...detection, maxDetections: 2 ** 30 }, heads(3), found(2)),
      'attribute maxDetections',
    ],
    [
      'room for more',
      oneStep({ ...detection, maxDetections: 1000, maxClassesPerDetection: 100 }, heads(3), found(2)),
      'room for at most 10000 detections',
    ],
    [
      'thresholds that are no numbers',
      oneStep({ ...detection, scoreThreshold: Number.NaN }, heads(3), found(2)),
      'attribute scoreThreshold',
    ],
    [
      'more classes than scores',
      oneStep({ ...detection, classes: 2 }, heads(3), found(2)),
      'scores of at least 2 classes, found 1',
    ],
    [
      'anchors of another count',
      oneStep(detection, [...heads(3).slice(0, 2), tensor([2, 4], new Float32Array(8))], found(2)),
      'anchors of 3x4, found 2x4',
    ],
    [
      'comparisons without end',
      oneStep({ ...detection, maxDetections: 10_000 }, heads(500_000), found(10_000)),
      'comparisons of boxes',
    ],
  ])('with %s is refused', (_what, wrong, message) => {
    expect(() => checkTail(wrong)).toThrow(DepthwiseError)
    expect(() => checkTail(wrong)).toThrow(message)
  })

  test('reads outputs of its graph, of as many elements', () => {
    const b = new GraphBuilder()
    const graph = b.build([b.softmax(b.input([1, 4], { name: 'x' }), { name: 'y' })])
    const reading = (name: string, count: number): Tail => ({
      inputs: [{ name, ...float(count) }],
      constants: [],
      steps: [],
      outputs: [{ name: 'z', value: 0 }],
    })
    expect(() => checkTail(reading('y', 4), graph)).not.toThrow()
    expect(() => checkTail(reading('y', 3), graph)).toThrow('tail, input "y": expected a value of 3, found 1x4')
    expect(() => checkTail(reading('x', 4), graph)).toThrow('expected an output of the graph')
  })
})

describe('JSON of a tail', () => {
  const rich: Tail = {
    ...oneStep(
      { kind: 'binary', operator: 'mul', activation: { min: 0, max: Number.POSITIVE_INFINITY } },
      [
        { ...tensor([1, 3], Int8Array.of(-3, 0, 3)), quantization: { scale: 0.1, zeroPoint: 3 } },
        { ...tensor([], Int8Array.of(7)), quantization: { scale: 0.3, zeroPoint: -1 } },
      ],
      [byte(0.2, 0, 1, 3)],
    ),
  }
  const extremes = oneStep({ kind: 'cast' }, [tensor([3], [Number.NaN, -Infinity, Math.fround(0.1)])], [float(3)])

  test.each([
    ['a sum', sum],
    ['bytes', rich],
    ['numbers that JSON cannot hold', extremes],
    ['detections', oneStep(detection, heads(3), found(2))],
  ])('of %s gives the same tail', (_what, tail) => {
    expect(tailFromJSON(JSON.parse(JSON.stringify(tailToJSON(tail))))).toEqual(tail)
  })

  const json = JSON.parse(JSON.stringify(tailToJSON(sum)))
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a list', []],
    ['another format', { ...json, format: 'tail' }],
    ['another version', { ...json, version: 2 }],
    ['steps that are none', { ...json, steps: {} }],
    ['a step without an op', { ...json, steps: [{}] }],
    ['operands that are names', { ...json, steps: [{ ...json.steps[0], operands: ['a', 'b'] }] }],
    ['a constant without a shape', { ...json, constants: [{ dtype: 'float32', data: [] }] }],
    ['a constant of texts', { ...json, constants: [{ dtype: 'float32', shape: [1], data: ['1'] }] }],
    ['a type that is none', { ...json, constants: [{ dtype: 'int64', shape: [1], data: [1] }] }],
    ['huge claims', { ...json, constants: [{ dtype: 'float32', shape: [2 ** 30], data: [1] }] }],
    ['extents that are none', { ...json, constants: [{ dtype: 'float32', shape: [-1, null], data: [1] }] }],
  ])('is refused for %s', (_what, wrong) => {
    expect(() => tailFromJSON(wrong)).toThrow(DepthwiseError)
  })
})
