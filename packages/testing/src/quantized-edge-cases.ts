import { relu6 } from '../../core/src/backend.ts'
import {
  type DepthwiseConv2dOptions,
  type ElementType,
  GraphBuilder,
  type Op,
  type Quantization,
  type Shape,
  type Tensor,
  tensor,
  type Value,
} from '../../core/src/index.ts'
import type { QuantizedNetwork } from './quantized-draft.ts'
import { randomIntegers } from './random-integers.ts'

/** A quantized network at the edge of what integers hold, by what is tried there. */
export interface QuantizedEdgeCase {
  readonly name: string
  readonly network: () => QuantizedNetwork
}

const uint8 = (scale: number, zeroPoint = 0): ElementType => ({ dtype: 'uint8', quantization: { scale, zeroPoint } })
const int8 = (scale: number, zeroPoint = 0): ElementType => ({ dtype: 'int8', quantization: { scale, zeroPoint } })

/** Seeded bytes, or the same one everywhere. */
function bytes(shape: Shape, { dtype, quantization }: ElementType, everywhere?: number): Tensor {
  const below = randomIntegers(shape.length + (shape.at(-1) as number))
  const min = dtype === 'int8' ? -128 : 0
  const length = shape.reduce((product, extent) => product * extent, 1)
  const stored = Array.from({ length }, () => everywhere ?? min + below(256))
  const data = dtype === 'int8' ? Int8Array.from(stored) : Uint8Array.from(stored)
  return { ...tensor(shape, data), quantization: quantization as Quantization } as Tensor
}

interface Operand {
  readonly shape: Shape
  readonly type: ElementType
  /** The byte of every element; without it they differ. */
  readonly everywhere?: number
}

/** One op of inputs. */
function ofOp(op: Op, operands: readonly Operand[], elements: ElementType): () => QuantizedNetwork {
  return () => {
    const b = new GraphBuilder()
    const values = operands.map(({ shape, type }, i) => b.input(shape, { name: `x${i}`, elements: type }))
    const graph = b.build([b.op(op, values, { name: 'y', elements })])
    const inputs = Object.fromEntries(
      operands.map(({ shape, type, everywhere }, i) => [`x${i}`, bytes(shape, type, everywhere)]),
    )
    return { graph, params: new Map(), inputs }
  }
}

interface Layer extends Operand {
  readonly build: (b: GraphBuilder, x: Value, elements: ElementType) => Value
  readonly weights: Operand
  readonly bias?: readonly number[]
  readonly elements: ElementType
}

/** One product, called `y`. */
function ofProduct({ build, shape, type, everywhere, weights, bias, elements }: Layer): () => QuantizedNetwork {
  return () => {
    const b = new GraphBuilder()
    const graph = b.build([build(b, b.input(shape, { name: 'x', elements: type }), elements)])
    const params = new Map<string, Tensor>([['y/weights', bytes(weights.shape, weights.type, weights.everywhere)]])
    if (bias) params.set('y/bias', tensor([bias.length], Int32Array.from(bias)))
    return { graph, params, inputs: { x: bytes(shape, type, everywhere) } }
  }
}

/** Pointwise, depthwise and pointwise layers: what backends compute in bands of rows. */
function ofBlock(window: DepthwiseConv2dOptions): () => QuantizedNetwork {
  return () => {
    const b = new GraphBuilder()
    const shape = [1, 23, 9, 3]
    const [image, inside, outside] = [uint8(0.02, 120), uint8(0.0235), int8(0.05, 3)]
    const x = b.input(shape, { name: 'x', elements: image })
    const expanded = b.conv2d(x, { name: 'expand', kernel: 1, filters: 9, elements: inside })
    const filtered = b.depthwiseConv2d(expanded, { ...window, name: 'filter', elements: inside })
    const graph = b.build([b.conv2d(filtered, { name: 'project', kernel: 1, filters: 5, elements: outside })])
    const [height, width] = typeof window.kernel === 'number' ? [window.kernel, window.kernel] : window.kernel
    const weights = uint8(0.01, 125)
    const biases = (count: number): Tensor =>
      tensor(
        [count],
        Int32Array.from({ length: count }, (_, c) => 900 * c - 2000),
      )
    const params = new Map<string, Tensor>([
      ['expand/weights', bytes([1, 1, 3, 9], weights)],
      ['expand/bias', biases(9)],
      ['filter/weights', bytes([height, width, 9, 1], weights)],
      ['filter/bias', biases(9)],
      ['project/weights', bytes([1, 1, 9, 5], weights)],
      ['project/bias', biases(5)],
    ])
    return { graph, params, inputs: { x: bytes(shape, image) } }
  }
}

