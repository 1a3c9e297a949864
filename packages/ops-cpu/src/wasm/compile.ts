import {
  type CompileOptions,
  type Graph,
  type Node,
  type NodeId,
  type Params,
  UnsupportedOpError,
} from '@depthwise/core'
import { isHeadOp, nodeIndex, nodeLabel, optimize, prepare, requireReals, traced } from '@depthwise/core/backend'
import type { InstructionSet } from './assembler/row.ts'
import { pageBytes } from './host.ts'
import { lowerBlock } from './lower/block.ts'
import type { HeadLowering } from './lower/head-lowering.ts'
import type { IntegerLowering } from './lower/integer-lowering.ts'
import type { Lowered, Places } from './lower/lowering.ts'
import { Program } from './lower/program.ts'
import type { ShapedSite } from './lower/shaped.ts'
import { lowerRules } from './lower/table.ts'
import { Constants } from './plan/constants.ts'
import { roundUp } from './plan/layout.ts'
import { type FusionPolicy, type Group, groupOrigins, operandsOf, resultOf, schedule } from './plan/schedule.ts'
import { splitShortcuts } from './plan/split-shortcuts.ts'
import { arenaStart, type Layouts, layoutValues, placeValues, type ValueMemory } from './plan/values.ts'
import type { Port } from './ports.ts'

/** Memory of the first lane that a step may touch, as `[address, bytes]`. */
export interface StepMemory {
  readonly result: Port
  readonly reads: readonly Region[]
  readonly writes: readonly Region[]
}
export type Region = readonly [address: number, bytes: number]

/** Everything about a graph that its module and memory are made of. */
export interface Plan {
  readonly graph: Graph
  readonly batch: number
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  readonly program: Program
  /** For each step of the program. */
  readonly memory: readonly StepMemory[]
  readonly constants: Constants
  /** What its kernels use beside the instructions that all plans do. */
  readonly instructions: InstructionSet | null
  /** Images worked on at once, each in an arena of its own. */
  readonly lanes: number
  /** Peak of activation memory of one arena, scratch of all its threads included. */
  readonly arenaBytes: number
  /** Address of each thread's records, and the size of the whole memory. */
  readonly recordAddresses: readonly number[]
  readonly memoryBytes: number
}

/** A group and what it was lowered to. */
interface Placement {
  readonly group: Group
  readonly lowered: Lowered
}

export interface PlanOptions {
  readonly threads: number
  /** What threads share: the layers of one image (the shortest time), or whole images of a batch (the most images). */
  readonly share: 'layers' | 'images'
  readonly maySleep: boolean
  readonly relaxed: boolean
  readonly fusion: FusionPolicy
  /** How quantized nodes are lowered; without it graphs that have some are refused. */
  readonly integers?: IntegerLowering | null
  /** How ops of heads are lowered; a graph that has some needs it. */
  readonly heads?: HeadLowering | null
}

