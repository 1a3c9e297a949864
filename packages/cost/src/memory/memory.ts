import type { Graph, NodeId, Shape } from '@depthwise/core'
import { elementCount, originsOf, planArena, verify } from '@depthwise/core/backend'
import { byteSizes, type CostDType } from '../bytes.ts'
import { checkOption } from '../check-option.ts'
import { foldedGraph } from '../folded-graph.ts'
import { type Block, blocksOf } from './blocks.ts'
import { type BlockCuts, type Schedule, type Scratch, scratchOf } from './scratch.ts'
import { type SharedRange, sharedRanges } from './shared-ranges.ts'

/** Under which schedule memory is planned, and what activations are stored as. */
export interface MemoryOptions extends BlockCuts {
  /** Default `layers`. */
  readonly schedule?: Schedule
  /** Default `float32`. */
  readonly dtype?: CostDType
}

/** One step of the schedule: a layer, or a block whose inner values never exist whole. */
export interface MemoryStep {
  /** Of the value it computes. */
  readonly name: string
  /** Authored nodes it computes. */
  readonly nodes: readonly NodeId[]
  /** Shape of the value it computes. */
  readonly output: Shape
  /** Bytes of all values in memory while it runs, its own and scratch included. */
  readonly bytes: number
  /** Bytes for what lies inside a block. */
  readonly scratchBytes: number
}

/** A stretch of the arena: who lies there, and from which step to which. */
export interface LiveValue {
  /** The value; where others take its place later (views, element-wise results), the first. */
  readonly name: string
  readonly names: readonly string[]
  readonly shape: Shape
  readonly bytes: number
  readonly from: number
  readonly to: number
  /** Where it lies in the arena. */
  readonly address: number
  /** Whether it is a block's scratch. */
  readonly scratch: boolean
}

/** What `memory` returns. */
export interface MemoryPlan {
  readonly schedule: Schedule
  readonly dtype: CostDType
  readonly steps: readonly MemoryStep[]
  readonly values: readonly LiveValue[]
  /** The most that is in memory at once: no plan for this schedule can do with less. */
  readonly peakBytes: number
  /** Index of the first step at which it is. */
  readonly peakStep: number
  /** Size of one arena that holds everything: `peakBytes`, and what is lost between values that do not fit each other's gaps. */
  readonly arenaBytes: number
}

/**
 * Which activations are in memory when, for the batch a graph was built with. The graph is taken as engines run it
 * (`foldedGraph`); element-wise layers write in place where nobody else reads their operand. Blocks are computed as such only
 * where that takes less than their layers one by one.
 *
 * At `layers` the peak is the largest sum of a layer's operands and result, and of shortcuts that wait; at `fused` the expanded
 * tensors drop out of it: the V2 paper's `M = |s²k| + |s'²k'| + O(max(s², s'²))`, section 5.1.
 * @throws OptionError for an unknown schedule or dtype, or a cut that is no positive integer; GraphError or ShapeError naming
 * the node of a broken graph
 */
export function memory(graph: Graph, options: MemoryOptions = {}): MemoryPlan {
  const { schedule = 'layers', dtype = 'float32', ...cuts } = options
  checkOption('dtype', dtype, byteSizes)
  verify(graph)
  const scratch = scratchOf(schedule, cuts)
  const folded = foldedGraph(graph)
  const blocks = schedule === 'layers' ? blocksOf(folded, () => false) : blocksOf(folded, saves(folded, scratch))
  const size = byteSizes[dtype].activation
  const scratchBytes = blocks.map(block => (block.length > 1 ? size * scratch(block) : 0))
  const living = [...sharedRanges(folded, blocks, dtype).map(livingValue), ...scratchBytes.flatMap(scratchValue)]
  const arena = planArena(living.map(({ bytes, from, to }) => ({ bytes, first: from, last: to })))
  const values = living.map((value, index) => ({ ...value, address: arena.offsets[index] as number }))
  const steps = blocks.map((block, index) => stepOf(block, index, values, scratchBytes[index] as number))
  const peakBytes = Math.max(0, ...steps.map(step => step.bytes))
  return {
    schedule,
    dtype,
    steps,
    values,
    peakBytes,
    peakStep: Math.max(
      0,
      steps.findIndex(step => step.bytes === peakBytes),
    ),
    arenaBytes: arena.bytes,
  }
}

/** Whether a block computed at once takes less than its layers one by one do at their worst. */
function saves(graph: Graph, scratch: Scratch): (block: Block) => boolean {
  const shapes = new Map(graph.nodes.map(({ id, shape }) => [id, shape]))
  const elements = (ids: Iterable<NodeId>): number =>
    [...ids].reduce((sum, id) => sum + elementCount(shapes.get(id) ?? []), 0)
  return block => {
    const [first, last] = [block[0], block.at(-1) as Block[0]]
    const shortcuts = last.inputs.slice(1)
    const whole = elements(new Set([first.inputs[0] as NodeId, ...shortcuts, last.id])) + scratch(block)
    const apart = block.map(node => elements(new Set([node.inputs[0] as NodeId, ...shortcuts, node.id])))
    return whole < Math.max(...apart)
  }
}

function livingValue({ values, bytes, first: from, last: to }: SharedRange): Omit<LiveValue, 'address'> {
  const names = values.map(value => value.name)
  return { name: names[0] ?? '', names, shape: values[0]?.shape ?? [], bytes, from, to, scratch: false }
}

function scratchValue(bytes: number, step: number): readonly Omit<LiveValue, 'address'>[] {
  if (bytes === 0) return []
  return [{ name: 'scratch', names: ['scratch'], shape: [], bytes, from: step, to: step, scratch: true }]
}

function stepOf(block: Block, index: number, values: readonly LiveValue[], scratchBytes: number): MemoryStep {
  const { name, shape } = block.at(-1) as Block[0]
  const alive = values.filter(({ from, to }) => from <= index && index <= to)
  const bytes = alive.reduce((sum, value) => sum + value.bytes, 0)
  return { name, nodes: block.flatMap(originsOf), output: shape, bytes, scratchBytes }
}
