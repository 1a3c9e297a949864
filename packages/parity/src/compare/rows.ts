import type { Backend, Inputs, Network, Node, NodeId, Outputs, Tensor } from '@depthwise/core'
import { perIndex } from '@depthwise/core/backend'
import { difference, worse } from './difference.ts'
import type { Oracle } from './oracle.ts'
import { type NodeParity, summaryOf } from './report.ts'
import type { Tolerance } from './tolerance.ts'

/** A node's measurement with what the candidate answered in that run, where it was beyond the tolerance. */
export interface Row {
  readonly parity: NodeParity
  readonly found: Tensor | null
}

/** What a search for the fault may use. */
export interface Search {
  readonly network: Network
  readonly oracle: Oracle
  readonly candidate: Backend
  readonly tolerance: Tolerance
  /** The compared nodes. */
  readonly ids: readonly NodeId[]
  readonly runs: readonly Inputs[]
}

/** A difference of reals in steps of the scale that they are stored with; null for values that are reals. */
function stepsOf({ quantization }: Node, difference: number): number | null {
  return quantization ? Math.round(difference / (perIndex(quantization).scales[0] as number)) : null
}

/** Measures one node in one run, and keeps the worst of all runs; the first that is beyond the tolerance stays. */
export function measure(
  rows: Map<NodeId, Row>,
  node: Node,
  run: number,
  expected: ReadonlyMap<NodeId, Tensor>,
  found: Outputs,
  tolerance: Tolerance,
): Row {
  const value = found[node.name] as Tensor
  const measured = difference(expected.get(node.id) as Tensor, value, tolerance)
  const within = measured.beyond === 0
  const before = rows.get(node.id)
  if (before && (!before.parity.within || !worse(measured, before.parity))) return before
  const steps = stepsOf(node, measured.maxAbs)
  const parity = { ...summaryOf(node), ...measured, run, within, ...(steps !== null && { steps }) }
  const row = { parity, found: within ? null : value }
  rows.set(node.id, row)
  return row
}
