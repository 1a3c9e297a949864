import { type Backend, type Graph, GraphBuilder } from '@depthwise/core'
import type { Case } from '../cases/case.ts'
import { mismatches } from '../check.ts'
import type { Allowance } from '../definition/value.ts'
import { operands, type PlacedOp, placedOps } from './ops.ts'
import { type Place, places } from './places.ts'

/** Channels of the operand: every remainder of vectors of 4 and of 8, then one below 16, 16 and one above. */
export const channelCounts: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17]

/** A place where an op stands, with an operand of so many channels. */
export interface Spot {
  readonly place: Place
  readonly channels: number
}

/** An op at every place. One graph holds them all: compiling costs most backends more than running. */
export interface PlacedCase extends Case {
  readonly op: PlacedOp
  readonly spots: readonly Spot[]
}

/**
 * Every op at every place, each with `perPlace` of the channel counts. Where that is not all of them they take turns from op to
 * op, so that every place still meets each. Within an op few differ from place to place: devices that compile a kernel for each
 * shape reuse it. Two counts that are six apart are never both multiples of four.
 */
export function placedCases(perPlace: number = channelCounts.length): readonly PlacedCase[] {
  const { length } = channelCounts
  return placedOps.map((op, row) => {
    const fitting = places.filter(({ dtypes }) => dtypes.includes(op.dtype))
    const spots = fitting.flatMap((place, column) =>
      Array.from({ length: Math.min(perPlace, length) }, (_, turn): Spot => {
        const index = (row + 6 * (column % 2) + Math.floor((turn * length) / perPlace)) % length
        return { place, channels: channelCounts[index] as number }
      }),
    )
    // Batches of one and of two, in turns.
    return { name: `${op.name} at every place`, op, spots, graph: graphOf(op, spots, 1 + (row % 2)) }
  })
}

/** One input a spot, in their order. */
export function graphOf(op: PlacedOp, spots: readonly Spot[], batch = 1): Graph {
  const b = new GraphBuilder()
  const outputs = spots.flatMap(({ place, channels }) => {
    const name = `${place.name}, ${channels} channels`
    return place.build(b, b.input([batch, ...operands[op.reads](channels)], { name, dtype: op.dtype }), op)
  })
  return b.build(outputs)
}

/** What is wrong with an op, by the spots that fail in a graph of their own; where none does, in the graph of all spots. */
export async function placedMismatches(
  backend: Backend,
  { name, op, spots, graph }: PlacedCase,
  allow: Allowance,
): Promise<readonly string[]> {
  const together = await mismatches(backend, { name, graph }, allow)
  if (together.length === 0) return []
  const failing = new Map<string, number[]>()
  let example: readonly string[] = []
  for (const spot of spots) {
    const alone = graphOf(op, [spot], graph.nodes[0]?.shape[0] as number)
    const found = await mismatches(backend, { name, graph: alone }, allow)
    if (found.length === 0) continue
    if (example.length === 0) example = found
    failing.set(spot.place.name, [...(failing.get(spot.place.name) ?? []), spot.channels])
  }
  if (failing.size === 0) return together
  const lines = [...failing].map(([place, counts]) => {
    return `${place}: wrong with ${counts.toSorted((a, b) => a - b).join(', ')} channels`
  })
  return [...lines, 'the first of these:', ...example]
}
