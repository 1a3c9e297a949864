import { type Node, OptionError } from '@depthwise/core'
import { elementCount, show } from '@depthwise/core/backend'
import type { Block } from './blocks.ts'

/**
 * In which order a network is computed, which decides what must be in memory at once.
 *
 * - `layers`: one after the other, each value whole.
 * - `fused`: the values inside a block in parts of their channels, one part at a time (V2 paper, section 5.1).
 * - `bands`: the values inside a block a few rows at a time, with all their channels.
 */
export type Schedule = 'layers' | 'fused' | 'bands'

/** How blocks are cut. */
export interface BlockCuts {
  /** Of `fused`: parts into which the channels inside a block are cut. Default 4; the V2 paper found 2 to 5 to pay. */
  readonly parts?: number
  /** Of `bands`: rows of a block's output that are computed at a time. Default 2. */
  readonly rows?: number
}

/** Elements that a block needs besides the values it reads and the one it writes. */
export type Scratch = (block: Block) => number

/**
 * The rule of a schedule.
 * @throws OptionError for an unknown schedule, or a cut that is no positive integer
 */
export function scratchOf(schedule: Schedule, { parts = 4, rows = 2 }: BlockCuts): Scratch {
  for (const [name, value] of Object.entries({ parts, rows })) {
    if (Number.isInteger(value) && value > 0) continue
    throw new OptionError({ where: `option ${name}`, expected: 'a positive integer', found: show(value) })
  }
  const rules: Readonly<Record<Schedule, Scratch>> = {
    layers: () => 0,
    fused: block => inner(block).reduce((sum, { shape }) => sum + partOf(shape, parts), 0),
    bands: block => bandElements(block, rows),
  }
  const rule = Object.hasOwn(rules, schedule) ? rules[schedule] : undefined
  if (rule) return rule
  throw new OptionError({
    where: 'option schedule',
    expected: `one of ${Object.keys(rules).join(', ')}`,
    found: show(schedule),
  })
}

const inner = (block: Block): readonly Node[] => block.slice(0, -1)

function partOf(shape: Node['shape'], parts: number): number {
  const channels = shape.at(-1) as number
  return (elementCount(shape) / channels) * Math.ceil(channels / parts)
}

/** A band of each inner value: as many rows as the reader's band looks at, of one image at a time. */
function bandElements(block: Block, rows: number): number {
  let wanted = rows
  let elements = 0
  for (const [index, node] of [...block.entries()].toReversed()) {
    const [, height = 1, width = 1, channels = 1] = node.shape
    const last = index === block.length - 1
    const held = last ? wanted : Math.min(height, wanted)
    if (!last) elements += held * width * channels
    wanted = rowsRead(node, held)
  }
  return elements
}

/** Rows of its operand that a number of a node's rows look at. A pool takes any band as it comes. */
function rowsRead({ op }: Node, rows: number): number {
  if (op.kind !== 'conv2d' && op.kind !== 'depthwiseConv2d') return rows
  return (rows - 1) * op.strides[0] + (op.kernel[0] - 1) * op.dilations[0] + 1
}
