import type { GraphBuilder, Value } from '@depthwise/core'
import type { RealKind } from '@depthwise/core/backend'
import { perActivation } from './activations.ts'
import { type Case, on } from './case.ts'

type Build = (b: GraphBuilder, x: Value) => Value

/**
 * One small graph for every op, or for each of its forms by name, without a bias that would drown what goes in. A new op
 * without its row does not compile.
 */
const eachOp: { readonly [K in RealKind]: Build | Readonly<Record<string, Build>> } = {
  affine: (b, x) => b.affine(x, { scale: [0.5, 2, 1, 1, 1.5], offset: [0, 0, 0, 0, 0] }),
  conv2d: (b, x) => b.conv2d(x, { kernel: 3, strides: 2, filters: 6, bias: false }),
  depthwiseConv2d: (b, x) => b.depthwiseConv2d(x, { kernel: 3, bias: false }),
  dense: (b, x) => b.dense(b.flatten(x), { units: 5, bias: false }),
  batchNorm: (b, x) => b.batchNorm(x),
  ...perActivation(forms =>
    Object.fromEntries(forms.map(([name, op]): readonly [string, Build] => [name, (b, x) => b.op(op, [x])])),
  ),
  binary: {
    add: (b, x) => b.add(x, b.clamp(x, { min: -1, max: 1 })),
    sub: (b, x) => b.sub(b.clamp(x, { min: -1, max: 1 }), x),
    mul: (b, x) => b.mul(x, b.sigmoid(x)),
    div: (b, x) => b.div(x, b.sigmoid(x)),
    max: (b, x) => b.max(x, b.sigmoid(x)),
    min: (b, x) => b.min(b.sigmoid(x), x),
  },
  pad: (b, x) => b.pad(x, 1),
  averagePool: (b, x) => b.averagePool(x, { kernel: 3, strides: 2 }),
  maxPool: (b, x) => b.maxPool(x, { kernel: 3, strides: 2 }),
  globalAveragePool: (b, x) => b.globalAveragePool(x),
  reshape: (b, x) => b.reshape(x, [5, 20]),
  softmax: (b, x) => b.softmax(x),
  sigmoid: (b, x) => b.sigmoid(x),
  concat: (b, x) => b.concat([x, b.relu(x)], 3),
  dropout: (b, x) => b.dropout(x, 0.5),
  unary: {
    exp: (b, x) => b.unary('exp', x),
    sqrt: (b, x) => b.unary('sqrt', b.relu(x)),
  },
  constant: {
    'a constant': (b, x) => b.mul(x, b.constant(x.shape)),
    'a constant of one number': (b, x) => b.add(b.constant([1, 1, 1, 1]), x),
    'a constant of one a channel': (b, x) => b.sub(b.constant([1, 1, 1, 5]), x),
    'a constant of one a pixel': (b, x) => b.max(x, b.constant([1, 4, 5, 1])),
  },
  depthToSpace: (b, x) => b.depthToSpace(b.concat([x, x, x, x], 3), { block: 2, size: [7, 10] }),
  resize: {
    'resize bilinear': (b, x) => b.resize(x, { size: [8, 10] }),
    'resize bilinear by corners': (b, x) => b.resize(x, { size: [7, 3], coordinates: 'alignCorners' }),
    'resize nearest': (b, x) => b.resize(x, { size: [8, 10], filter: 'nearest', coordinates: 'asymmetric' }),
  },
}

/** Shape of the input of `eachOpCases`. */
export const eachOpShape = [1, 4, 5, 5] as const

export const eachOpCases: readonly Case[] = Object.entries(eachOp).flatMap(([kind, builds]) =>
  Object.entries(typeof builds === 'function' ? { [kind]: builds } : builds).map(([name, build]) =>
    on(name, eachOpShape, build),
  ),
)
