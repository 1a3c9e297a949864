import { type NodeId, type Signal, type Tensor, zeros } from '@depthwise/core'
import { debug, formatShape, nodeLabel, now, type ParamName, traced, turns } from '@depthwise/core/backend'
import type { Program, Step } from './program.ts'
import { asStored, inReals } from './quantized.ts'
import { summarize } from './summary.ts'
import { compute } from './table.ts'

export interface Evaluation {
  readonly signal?: Signal | undefined
  /** Called with every computed node and the milliseconds it took. */
  readonly timed?: (step: Step, milliseconds: number) => void
}

/**
 * Computes all nodes in order. `values` holds the graph's inputs at first and its outputs at the end; values are removed after
 * their last reader.
 * @throws the signal's reason, at the next node after it is aborted
 */
export async function evaluate(
  { steps }: Program,
  values: Map<NodeId, Tensor>,
  { signal, timed }: Evaluation = {},
): Promise<void> {
  for (const step of steps) {
    if (turns.overdue()) await turns.next()
    signal?.throwIfAborted()
    const start = now()
    const value = computeStep(step, values)
    if (value) timed?.(step, now() - start)
    for (const id of step.releases) values.delete(id)
  }
}

/** Adds the value of one node; graph inputs are there already. */
function computeStep({ node, params }: Step, values: Map<NodeId, Tensor>): Tensor | null {
  const { op } = node
  if (op.kind === 'input') return null
  const operands = node.inputs.map(id => inReals(values.get(id) as Tensor))
  const output = zeros(node.shape)
  const param = (name: ParamName): Float32Array => params.get(name)?.data as Float32Array
  traced(node.name, () => compute(op, { input: operands[0] as Tensor, operands, output, param }), { kind: op.kind })
  const value = asStored(output, node)
  values.set(node.id, value)
  debug(4, () => `${nodeLabel(node)} ${formatShape(node.shape)}: ${summarize(value.data)}`)
  return value
}
