import type { Node, Params, Tensor } from '@depthwise/core'
import {
  type Activation,
  eachActivation,
  isDepthwise,
  isHeadOp,
  isPointwise,
  type OpOf,
  type PlainKind,
} from '@depthwise/core/backend'
import { binary } from '../kernels/binary.ts'
import { conv } from '../kernels/conv.ts'
import { depthwise } from '../kernels/depthwise.ts'
import { affine, copy, reshape, sigmoid } from '../kernels/elementwise.ts'
import type { Epilogue } from '../kernels/epilogue.ts'
import { grouped } from '../kernels/grouped.ts'
import type { Kernel } from '../kernels/kernel.ts'
import { pad, place } from '../kernels/move.ts'
import { pointwise } from '../kernels/pointwise.ts'
import { globalPool, pool } from '../kernels/pools.ts'
import type { Product } from '../kernels/product.ts'
import { softmax } from '../kernels/softmax.ts'
import { busy, type LayerClass, type Tile } from '../tiles.ts'
import type { Layout, StoredDType } from './layout.ts'
import { type Packed, packProduct, packRows } from './params.ts'

/** What a rule knows when it lowers its node. */
export interface LoweringContext {
  readonly node: Node
  /** The nodes it reads, and how their values lie. */
  readonly sources: readonly Node[]
  readonly operands: readonly Layout[]
  readonly output: Layout
  /** What follows in registers; always empty for nodes that are not `withEpilogue`. */
  readonly epilogue: Epilogue
  readonly params: Params
  readonly weightDType: StoredDType
  /** The tile of a layer of this class. */
  tile(layer: LayerClass): Tile
}

/** A kernel, which operands it reads (default all, in order, then those of the epilogue), and its parameters. */
export interface Launch {
  readonly kernel: Kernel
  readonly operands?: readonly number[]
  readonly params?: Packed
  /** Multiply-accumulates; default 0. */
  readonly macs?: number
}

type Rule<K extends PlainKind> = (op: OpOf<K>, context: LoweringContext) => Launch | readonly Launch[]

const first = ({ operands }: LoweringContext): Layout => operands[0] as Layout

type ProductOp = OpOf<'conv2d' | 'depthwiseConv2d' | 'dense'>

export function product(op: ProductOp, context: LoweringContext, kernelOf: (layer: Product) => Kernel): Launch {
  const { output, params, weightDType } = context
  const packed = packProduct(op, params, output.channels, weightDType)
  const rows = packed.length / (output.groups * 4) - (op.bias === null ? 0 : 1)
  const layer = {
    input: first(context),
    output,
    weightRows: rows,
    weightDType,
    bias: op.bias !== null,
    epilogue: [...ownEpilogue(op, context), ...context.epilogue],
  }
  return { kernel: kernelOf(layer), params: packed, macs: output.rows * output.channels * rows }
}

/** What core's passes fused into a product: the sum with a shortcut, then an activation. */
export function ownEpilogue({ residual, activation }: ProductOp, { operands }: LoweringContext): Epilogue {
  const shortcut = residual ? operands[1] : undefined
  return [...(shortcut ? [{ kind: 'add' as const, operand: shortcut }] : []), ...(activation ? [activation] : [])]
}

/** Few outputs and long sums: a GPU is filled by splitting the sums. */
export function pointwiseClass({ output }: LoweringContext): LayerClass {
  return output.rows * output.groups < busy ? 'late' : 'pointwise'
}

const mapping = (context: LoweringContext): Parameters<typeof copy>[0] => ({
  input: first(context),
  output: context.output,
  epilogue: context.epilogue,
})

/** An activation that no product took in. */
const activation = (op: Activation, context: LoweringContext): Launch => ({
  kernel: copy({ ...mapping(context), epilogue: [op, ...context.epilogue] }),
})

function batchNorm(op: OpOf<'batchNorm'>, context: LoweringContext): Launch {
  const read = (name: string | null) => (name === null ? null : (context.params.get(name) as Tensor).data)
  const [gamma, beta, mean, variance] = [read(op.gamma), read(op.beta), read(op.mean), read(op.variance)]
  const scale = Float64Array.from(variance ?? [], (v, c) => (gamma?.[c] ?? 1) / Math.sqrt(v + op.epsilon))
  const offset = scale.map((s, c) => (beta?.[c] ?? 0) - (mean?.[c] ?? 0) * s)
  return affineLaunch('batchNorm', context, scale, offset)
}