/** Graph to plan: passes, groups, arena, constants, records. Nothing is instantiated yet. */
export function planGraph(graph: Graph, params: Params, compile: CompileOptions, options: PlanOptions): Plan {
  const { integers = null, heads = null } = options
  const prepared = prepare(graph, params, compile)
  if (!integers) requireReals(prepared.graph, 'wasm')
  const network = traced('passes', () => optimize(heads?.prepare(prepared) ?? prepared))
  const shortcutsSplit = splitShortcuts(network.graph)
  const lowerable = integers ? integers.prepare(shortcutsSplit) : shortcutsSplit
  const batch = batchOf(lowerable)
  const groups = schedule(lowerable, options.fusion)
  const layouts = layoutValues(lowerable, groups)
  const nodes = nodeIndex(lowerable)
  const placements = groups.map(
    (group): Placement => ({
      group,
      lowered: lowerGroup(nodes, group, layouts, { integers, heads }, network.params),
    }),
  )
  const lanes = options.share === 'images' ? options.threads : 1
  const memory = placeValues(
    lowerable,
    placements.map(({ group, lowered: { scratchBytes, renames = false } }) => ({ group, scratchBytes, renames })),
    layouts,
    options.threads / lanes,
  )
  checkMemory(arenaStart + lanes * memory.arenaBytes)
  const program = new Program(options.threads, options.maySleep)
  const constants = new Constants(arenaStart + lanes * memory.arenaBytes)
  const zeros = constants.reserve(
    ['zeros'],
    Math.max(0, ...placements.map(({ lowered }) => lowered.zeroBytes ?? 0)) / 4,
    () => {},
  )
  placements.forEach(({ group, lowered }, index) => {
    const places = (lane: number): Places => {
      const start = lane * memory.arenaBytes
      return {
        inputs: operandsOf(group).map(id => start + memory.address(id)),
        output: start + memory.address(resultOf(group).id),
        scratch: thread => start + memory.scratch(index, lanes > 1 ? 0 : thread),
      }
    }
    const about = { name: resultOf(group).name, kernel: lowered.kernel, nodes: groupOrigins(group) }
    const target = { program, constants, params: network.params, relaxed: options.relaxed, zeros }
    program.step(about, () => {
      if (lanes === 1) lowered.emit(target, places(0))
      else for (let lane = 0; lane < lanes; lane++) program.inLane(lane, () => lowered.emit(target, places(lane)))
      if (lanes === 1 && options.threads > 1) program.barrier()
    })
  })
  if (lanes > 1) program.barrier()
  const port = (id: NodeId): Port => {
    const { name, shape, dtype, quantization } = nodes.get(id) as Node
    const place = { name, shape, address: memory.address(id), layout: layouts(id) }
    if (!quantization) return place
    return { ...place, quantization, flipped: integers?.flips({ dtype, quantization }) ?? false }
  }
  const recordAddresses: number[] = []
  let end = constants.end
  for (let thread = 0; thread < options.threads; thread++) {
    recordAddresses.push(end)
    end = roundUp(end + program.bytes(thread).length, 64)
  }
  checkMemory(end)
  return {
    graph: lowerable,
    batch,
    inputs: lowerable.inputs.map(port),
    outputs: lowerable.outputs.map(port),
    program,
    memory: placements.map((placement, index) => stepMemory(placement, index, port, memory, options.threads / lanes)),
    constants,
    instructions: heads?.instructions(integers?.instructions) ?? integers?.instructions ?? null,
    lanes,
    arenaBytes: memory.arenaBytes,
    recordAddresses,
    memoryBytes: Math.max(end, constants.reach),
  }
}

function stepMemory(
  { group, lowered }: Placement,
  index: number,
  port: (id: NodeId) => Port,
  memory: ValueMemory,
  threads: number,
): StepMemory {
  const region = ({ address, layout }: Port): Region => [address, layout.bytes]
  const result = port(resultOf(group).id)
  const scratches = Array.from(
    { length: threads },
    (_, thread): Region => [memory.scratch(index, thread), lowered.scratchBytes],
  )
  return { result, reads: operandsOf(group).map(id => region(port(id))), writes: [region(result), ...scratches] }
}

// 65536 pages are all that 32-bit addresses reach.
const maxBytes = 2 ** 32 - pageBytes

function checkMemory(bytes: number): void {
  if (bytes > maxBytes) {
    throw new UnsupportedOpError({ where: 'wasm', expected: `at most ${maxBytes} bytes of memory`, found: `${bytes}` })
  }
}

/** Images are worked through one at a time, so every value must have the same batch. */
function batchOf(graph: Graph): number {
  const batch = graph.nodes[0]?.shape[0] ?? 1
  const odd = graph.nodes.find(node => node.shape[0] !== batch)
  if (odd) {
    throw new UnsupportedOpError({
      where: nodeLabel(odd),
      expected: `a batch of ${batch} throughout`,
      found: `${odd.shape[0]}`,
    })
  }
  return batch
}

function lowerGroup(
  nodes: ReadonlyMap<NodeId, Node>,
  group: Group,
  layouts: Layouts,
  { integers, heads }: Required<Pick<PlanOptions, 'integers' | 'heads'>>,
  params: Params,
): Lowered {
  const node = resultOf(group)
  const operands = operandsOf(group)
  const item = (id: NodeId): readonly number[] => (nodes.get(id)?.shape ?? []).slice(1)
  const site: ShapedSite = {
    node,
    inputs: operands.map(layouts),
    output: layouts(node.id),
    inputItems: operands.map(item),
    outputItem: node.shape.slice(1),
  }
  if (heads && node.op.kind === 'constant') return heads.constant(site, node.op, integers?.flips(node) ?? false)
  const sources = operands.map(id => nodes.get(id) as Node)
  if (integers && [node, ...sources].some(({ quantization }) => quantization)) {
    return integers.lower(group, site, sources, params)
  }
  if (group.kind === 'block') return lowerBlock(group, site)
  if (heads && isHeadOp(node.op)) return heads.lower(site)
  const rule = lowerRules[node.op.kind as keyof typeof lowerRules] as (
    site: ShapedSite,
    op: unknown,
    normalize: unknown,
  ) => Lowered
  return rule(site, node.op, group.normalize?.op ?? null)
}
