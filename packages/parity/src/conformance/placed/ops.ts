import type { DType, GraphBuilder, Shape, Value } from '@depthwise/core'
import { elementCount, type RealKind, type Size2 } from '@depthwise/core/backend'
import { perActivation } from '../cases/activations.ts'

type Build = (b: GraphBuilder, x: Value) => Value

/** What ops read, as one item of a batch. Three rows of five pixels are no multiple of any vector, tile or band. */
export const operands = {
  image: channels => [3, 5, channels],
  pixel: channels => [1, 1, channels],
  row: channels => [channels],
} as const satisfies Readonly<Record<string, (channels: number) => Shape>>

type Operand = keyof typeof operands

/** An op on one operand, and how to build it. */
export interface PlacedOp {
  readonly name: string
  readonly dtype: DType
  readonly reads: Operand
  readonly build: Build
}

/** Whether an op can read a value of any origin. */
export function fits({ reads }: PlacedOp, { shape }: Value): boolean {
  const [, height, width] = shape
  return reads === 'row'
    ? shape.length === 2
    : shape.length === 4 && (reads === 'image' || (height === 1 && width === 1))
}

/** What is particular about an op, if anything; how to build it; and what it reads, if not an image. */
type Variant = readonly [what: string, build: Build, reads?: Operand]

const channelsOf = (x: Value): number => x.shape.at(-1) as number
const batchOf = (x: Value): number => x.shape[0] as number
const pixelsOf = (x: Value): number => elementCount(x.shape.slice(1, -1))
const perChannel = (x: Value, of: (c: number) => number): readonly number[] =>
  Array.from({ length: channelsOf(x) }, (_, c) => of(c))

const affine =
  (scale: number): Build =>
  (b, x) =>
    b.affine(x, { scale: perChannel(x, c => scale * (1 + c / 8)), offset: perChannel(x, c => c / 16 - 0.5) })

/** The fewest groups that divide the channels. */
const groupsOf = (x: Value): number => [2, 3, 5, 7].find(divisor => channelsOf(x) % divisor === 0) ?? channelsOf(x)

/** A larger image around a pixel, over which the pixel is then stretched. */
const surrounded: Build = (b, x) => b.pad(x, { top: 1, bottom: 1, left: 2, right: 2 })

/** Three columns for each of an image, less one. */
const sizeLess = (x: Value): Size2 => [x.shape[1] as number, 3 * (x.shape[2] as number) - 1]