function affineLaunch(
  name: string,
  context: LoweringContext,
  scale: ArrayLike<number>,
  offset: ArrayLike<number>,
): Launch {
  const params = packRows(context.output.channels, [scale, offset], 'float32')
  return { kernel: affine(name, mapping(context)), params }
}

function concat(op: OpOf<'concat'>, { operands, output }: LoweringContext): readonly Launch[] {
  let offset = 0
  return operands.map((operand, index) => {
    const kernel = place(operand, output, op.axis, offset)
    offset += operand.shape[op.axis] as number
    return { kernel, operands: [index] }
  })
}

/** How each op becomes kernels, but those of heads. A new op without its row does not compile. */
const rules: { readonly [K in PlainKind]: Rule<K> } = {
  affine: (op, context) => affineLaunch('normalize', context, op.scale, op.offset),
  conv2d: (op, context) =>
    product(op, context, layer => {
      if (isPointwise(op)) return pointwise(layer, context.tile(pointwiseClass(context)))
      const whole = op.groups === 1 || (first(context).channels / op.groups) % 4 === 0
      const vectors = whole && (op.groups === 1 || (op.filters / op.groups) % 4 === 0)
      const convLayer = { ...layer, window: op, convGroups: op.groups }
      return vectors ? conv(convLayer, context.tile('conv')) : grouped(convLayer, context.tile('grouped'))
    }),
  depthwiseConv2d: (op, context) =>
    product(op, context, layer =>
      isDepthwise(op)
        ? depthwise({ ...layer, window: op }, context.tile('depthwise'))
        : grouped({ ...layer, window: op, convGroups: first(context).channels }, context.tile('grouped')),
    ),
  dense: (op, context) => product(op, context, layer => pointwise(layer, context.tile('dense'))),
  batchNorm,
  ...eachActivation(activation),
  binary: ({ operator }, { operands, output, epilogue }) => ({
    kernel: binary(operator, operands as [Layout, Layout], output, epilogue),
  }),
  pad: (op, context) => ({ kernel: pad(first(context), context.output, op.pads, op.value) }),
  averagePool: (op, context) => pooled(context, op, op.countPadding ? 'counting' : 'average'),
  maxPool: (op, context) => pooled(context, op, 'max'),
  globalAveragePool: (_op, context) => ({
    kernel: globalPool(first(context), context.output, context.epilogue, context.tile('globalPool')),
  }),
  reshape: (_op, context) => ({ kernel: reshape(first(context), context.output) }),
  softmax: (_op, context) => ({ kernel: softmax(first(context), context.output, context.tile('softmax')) }),
  sigmoid: (_op, context) => ({ kernel: sigmoid(mapping(context)) }),
  concat,
  dropout: (_op, context) => ({ kernel: reshape(first(context), context.output) }),
}

function pooled(
  context: LoweringContext,
  op: OpOf<'averagePool' | 'maxPool'>,
  kind: 'max' | 'average' | 'counting',
): Launch {
  const window = { ...op, dilations: [1, 1] as const }
  return { kernel: pool({ ...mapping(context), window, kind }, context.tile('other')) }
}

/** Whether the kernels of an op take an epilogue: those that compute each number once, in registers. */
const takesEpilogue: { readonly [K in PlainKind]: boolean } = {
  affine: true,
  conv2d: true,
  depthwiseConv2d: true,
  dense: true,
  batchNorm: true,
  ...eachActivation(true),
  binary: true,
  pad: false,
  averagePool: true,
  maxPool: true,
  globalAveragePool: true,
  reshape: false,
  softmax: false,
  sigmoid: true,
  concat: false,
  dropout: false,
}

/** Whether what follows a node may be computed in its registers. */
export const withEpilogue = ({ op, quantization }: Node): boolean =>
  !quantization && !isHeadOp(op) && takesEpilogue[op.kind as PlainKind]

/** The launches that compute one node, in order. */
export function launches(context: LoweringContext): readonly Launch[] {
  const { op } = context.node
  const rule = rules[op.kind as PlainKind] as Rule<PlainKind>
  return [rule(op as never, context)].flat()
}
