import type { Node, Op, OpKind, Shape } from '@depthwise/core'
import {
  type BinaryOperator,
  countsAsDepthwise,
  eachActivation,
  elementCount,
  isOneByOne,
  type OpOf,
} from '@depthwise/core/backend'

/**
 * What kind of layer a node is, to whoever adds up where the cost lies (V1 paper, table 2). `pointwise` is a 1x1
 * convolution, `element` does arithmetic without trained products, `memory` only moves values, `view` does not even that.
 */
export type Category = 'convolution' | 'depthwise' | 'pointwise' | 'dense' | 'element' | 'memory' | 'view'

/** The element operations that counting conventions tell apart. */
export type ElementClass =
  | 'affine'
  | 'batchNorm'
  | 'activation'
  | 'add'
  | 'multiply'
  | 'pool'
  | 'sigmoid'
  | 'softmax'
  | 'function'
  | 'resize'

/** How many elements of each class are worked on; an absent class means none. Pools count the elements they look at. */
export type ElementCounts = Readonly<Partial<Record<ElementClass, number>>>

/** The work of one node, before any convention says what it is worth. */
export interface Work {
  readonly category: Category
  /** Multiply-accumulates of convolutions and dense layers; zeros of padding count, as in the papers. */
  readonly macs: number
  readonly elements: ElementCounts
}

type WorkRule<K extends OpKind> = (op: OpOf<K>, inputs: readonly Shape[], output: Shape) => Work

const element =
  (name: ElementClass) =>
  (_op: Op, _inputs: readonly Shape[], output: Shape): Work => ({
    category: 'element',
    macs: 0,
    elements: { [name]: elementCount(output) },
  })
const idle = (category: 'memory' | 'view') => (): Work => ({ category, macs: 0, elements: {} })
const pool = (looked: number): Work => ({ category: 'element', macs: 0, elements: { pool: looked } })
const channelsOf = (shape: Shape | undefined): number => shape?.at(-1) ?? 0
const area = ({ kernel }: OpOf<'conv2d' | 'depthwiseConv2d' | 'averagePool' | 'maxPool'>): number =>
  kernel[0] * kernel[1]

/** `taps` multiply-accumulates for each element of the output, and what passes fused into its store. */
function product(
  category: Category,
  op: OpOf<'conv2d' | 'depthwiseConv2d' | 'dense'>,
  taps: number,
  output: Shape,
): Work {
  const count = elementCount(output)
  const elements = { ...(op.residual ? { add: count } : {}), ...(op.activation ? { activation: count } : {}) }
  return { category, macs: count * taps, elements }
}

function convolutionCategory(op: OpOf<'conv2d'>, channels: number): Category {
  if (countsAsDepthwise(op, channels)) return 'depthwise'
  return isOneByOne(op) ? 'pointwise' : 'convolution'
}

/** Comparing costs what adding does, dividing what multiplying does, in the conventions that count operations. */
const binaryClass: { readonly [O in BinaryOperator]: ElementClass } = {
  add: 'add',
  sub: 'add',
  max: 'add',
  min: 'add',
  mul: 'multiply',
  div: 'multiply',
}

/** One row an op. A new op without its row does not compile. */
const workRules: { readonly [K in OpKind]: WorkRule<K> } = {
  input: idle('view'),
  affine: element('affine'),
  conv2d(op, [input], output) {
    const channels = channelsOf(input)
    return product(convolutionCategory(op, channels), op, (area(op) * channels) / op.groups, output)
  },
  depthwiseConv2d: (op, _inputs, output) => product('depthwise', op, area(op), output),
  dense: (op, [input], output) => product('dense', op, channelsOf(input), output),
  batchNorm: element('batchNorm'),
  ...eachActivation(element('activation')),
  binary: (op, _inputs, output) => element(binaryClass[op.operator])(op, _inputs, output),
  pad: idle('memory'),
  averagePool: (op, _inputs, output) => pool(elementCount(output) * area(op)),
  maxPool: (op, _inputs, output) => pool(elementCount(output) * area(op)),
  globalAveragePool: (_op, [input]) => pool(elementCount(input ?? [0])),
  reshape: idle('view'),
  softmax: element('softmax'),
  sigmoid: element('sigmoid'),
  concat: idle('memory'),
  dropout: idle('view'),
  quantize: element('affine'),
  dequantize: element('affine'),
  unary: element('function'),
  constant: idle('memory'),
  depthToSpace: idle('memory'),
  resize: (op, _inputs, output) =>
    op.filter === 'nearest'
      ? idle('memory')()
      : { category: 'element', macs: 0, elements: { resize: elementCount(output) } },
}

/** The work of one node, given the shapes of its operands. */
export function workOf(node: Node, inputs: readonly Shape[]): Work {
  const rule = workRules[node.op.kind] as (op: Op, inputs: readonly Shape[], output: Shape) => Work
  return rule(node.op, inputs, node.shape)
}