/** A new op without its row does not compile. */
const variants: { readonly [K in RealKind]: readonly Variant[] } = {
  affine: [
    ['', affine(0.5)],
    ['of a row', affine(0.5), 'row'],
  ],
  conv2d: [
    ['1x1', (b, x) => b.conv2d(x, { kernel: 1, filters: channelsOf(x) + 1 })],
    ['3x3, stride 2', (b, x) => b.conv2d(x, { kernel: 3, strides: 2, filters: 5 })],
    ['in groups', (b, x) => b.conv2d(x, { kernel: 3, groups: groupsOf(x), filters: 3 * groupsOf(x) })],
    ['in groups of whole vectors', (b, x) => b.conv2d(x, { kernel: 1, groups: groupsOf(x), filters: 4 * groupsOf(x) })],
    ['with a shortcut', (b, x) => b.add(x, b.conv2d(x, { kernel: 1, filters: channelsOf(x) }))],
  ],
  depthwiseConv2d: [
    ['3x3', (b, x) => b.depthwiseConv2d(x, { kernel: 3 })],
    ['3x3, stride 2', (b, x) => b.depthwiseConv2d(x, { kernel: 3, strides: 2, bias: false })],
    ['dilated', (b, x) => b.depthwiseConv2d(x, { kernel: 3, dilations: 2 })],
    ['with a multiplier', (b, x) => b.depthwiseConv2d(x, { kernel: 3, multiplier: 3 })],
    ['with a shortcut', (b, x) => b.relu6(b.add(b.depthwiseConv2d(x, { kernel: 3 }), x))],
  ],
  dense: [
    ['of a row', (b, x) => b.dense(x, { units: channelsOf(x) + 2 }), 'row'],
    ['of an image', (b, x) => b.dense(b.flatten(x), { units: 5 })],
  ],
  batchNorm: [
    ['', (b, x) => b.batchNorm(x)],
    ['of a row', (b, x) => b.batchNorm(x, { scale: false }), 'row'],
  ],
  ...perActivation(forms => forms.map(([name, op]): Variant => [`as ${name}`, (b, x) => b.op(op, [x])])),
  binary: [
    ['add of a value and itself', (b, x) => b.add(x, x)],
    ['add of one value a channel', (b, x) => b.add(x, b.globalAveragePool(x, { keepDims: true }))],
    ['add of one value a pixel', (b, x) => b.add(b.conv2d(x, { kernel: 1, filters: 1 }), x)],
    ['add to a larger image', (b, x) => b.add(surrounded(b, x), x), 'pixel'],
    ['mul of a value and another', (b, x) => b.mul(b.sigmoid(x), x)],
    ['mul by one value a channel', (b, x) => b.mul(b.globalAveragePool(x, { keepDims: true }), x)],
    ['mul by one value a pixel', (b, x) => b.mul(x, b.conv2d(x, { kernel: 1, filters: 1 }))],
    ['mul by a larger image', (b, x) => b.mul(x, surrounded(b, x)), 'pixel'],
    ['sub of a value from another', (b, x) => b.sub(b.sigmoid(x), x)],
    ['div of a value by another', (b, x) => b.div(x, b.sigmoid(x))],
    ['div by one value a channel', (b, x) => b.div(x, b.sigmoid(b.globalAveragePool(x, { keepDims: true })))],
    ['max of a value and another', (b, x) => b.max(x, b.sigmoid(x))],
    ['min of a value and one a pixel', (b, x) => b.min(b.conv2d(x, { kernel: 1, filters: 1 }), x)],
  ],
  pad: [
    ['around an image', (b, x) => b.pad(x, 1, { value: 0.5 })],
    [
      'of channels',
      (b, x) =>
        b.pad(x, [
          [0, 0],
          [1, 2],
        ]),
      'row',
    ],
  ],
  averagePool: [
    ['', (b, x) => b.averagePool(x, { kernel: 3, strides: 2 })],
    ['that counts its padding', (b, x) => b.averagePool(x, { kernel: 2, countPadding: true })],
  ],
  maxPool: [['', (b, x) => b.maxPool(x, { kernel: 3, strides: 2 })]],
  globalAveragePool: [
    ['', (b, x) => b.globalAveragePool(x)],
    ['that stays an image', (b, x) => b.globalAveragePool(x, { keepDims: true })],
  ],
  reshape: [
    ['that keeps the channels', (b, x) => b.reshape(x, [x.shape[2] as number, x.shape[1] as number, channelsOf(x)])],
    ['that spreads the channels', (b, x) => b.reshape(x, [channelsOf(x), pixelsOf(x)])],
    ['to a row', (b, x) => b.flatten(x)],
  ],
  softmax: [
    ['', (b, x) => b.softmax(x)],
    ['of a row', (b, x) => b.softmax(x), 'row'],
  ],
  sigmoid: [['', (b, x) => b.sigmoid(x)]],
  concat: [
    ['of channels', (b, x) => b.concat([x, b.relu(x), x], 3)],
    ['of rows', (b, x) => b.concat([x, b.sigmoid(x)], 1)],
    ['of the channels of a row', (b, x) => b.concat([b.sigmoid(x), x], 1), 'row'],
  ],
  dropout: [['', (b, x) => b.dropout(x, 0.5)]],
  unary: [
    ['exp', (b, x) => b.unary('exp', x)],
    ['sqrt', (b, x) => b.unary('sqrt', b.relu(x))],
    ['exp of a row', (b, x) => b.unary('exp', x), 'row'],
  ],
  constant: [
    ['added', (b, x) => b.add(x, b.constant(x.shape))],
    ['one number, as the lower bound', (b, x) => b.max(b.constant(x.shape.map(() => 1).with(0, batchOf(x))), x)],
    ['one a channel, as the minuend', (b, x) => b.sub(b.constant([batchOf(x), 1, 1, channelsOf(x)]), x)],
    ['one a row, as a factor', (b, x) => b.mul(x, b.constant([batchOf(x), x.shape[1] as number, 1, 1]))],
    ['joined', (b, x) => b.concat([b.constant(x.shape), x], 3)],
    ['joined to a row', (b, x) => b.concat([x, b.constant([batchOf(x), 3])], 1), 'row'],
  ],
  depthToSpace: [
    ['in blocks of 2x2', (b, x) => b.depthToSpace(b.concat([x, b.relu(x), x, x], 3), { block: 2 })],
    [
      'in blocks of 1x3, less a column',
      (b, x) => b.depthToSpace(b.concat([x, x, b.relu(x)], 3), { block: [1, 3], size: sizeLess(x) }),
    ],
  ],
  resize: [
    ['bilinear, larger', (b, x) => b.resize(x, { size: [7, 10] })],
    ['bilinear, smaller', (b, x) => b.resize(x, { size: [2, 3], coordinates: 'asymmetric' })],
    ['bilinear by corners', (b, x) => b.resize(x, { size: [5, 9], coordinates: 'alignCorners' })],
    ['bilinear to a row of pixels', (b, x) => b.resize(x, { size: [1, 6], coordinates: 'pytorchHalfPixel' })],
    ['bilinear of a pixel', (b, x) => b.resize(x, { size: [3, 2], coordinates: 'alignCorners' }), 'pixel'],
    ['nearest, larger', (b, x) => b.resize(x, { size: [6, 10], filter: 'nearest' })],
    ['nearest, smaller', (b, x) => b.resize(x, { size: [2, 2], filter: 'nearest', rounding: 'floor' })],
    ['nearest of a pixel', (b, x) => b.resize(x, { size: 3, filter: 'nearest' }), 'pixel'],
  ],
}

/** How far integers are scaled down, for a result of about one. */
const scales = { uint8: 1 / 127.5, int8: 1 / 128, int32: 1e-6 } as const

/** Every op in every variant; the op that reads integers, on each type of them. */
export const placedOps: readonly PlacedOp[] = [
  ...Object.entries(variants).flatMap(([kind, rows]) =>
    rows.map(([what, build, reads = 'image']): PlacedOp => {
      return { name: `${kind} ${what}`.trim(), dtype: 'float32', reads, build }
    }),
  ),
  ...Object.entries(scales).map(([dtype, scale]): PlacedOp => {
    return { name: `affine of ${dtype}`, dtype: dtype as DType, reads: 'image', build: affine(scale) }
  }),
]
