import type { Graph, Network, Node, NodeId } from '@depthwise/core'
import { isActivation, isHeadOp, nodeIndex } from '@depthwise/core/backend'
import type { EpilogueOp } from '../kernels/epilogue.ts'
import { type AdapterClass, type LayerClass, type Tile, type Tiles, tileTable } from '../tiles.ts'
import type { Dispatch } from './dispatch.ts'
import type { PairFusion } from './fusion.ts'
import { addedBy, fusionGroups, type Group, isSum } from './groups.ts'
import type { HeadLowering } from './head-lowering.ts'
import type { IntegerLowering } from './integer-lowering.ts'
import { byteSize, type Layout, layoutOf, type StoredDType, sameOrder } from './layout.ts'
import { launches } from './rules.ts'

/** The launches of one fusion group; `node` is the one whose value they store. */
export interface Step {
  readonly node: Node
  readonly origins: readonly NodeId[]
  readonly dispatches: readonly Dispatch[]
  /** The row of the tile table that its kernels were written by, if any. */
  readonly layer: LayerClass | null
}

/** A value that takes memory of its own; reshaped and dropped-out ones share their operand's. */
export interface Value {
  readonly id: NodeId
  readonly name: string
  readonly layout: Layout
}

export interface Schedule {
  readonly graph: Graph
  readonly steps: readonly Step[]
  /** By id of the node whose memory it is. */
  readonly values: ReadonlyMap<NodeId, Value>
  /** The value each node's numbers lie in. */
  home(id: NodeId): NodeId
  /** How the numbers of one node lie, in its own shape. */
  layout(id: NodeId): Layout
}

export interface ScheduleOptions {
  readonly dtype: StoredDType
  /** Outputs that are stored as float32 whatever the rest is; default all. Exposed values stay as they would be unseen. */
  readonly precise?: readonly NodeId[]
  readonly adapter: AdapterClass
  readonly tiles?: Partial<Tiles>
  readonly fuse?: PairFusion | undefined
  /** How quantized nodes are lowered, where the graph has some. */
  readonly integers?: IntegerLowering | null
  /** How ops of heads are lowered, where the graph has some. */
  readonly heads?: HeadLowering | null
}

/** Nodes to launches. Graph inputs are stored as float32 whatever the rest is: so the host writes them. */
export function schedule({ graph, params }: Network, options: ScheduleOptions): Schedule {
  const { dtype, precise = graph.outputs, adapter, tiles = {}, fuse, integers, heads } = options
  const grouped = fusionGroups(graph)
  const groups = fuse ? fuse.merge(grouped, graph) : grouped
  const nodes = nodeIndex(graph)
  const nodeOf = (id: NodeId): Node => nodes.get(id) as Node
  const homes = homesOf(graph, nodeOf, integers)
  const home = (id: NodeId): NodeId => homes.get(id) as NodeId
  const full = new Set([...graph.inputs, ...precise].map(home))
  const layout = (id: NodeId): Layout => {
    const { shape, quantization } = nodeOf(id)
    return layoutOf(shape, quantization ? 'bytes' : full.has(home(id)) ? 'float32' : dtype)
  }
  const stepOf = (group: Group): Step => {
    const { head, epilogue, last, origins, first } = group
    let layer = null as LayerClass | null
    const tile = (asked: LayerClass): Tile => {
      layer = asked
      return tiles[asked] ?? tileTable[adapter][asked]
    }
    const read = first ? [...first.head.inputs, ...head.inputs.slice(1)] : head.inputs
    const added = epilogue.filter(isSum).map(node => addedBy(node, group))
    const context = {
      node: head,
      sources: head.inputs.map(nodeOf),
      operands: head.inputs.map(layout),
      output: layout(last.id),
      epilogue: epilogue.map((node): EpilogueOp => {
        return isActivation(node.op) ? node.op : { kind: 'add', operand: layout(addedBy(node, group)) }
      }),
      params,
      weightDType: dtype,
      tile,
    }
    const plain = heads && isHeadOp(head.op) ? heads.launches : launches
    const isInteger = head.op.kind !== 'constant' && [head, ...context.sources].some(({ quantization }) => quantization)
    const lower = integers && isInteger ? integers.launches : plain
    const made = fuse && first ? [fuse.launch(context, first.head, layout(read[0] as NodeId))] : lower(context)
    const dispatches = made.map(({ kernel, operands: chosen, params: packed = null, macs = 0 }) => {
      const reads = chosen ? chosen.map(index => head.inputs[index] as NodeId) : [...read, ...added]
      return { kernel, reads: reads.map(home), params: packed, writes: last.id, macs }
    })
    return { node: last, origins, dispatches, layer }
  }
  const steps = groups.filter(({ last }) => home(last.id) === last.id).map(stepOf)
  const stored = [...graph.inputs, ...steps.map(({ node }) => node.id)]
  const values = new Map(stored.map(id => [id, { id, name: nodeOf(id).name, layout: layout(id) }]))
  return { graph, steps, values, home, layout }
}

/** For each node, the node whose memory holds its numbers: the operand's where nothing moves. */
function homesOf(
  graph: Graph,
  nodeOf: (id: NodeId) => Node,
  integers?: IntegerLowering | null,
): ReadonlyMap<NodeId, NodeId> {
  const homes = new Map<NodeId, NodeId>()
  for (const node of graph.nodes) {
    const [first] = node.inputs
    const operand = first === undefined ? null : nodeOf(first)
    const still = operand && (staysPut(node, operand) || integers?.renames(node, operand))
    homes.set(node.id, still ? (homes.get(operand.id) as NodeId) : node.id)
  }
  return homes
}

function staysPut({ op, shape }: Node, operand: Node): boolean {
  if (op.kind === 'dropout') return true
  return op.kind === 'reshape' && sameOrder(layoutOf(operand.shape), layoutOf(shape))
}

/** Bytes of all values together, were none to reuse another's memory. */
export function bytesWithoutReuse({ values }: Schedule): number {
  return [...values.values()].reduce((sum, { layout }) => sum + byteSize(layout), 0)
}
