import type { ElementType, Graph, Node, NodeId, OpKind, Params } from '@depthwise/core'
import {
  eachActivation,
  type HeadKind,
  isHeadOp,
  isPointwise,
  isProduct,
  nodeIndex,
  type OpOf,
} from '@depthwise/core/backend'
import { integerSet } from '../assembler/integer-set.ts'
import type { WasmHost } from '../host.ts'
import type { IntegerLowering } from '../lower/integer-lowering.ts'
import type { Lowered } from '../lower/lowering.ts'
import { lowerReshape } from '../lower/shape.ts'
import { type Arithmetic, arithmeticOf } from './arithmetic.ts'
import { bareEnds } from './bare-ends.ts'
import type { HeadIntegerLowering } from './head-lowering.ts'
import { lowerIntegerBlock } from './lower/block.ts'
import { lowerIntegerConv } from './lower/conv.ts'
import { lowerIntegerDepthwise } from './lower/depthwise.ts'
import { isFlip, lowerDequantize, lowerIntegerBinary, lowerLookup, lowerQuantize } from './lower/elementwise.ts'
import { lowerIntegerConcat, lowerIntegerPad, lowerIntegerSoftmax } from './lower/moves.ts'
import { lowerIntegerPointwise } from './lower/pointwise.ts'
import { lowerIntegerMean, lowerIntegerPool } from './lower/pools.ts'
import type { IntegerSite } from './lower/site.ts'
import { probeDot } from './probe.ts'
import { storedAs } from './stored.ts'

export { integerSet } from '../assembler/integer-set.ts'
export { arithmeticOf } from './arithmetic.ts'

/** The lowering for an engine: by its dot product where that takes whole bytes and relaxed SIMD is in use. */
export async function arithmeticFor(host: WasmHost, relaxed: boolean): Promise<Arithmetic> {
  return arithmeticOf(relaxed ? await probeDot(host) : 'wide')
}

/** The ops that read or give quantized values, but those of heads. */
type QuantizedKind = Exclude<OpKind, 'input' | 'affine' | 'batchNorm' | HeadKind>

/** One row an op that may be quantized. A new op without its row does not compile. */
const lowerRules: { readonly [K in QuantizedKind]: (site: IntegerSite, op: OpOf<K>) => Lowered } = {
  conv2d: (site, op) => (isPointwise(op) ? lowerIntegerPointwise(site, op) : lowerIntegerConv(site, op)),
  depthwiseConv2d: lowerIntegerDepthwise,
  dense: lowerIntegerPointwise,
  ...eachActivation(lowerLookup),
  binary: lowerIntegerBinary,
  pad: lowerIntegerPad,
  averagePool: lowerIntegerPool,
  maxPool: lowerIntegerPool,
  globalAveragePool: lowerIntegerMean,
  reshape: lowerReshape,
  softmax: lowerIntegerSoftmax,
  sigmoid: lowerLookup,
  concat: lowerIntegerConcat,
  dropout: lowerReshape,
  quantize: lowerQuantize,
  dequantize: lowerDequantize,
}

/**
 * How quantized nodes are lowered, by any of the arithmetics: all give the same bytes.
 * @param heads - how ops of heads among them are; a graph that has some needs it
 * @param bare - whether ends lie in memory as their caller stores them, since there is no host to flip their bytes
 */
export function integerLowering(
  arithmetic: Arithmetic,
  heads: HeadIntegerLowering | null = null,
  bare = false,
): IntegerLowering {
  const flips = ({ dtype, quantization }: ElementType): boolean =>
    quantization !== undefined && storedAs({ dtype, quantization }, arithmetic).shift !== 0
  return {
    name: arithmetic.kind === 'wide' ? '16-bit products' : `${arithmetic.kind} dot product`,
    instructions: heads?.instructions(integerSet) ?? integerSet,
    flips,
    prepare: graph => skipFlips(bare ? bareEnds(graph, flips) : graph),
    lower(group, site, operands, params: Params) {
      const integerSite: IntegerSite = { ...site, operands, params, arithmetic }
      if (group.kind === 'block') return lowerIntegerBlock(group, integerSite)
      if (heads && isHeadOp(site.node.op)) return heads.lower(integerSite)
      const rule = lowerRules[site.node.op.kind as QuantizedKind] as (site: IntegerSite, op: Node['op']) => Lowered
      return rule(integerSite, site.node.op)
    },
  }
}

/**
 * Has products read what a `quantize` between int8 and uint8 reads, where both are the same bytes in memory: products take zero
 * points relative to the type they read. Other ops round by the sign of the byte, so they keep it.
 */
function skipFlips(graph: Graph): Graph {
  const nodes = nodeIndex(graph)
  const readers = new Map<NodeId, readonly Node[]>()
  for (const node of graph.nodes) for (const id of node.inputs) readers.set(id, [...(readers.get(id) ?? []), node])
  const skipped = new Map<NodeId, NodeId>()
  for (const node of graph.nodes) {
    const source = nodes.get(node.inputs[0] as NodeId)
    if (node.op.kind !== 'quantize' || !source || graph.outputs.includes(node.id) || !isFlip(source, node)) continue
    if (readers.get(node.id)?.every(reader => isProduct(reader.op))) skipped.set(node.id, source.id)
  }
  if (skipped.size === 0) return graph
  const kept = graph.nodes.filter(({ id }) => !skipped.has(id))
  return { ...graph, nodes: kept.map(node => ({ ...node, inputs: node.inputs.map(id => skipped.get(id) ?? id) })) }
}
