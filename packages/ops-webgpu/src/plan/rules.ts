import { boundsOf, type Node, type Op, type OpKind, type OpOf, type Params, type Tensor } from '@depthwise/core'
import { binary } from '../kernels/binary.ts'
import { conv } from '../kernels/conv.ts'
import { depthwise } from '../kernels/depthwise.ts'
import { affine, copy, reshape, sigmoid } from '../kernels/elementwise.ts'
import { grouped } from '../kernels/grouped.ts'
import type { Kernel } from '../kernels/kernel.ts'
import { pad, place } from '../kernels/move.ts'
import { pointwise } from '../kernels/pointwise.ts'
import { globalPool, pool } from '../kernels/pools.ts'
import type { Product } from '../kernels/product.ts'
import { softmax } from '../kernels/softmax.ts'
import type { Tail } from '../kernels/tail.ts'
import { busy, type LayerClass, type Tile } from '../tiles.ts'
import type { Layout } from './layout.ts'
import { type Packed, packProduct, packRows } from './params.ts'

/** What a rule knows of its node. */
export interface Scene {
  readonly node: Node
  readonly operands: readonly Layout[]
  readonly output: Layout
  /** What follows in registers; always empty for kinds that are not `tailed`. */
  readonly tail: Tail
  readonly params: Params
  readonly weightStorage: Layout['storage']
  /** The tile of a layer of this class. */
  tile(layer: LayerClass): Tile
}

/** A kernel, which operands it reads (default all, in order, then those of the tail), and its parameters. */
export interface Launch {
  readonly kernel: Kernel
  readonly operands?: readonly number[]
  readonly params?: Packed
  /** Multiply-accumulates; default 0. */
  readonly macs?: number
}

export type ComputedKind = Exclude<OpKind, 'input'>
type Rule<K extends ComputedKind> = (op: OpOf<K>, scene: Scene) => Launch | readonly Launch[]

const first = ({ operands }: Scene): Layout => operands[0] as Layout

type ProductOp = OpOf<'conv2d' | 'depthwiseConv2d' | 'dense'>

export function product(op: ProductOp, scene: Scene, kernelOf: (layer: Product) => Kernel): Launch {
  const { output, params, weightStorage } = scene
  const packed = packProduct(op, params, output.channels, weightStorage)
  const rows = packed.length / (output.groups * 4) - (op.bias === null ? 0 : 1)
  const layer = {
    input: first(scene),
    output,
    weightRows: rows,
    weightStorage,
    bias: op.bias !== null,
    tail: [...ownTail(op, scene), ...scene.tail],
  }
  return { kernel: kernelOf(layer), params: packed, macs: output.rows * output.channels * rows }
}

/** What core's passes fused into a product: the sum with a shortcut, then a clamp. */
export function ownTail({ residual, clamp }: ProductOp, { operands }: Scene): Tail {
  const shortcut = residual ? operands[1] : undefined
  return [
    ...(shortcut ? [{ kind: 'add' as const, operand: shortcut }] : []),
    ...(clamp ? [{ kind: 'clamp' as const, bounds: clamp }] : []),
  ]
}

/** Few outputs and long sums: a GPU is filled by splitting the sums. */
function pointwiseClass({ output }: Scene): LayerClass {
  return output.rows * output.groups < busy ? 'late' : 'pointwise'
}

export function isPointwise({ kernel, strides, padding }: OpOf<'conv2d'>): boolean {
  return [...kernel, ...strides].every(extent => extent === 1) && Object.values(padding).every(amount => amount === 0)
}

const mapping = (scene: Scene): Parameters<typeof copy>[0] => ({
  input: first(scene),
  output: scene.output,
  tail: scene.tail,
})

const clamp = (op: Op, scene: Scene): Launch => {
  const bounds = boundsOf(op)
  const own: Tail = bounds ? [{ kind: 'clamp', bounds }] : []
  return { kernel: copy({ ...mapping(scene), tail: [...own, ...scene.tail] }) }
}

function batchNorm(op: OpOf<'batchNorm'>, scene: Scene): Launch {
  const read = (name: string | null) => (name === null ? null : (scene.params.get(name) as Tensor).data)
  const [gamma, beta, mean, variance] = [read(op.gamma), read(op.beta), read(op.mean), read(op.variance)]
  const scale = Float64Array.from(variance ?? [], (v, c) => (gamma?.[c] ?? 1) / Math.sqrt(v + op.epsilon))
  const offset = scale.map((s, c) => (beta?.[c] ?? 0) - (mean?.[c] ?? 0) * s)
  return affineLaunch('batchNorm', scene, scale, offset)
}

