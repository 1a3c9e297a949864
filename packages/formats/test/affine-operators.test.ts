import type { Model } from '@depthwise/core'
import { floats, onnxFile } from '@depthwise/testing/files/onnx-file'
import { type GraphNode, graphModel, tfjsFolder } from '@depthwise/testing/files/tfjs-folder'
import type { codes } from '@depthwise/testing/files/tflite-writer'
import { describe, expect, test } from 'vitest'
import {
  type Arithmetic,
  arithmeticOperators,
  identityOperators,
  negationOperators,
  type OperatorFormat,
} from '../src/affine-operators.ts'
import { readOnnx, readTfjs } from '../src/index.ts'
import { args, keras2, keras3, numpy, tensor3 } from './keras-single.ts'
import { run } from './tflite-run.ts'
import { single } from './tflite-single.ts'

// All importers agree on arithmetic with constants and on the operators that do nothing: each reads its own file of one
// operator, and the answer is computed here from the definition.

/** A constant operand: its numbers, and its shape in a format with channels last. */
interface Constant {
  readonly values: readonly number[]
  readonly shape: readonly number[]
}

/** Reads a network of one operator on an input of 1x1x2x3; `isLeft` puts the constant before the input. */
type Maker = (name: string, constant: Constant | null, isLeft: boolean) => Model | Promise<Model>

// Powers of two, so that answers are exact.
const input = [4, -2, 0.5, 8, 1, -3]
const shape = [1, 1, 2, 3]
const constants: readonly (readonly [string, Constant])[] = [
  ['a scalar', { values: [4], shape: [] }],
  ['a list of one', { values: [4], shape: [1] }],
  ['one for each channel', { values: [2, -0.5, 8], shape: [3] }],
  ['one for each channel, of the rank of the input', { values: [2, -0.5, 8], shape: [1, 1, 1, 3] }],
  ['one for each pixel', { values: [2, -0.5], shape: [2, 1] }],
  ['one for each element', { values: [2, -0.5, 8, 1, 4, -0.25], shape: [1, 1, 2, 3] }],
]

/** Lists in each other, as JSON has a constant. */
function nested({ values, shape: [extent, ...inner] }: Constant): unknown {
  if (extent === undefined) return values[0]
  const length = values.length / extent
  return Array.from({ length: extent }, (_, i) =>
    nested({ values: values.slice(i * length, (i + 1) * length), shape: inner }),
  )
}

/** A constant of ONNX, whose channels are the second axis of four. */
function planar({ values, shape }: Constant) {
  if (shape.length === 0) return floats(values, [])
  const [columns = 1, channels] = [shape.at(-2), shape.at(-1) as number]
  const moved = values.map((_, i) => values[(i % columns) * channels + Math.floor(i / columns)] as number)
  return floats(moved, [channels, 1, columns])
}

/** The input and the constant in the order of the call. */
function ordered<T>(x: T, constant: T | null, isLeft: boolean): readonly T[] {
  if (constant === null) return [x]
  return isLeft ? [constant, x] : [x, constant]
}

const makers: readonly (readonly [string, OperatorFormat, Maker])[] = [
  [
    'TFLite',
    'tflite',
    async (name, constant, isLeft) => {
      const operator = { op: name as keyof typeof codes }
      if (!constant) return single(operator, [{ shape }, { shape }])
      const operand = { shape: constant.shape, data: constant.values }
      return single(operator, [{ shape }, operand, { shape }], ordered(0, 1, isLeft))
    },
  ],
  [
    'ONNX',
    'onnx',
    async (name, constant, isLeft) => {
      return readOnnx(
        onnxFile({
          inputs: { x: [1, 3, 1, 2] },
          outputs: ['y'],
          constants: constant ? { c: planar(constant) } : {},
          nodes: [[name, ordered('x', constant && 'c', isLeft), 'y']],
        }),
      )
    },
  ],
  [
    'TensorFlow.js',
    'tfjs',
    (name, constant, isLeft) => {
      const nodes: GraphNode[] = [
        { name: 'x', op: 'Placeholder', attr: { shape } },
        ...(constant ? [{ name: 'c', op: 'Const' }] : []),
        { name: 'y', op: name, input: ordered('x', constant && 'c', isLeft) },
      ]
      const bytes = new Uint8Array(Float32Array.from(constant?.values ?? []).buffer)
      const weights = constant ? [[{ name: 'c', shape: constant.shape, dtype: 'float32', bytes }]] : []
      return readTfjs(tfjsFolder(graphModel(nodes), weights).read)
    },
  ],
  [
    'operations of Keras 3',
    'keras',
    (className, constant, isLeft) =>
      keras3({ className, inbound: args(...ordered<unknown>(tensor3, constant && numpy(nested(constant)), isLeft)) }),
  ],
  [
    'layers of Keras 3 that take a list',
    'keras',
    (className, constant, isLeft) =>
      keras3({ className, inbound: args(ordered<unknown>(tensor3, constant && nested(constant), isLeft)) }),
  ],
  [
    'layers of Keras 2',
    'keras',
    (className, constant, isLeft) => {
      const operand = constant && ['_CONSTANT_VALUE', -1, nested(constant), {}]
      return keras2({ className, inbound: ordered<unknown>(['x', 0, 0, {}], operand, isLeft) })
    },
  ],
  [
    'TFOpLambda of Keras 2',
    'tensorflow',
    (name, constant, isLeft) => {
      const config = { name: `tf.math.${name}`, function: `math.${name}` }
      const value = constant && nested(constant)
      const inbound = isLeft
        ? ['_CONSTANT_VALUE', -1, value, { y: ['x', 0, 0], name: null }]
        : ['x', 0, 0, constant ? { y: value, name: null } : { name: null }]
      return keras2({ className: 'TFOpLambda', config, inbound })
    },
  ],
  [
    'TensorFlowOpLayer of Keras 2',
    'tfjs',
    (op, constant, isLeft) => {
      const node = { name: 'n', op, input: constant ? ['a', 'b'] : ['a'], attr: {} }
      const config = { node_def: node, constants: constant ? { [isLeft ? 0 : 1]: nested(constant) } : {} }
      return keras2({ className: 'TensorFlowOpLayer', config, inbound: [['x', 0, 0, {}]] })
    },
  ],
]