const pointwise =
  (filters: number, bias = true) =>
  (b: GraphBuilder, x: Value, elements: ElementType): Value =>
    b.conv2d(x, { name: 'y', kernel: 1, filters, bias, elements })

const perChannel = (count: number, axis: number): ElementType => ({
  dtype: 'int8',
  quantization: {
    scale: Array.from({ length: count }, (_, c) => 0.01 * (c + 1)),
    zeroPoint: new Array<number>(count).fill(0),
    axis,
  },
})

const pool = {
  kernel: [3, 2],
  strides: [2, 1],
  padding: { top: 1, bottom: 2, left: 1, right: 0 },
} as const

function probability({ dtype }: ElementType): Quantization {
  return { scale: 1 / 256, zeroPoint: dtype === 'int8' ? -128 : 0 }
}

const limit = 2 ** 31 - 1

/** Every edge at which an arithmetic of integers may go wrong, by name. */
export const quantizedEdgeCases: readonly QuantizedEdgeCase[] = [
  ...[1, 2, 3, 5, 7].map(channels => ({
    name: `a pointwise convolution of ${channels} channels, which is no multiple of 4`,
    network: ofProduct({
      build: pointwise(3),
      shape: [1, 4, 5, channels],
      type: uint8(0.02, 100),
      weights: { shape: [1, 1, channels, 3], type: uint8(0.02, 131) },
      bias: [300, -7000, 0],
      elements: uint8(0.05, 120),
    }),
  })),
  ...(
    [
      ['dilated by 2', { kernel: 3, dilations: 2 }],
      ['dilated by 4, padded unevenly', { kernel: 3, dilations: 4, padding: { top: 2, bottom: 4, left: 3, right: 5 } }],
      ['dilated down alone', { kernel: 3, dilations: [5, 1] }],
      ['dilated across alone', { kernel: 3, dilations: [1, 3] }],
      ['dilated, strided', { kernel: [3, 2], dilations: 3, strides: 2 }],
      ['of 9x9', { kernel: 9 }],
    ] as const
  ).map(([what, window]) => ({ name: `pointwise layers around a window ${what}`, network: ofBlock(window) })),
  {
    name: 'ties: every multiplier is a half',
    network: ofProduct({
      build: pointwise(5),
      shape: [2, 3, 3, 4],
      type: int8(0.5),
      weights: { shape: [1, 1, 4, 5], type: int8(0.25), everywhere: 1 },
      bias: [1, 2, 3, -1, -2],
      elements: int8(0.25),
    }),
  },
  {
    name: 'saturation at both ends, with multipliers above 1',
    network: ofProduct({
      build: pointwise(4),
      shape: [1, 4, 4, 3],
      type: int8(1, 3),
      weights: { shape: [1, 1, 3, 4], type: perChannel(4, 3) },
      bias: [1, 2, 3, 4],
      elements: int8(0.001, -5),
    }),
  },
  ...(
    [
      ['the largest', [limit - 4, limit - 4]],
      ['the smallest', [-limit, -limit]],
      ['across the largest, and wrap', [limit, -limit - 1]],
      ['not a float32', [2 ** 24 + 1, 2 ** 30 + 65]],
    ] as const
  ).map(([what, bias]) => ({
    name: `sums near 2^31: ${what}`,
    network: ofProduct({
      build: pointwise(2),
      shape: [1, 2, 3, 4],
      type: int8(2 ** -10, 1),
      weights: { shape: [1, 1, 4, 2], type: int8(2 ** -10), everywhere: 1 },
      bias,
      elements: int8(8, 2),
    }),
  })),
  ...[0, 255].flatMap(zero =>
    [0, 255].map(weightZero => ({
      name: `zero points ${zero} of values and ${weightZero} of weights, under padding`,
      network: ofProduct({
        build: (b, x, elements) => b.conv2d(x, { name: 'y', kernel: 3, filters: 4, strides: 2, elements }),
        shape: [1, 5, 6, 3],
        type: uint8(0.02, zero),
        weights: { shape: [3, 3, 3, 4], type: uint8(0.01, weightZero) },
        bias: [0, 1000, -1000, 5],
        elements: uint8(1.5, 255 - zero),
      }),
    })),
  ),
  {
    name: 'a convolution in groups, dilated, of a batch of 3, without a bias',
    network: ofProduct({
      build: (b, x, elements) =>
        b.conv2d(x, {
          name: 'y',
          kernel: 3,
          filters: 6,
          groups: 3,
          dilations: 2,
          padding: 'same',
          bias: false,
          elements,
        }),
      shape: [3, 5, 5, 6],
      type: int8(0.02, -128),
      weights: { shape: [3, 3, 2, 6], type: perChannel(6, 3) },
      elements: int8(0.4, 127),
    }),
  },
  ...[1, 2, 3].map(multiplier => ({
    name: `a depthwise convolution of multiplier ${multiplier}, a batch of 2, padded`,
    network: ofProduct({
      build: (b, x, elements) => b.depthwiseConv2d(x, { name: 'y', kernel: 3, multiplier, strides: 2, elements }),
      shape: [2, 5, 4, 5],
      type: uint8(0.02, 255),
      weights: { shape: [3, 3, 5, multiplier], type: perChannel(5 * multiplier, 2) },
      bias: Array.from({ length: 5 * multiplier }, (_, c) => 500 * c - 2000),
      elements: int8(0.1, 20),
    }),
  })),
  {
    name: 'a dense layer of weights of uint8, of a batch of 3',
    network: ofProduct({
      build: (b, x, elements) => b.dense(x, { name: 'y', units: 5, elements }),
      shape: [3, 9],
      type: int8(0.05, 127),
      weights: { shape: [9, 5], type: uint8(0.01, 255) },
      bias: [0, 1, -1, 4000, -4000],
      elements: uint8(0.2, 0),
    }),
  },
  {
    name: 'ReLU6 in the store of a product, whose bounds lie within the bytes',
    network: ofProduct({
      build: (b, x, elements) =>
        b.op({ kind: 'dense', units: 4, weights: 'y/weights', bias: null, activation: relu6, residual: false }, [x], {
          name: 'y',
          elements,
        }),
      shape: [2, 6],
      type: uint8(0.1, 30),
      weights: { shape: [6, 4], type: uint8(0.1, 90) },
      elements: uint8(0.0999, 17),
    }),
  },
  ...(['add', 'sub', 'mul', 'div', 'max', 'min'] as const).flatMap(operator =>
    (
      [
        ['like scales', uint8(0.5, 3), int8(0.25, 127), uint8(0.5, 128)],
        ['ties', int8(0.5), int8(0.5), int8(1)],
        ['scales too far apart', uint8(600, 128), int8(1, -128), int8(2, 0)],
      ] as const
    ).map(([what, a, b, y]) => ({
      name: `${operator} of ${what}, one stretching over the other`,
      network: ofOp(
        { kind: 'binary', operator },
        [
          { shape: [2, 3, 4, 5], type: a },
          { shape: [2, 1, 1, 5], type: b },
        ],
        y,
      ),
    })),
  ),
  ...(
    [
      ['one type', uint8(0.1, 7), uint8(0.1, 7)],
      ['one signed type, negative', int8(0.1, 127), int8(0.1, 127)],
      ['two types', int8(0.1, -128), uint8(0.07, 255)],
    ] as const
  ).flatMap(([what, from, to]) => [
    {
      name: `an average over ${what}, padding left out`,
      network: ofOp({ ...pool, kind: 'averagePool', countPadding: false }, [{ shape: [2, 4, 5, 3], type: from }], to),
    },
    {
      name: `an average over ${what}, padding counted`,
      network: ofOp({ ...pool, kind: 'averagePool', countPadding: true }, [{ shape: [2, 4, 5, 3], type: from }], to),
    },
    {
      name: `a mean over ${what}`,
      network: ofOp({ kind: 'globalAveragePool', keepDims: false }, [{ shape: [2, 4, 5, 3], type: from }], to),
    },
    {
      name: `concat of ${what} and another`,
      network: ofOp(
        { kind: 'concat', axis: 3 },
        [
          { shape: [2, 2, 3, 2], type: from },
          { shape: [2, 2, 3, 3], type: uint8(0.33, 200) },
        ],
        to,
      ),
    },
    {
      name: `requantization of ${what}`,
      network: ofOp({ kind: 'quantize' }, [{ shape: [1, 300], type: from }], to),
    },
    {
      name: `softmax of ${what}`,
      network: ofOp({ kind: 'softmax' }, [{ shape: [3, 40], type: from }], { ...to, quantization: probability(to) }),
    },
  ]),
  {
    name: 'softmax of equal bytes',
    network: ofOp({ kind: 'softmax' }, [{ shape: [1, 2], type: uint8(0.1), everywhere: 255 }], uint8(1 / 256)),
  },
  {
    name: 'padding with the zero point',
    network: ofOp(
      {
        kind: 'pad',
        pads: [
          [0, 0],
          [1, 2],
          [0, 1],
          [0, 3],
        ],
        value: 0,
      },
      [{ shape: [2, 2, 3, 2], type: uint8(0.1, 255) }],
      uint8(0.1, 255),
    ),
  },
  {
    name: 'the largest byte, padding left out',
    network: ofOp({ ...pool, kind: 'maxPool' }, [{ shape: [2, 4, 5, 3], type: int8(0.1, 127) }], int8(0.1, 127)),
  },
]