function affineLaunch(name: string, scene: Scene, scale: ArrayLike<number>, offset: ArrayLike<number>): Launch {
  const params = packRows(scene.output.channels, [scale, offset], 'f32')
  return { kernel: affine(name, mapping(scene)), params }
}

function concat(op: OpOf<'concat'>, { operands, output }: Scene): readonly Launch[] {
  let offset = 0
  return operands.map((operand, index) => {
    const kernel = place(operand, output, op.axis, offset)
    offset += operand.shape[op.axis] as number
    return { kernel, operands: [index] }
  })
}

/** How each op becomes kernels. A new op without its row does not compile. */
const rules: { readonly [K in ComputedKind]: Rule<K> } = {
  normalize: (op, scene) => affineLaunch('normalize', scene, op.scale, op.offset),
  conv2d: (op, scene) =>
    product(op, scene, layer => {
      if (op.groups === 1 && isPointwise(op)) return pointwise(layer, scene.tile(pointwiseClass(scene)))
      const whole = op.groups === 1 || (first(scene).channels / op.groups) % 4 === 0
      const vectors = whole && (op.groups === 1 || (op.filters / op.groups) % 4 === 0)
      const convLayer = { ...layer, window: op, convGroups: op.groups }
      return vectors ? conv(convLayer, scene.tile('conv')) : grouped(convLayer, scene.tile('grouped'))
    }),
  depthwiseConv2d: (op, scene) =>
    product(op, scene, layer =>
      op.multiplier === 1
        ? depthwise({ ...layer, window: op }, scene.tile('depthwise'))
        : grouped({ ...layer, window: op, convGroups: first(scene).channels }, scene.tile('grouped')),
    ),
  dense: (op, scene) => product(op, scene, layer => pointwise(layer, scene.tile('dense'))),
  batchNorm,
  relu: clamp,
  relu6: clamp,
  clamp,
  add: (_op, { operands, output, tail }) => ({ kernel: binary('add', operands as [Layout, Layout], output, tail) }),
  mul: (_op, { operands, output, tail }) => ({ kernel: binary('mul', operands as [Layout, Layout], output, tail) }),
  pad: (op, scene) => ({ kernel: pad(first(scene), scene.output, op.pads, op.value) }),
  averagePool: (op, scene) => pooled(scene, op, op.countPadding ? 'counting' : 'average'),
  maxPool: (op, scene) => pooled(scene, op, 'max'),
  globalAveragePool: (_op, scene) => ({
    kernel: globalPool(first(scene), scene.output, scene.tail, scene.tile('globalPool')),
  }),
  reshape: (_op, scene) => ({ kernel: reshape(first(scene), scene.output) }),
  softmax: (_op, scene) => ({ kernel: softmax(first(scene), scene.output, scene.tile('softmax')) }),
  sigmoid: (_op, scene) => ({ kernel: sigmoid(mapping(scene)) }),
  concat,
  dropout: (_op, scene) => ({ kernel: reshape(first(scene), scene.output) }),
}

function pooled(scene: Scene, op: OpOf<'averagePool' | 'maxPool'>, kind: 'max' | 'average' | 'counting'): Launch {
  const window = { ...op, dilations: [1, 1] as const }
  return { kernel: pool({ ...mapping(scene), window, kind }, scene.tile('other')) }
}

/** Kinds whose kernels take a tail: those that compute each number once, in registers. */
export const tailed: ReadonlySet<OpKind> = new Set<OpKind>([
  'normalize',
  'conv2d',
  'depthwiseConv2d',
  'dense',
  'batchNorm',
  'relu',
  'relu6',
  'clamp',
  'add',
  'mul',
  'averagePool',
  'maxPool',
  'globalAveragePool',
  'sigmoid',
])

/** The launches that compute one node, in order. */
export function launches(scene: Scene): readonly Launch[] {
  const { op } = scene.node
  const rule = rules[op.kind as ComputedKind] as Rule<ComputedKind>
  return [rule(op as never, scene)].flat()
}