const definitions: { readonly [A in Arithmetic]: (a: number, b: number) => number } = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
}

/** What an operator computes, by its name rather than by the list under test. */
function kindOf(name: string): Arithmetic {
  const kind = (['add', 'sub', 'mul', 'div'] as const).find(word => name.toLowerCase().includes(word))
  if (kind) return kind
  throw new Error(`${name} names no arithmetic`)
}

function expected(kind: Arithmetic, { values }: Constant, isLeft: boolean): Float32Array {
  return Float32Array.from(input, (x, i) => {
    const place = { 1: 0, 2: Math.floor(i / 3), 3: i % 3 }[values.length] ?? i
    const constant = values[place] as number
    return isLeft ? definitions[kind](constant, x) : definitions[kind](x, constant)
  })
}

/** What a name means in any format: `StopGradient` and `stop_gradient` are one operator. */
const meaningOf = (name: string): string => name.replaceAll('_', '').toLowerCase()

const augmentation = /^(?!identity$|stopgradient$|preventgradient$|checknumerics$|snapshot$)/
/** Why a format has no operator that does nothing, though another has one. */
const reasons: { readonly [F in OperatorFormat]: readonly (readonly [meanings: RegExp, reason: string])[] } = {
  keras: [[/^(preventgradient|checknumerics|snapshot)$/, 'no layers: they are ops of the graph that a model becomes']],
  tensorflow: [
    [/^(preventgradient|checknumerics|snapshot)$/, 'not among the functions that are called on tensors of a model'],
    [augmentation, 'layers of Keras, which models hold as such'],
  ],
  tfjs: [[augmentation, 'the converter keeps what a network does at inference']],
  tflite: [[/./, 'the schema has no operator that does nothing']],
  onnx: [
    [/^(stopgradient|preventgradient|checknumerics|snapshot)$/, 'ONNX has neither gradients nor checks'],
    [augmentation, 'exporters write what a network does at inference'],
  ],
}

describe('no format lacks what another one has', () => {
  const formats = Object.keys(reasons) as OperatorFormat[]
  const identities = new Set(formats.flatMap(format => identityOperators[format].map(meaningOf)))
  const lackedBy = (format: OperatorFormat): readonly string[] => {
    const own = new Set<string>(identityOperators[format].map(meaningOf))
    return [...identities].filter(meaning => !own.has(meaning))
  }

  test.each(formats)('arithmetic of %s', format => {
    expect(new Set(Object.values(arithmeticOperators[format]))).toEqual(new Set(Object.keys(definitions)))
  })

  test.each(formats)('negation of %s', format => {
    expect(negationOperators[format].length).toBeGreaterThan(0)
  })

  test.each(formats)('operators that do nothing of %s, or the reason', format => {
    const lacked = lackedBy(format)
    expect(lacked.filter(meaning => !reasons[format].some(([meanings]) => meanings.test(meaning)))).toEqual([])
    const idle = reasons[format].filter(([meanings]) => !lacked.some(meaning => meanings.test(meaning)))
    expect(idle, 'reasons for nothing').toEqual([])
  })

  test('every format has a file of its own here', () => {
    expect(new Set(makers.map(([, format]) => format))).toEqual(new Set(formats))
  })
})

describe.each(makers)('%s', (_, format, make) => {
  const rows = Object.keys(arithmeticOperators[format]).map(name => [name, kindOf(name)] as const)

  for (const [label, constant] of constants) {
    test.each(rows)(`%s of a value and ${label}`, async (name, kind) => {
      expect(await run(await make(name, constant, false), input)).toEqual(expected(kind, constant, false))
    })

    test.each(rows)(`%s of ${label} and a value`, async (name, kind) => {
      expect(await run(await make(name, constant, true), input)).toEqual(expected(kind, constant, true))
    })
  }

  test.each(negationOperators[format].map(name => [name]))('%s multiplies by -1', async name => {
    expect(await run(await make(name, null, false), input)).toEqual(Float32Array.from(input, x => -x))
  })

  test.each(identityOperators[format].map(name => [name]))('%s does nothing', async name => {
    expect(await run(await make(name, null, false), input)).toEqual(Float32Array.from(input))
  })
})
