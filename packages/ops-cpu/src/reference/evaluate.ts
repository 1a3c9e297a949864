import {
  debug,
  formatShape,
  type NodeId,
  nodeLabel,
  now,
  type ParamName,
  type Params,
  type Signal,
  type Tensor,
  traced,
  zeros,
} from '@depthwise/core'
import { pause } from './pause.ts'
import type { Program, Step } from './program.ts'
import { summarize } from './summary.ts'
import { compute } from './table.ts'

/** Milliseconds of computing after which the event loop gets a turn, give or take one node. */
const stretch = 50

export interface Evaluation {
  readonly signal?: Signal | undefined
  /** Hears of every computed node, and the milliseconds it took. */
  readonly timed?: (step: Step, milliseconds: number) => void
}

/**
 * Computes all nodes in their order. `values` holds the graph's inputs at first and its outputs at last: values nobody reads
 * any more leave it on the way.
 * @throws the signal's reason, at the next node after it is aborted
 */
export async function evaluate(
  { params, steps }: Program,
  values: Map<NodeId, Tensor>,
  { signal, timed }: Evaluation = {},
): Promise<void> {
  let resumed = now()
  for (const step of steps) {
    if (now() - resumed > stretch) {
      await pause()
      resumed = now()
    }
    signal?.throwIfAborted()
    const start = now()
    const value = computeStep(step, values, params)
    if (value) timed?.(step, now() - start)
    for (const id of step.releases) values.delete(id)
  }
}

/** Adds the value of one node; graph inputs are there already. */
function computeStep({ node }: Step, values: Map<NodeId, Tensor>, params: Params): Tensor | null {
  const { op } = node
  if (op.kind === 'input') return null
  const operands = node.inputs.map(id => values.get(id) as Tensor)
  const output = zeros(node.shape)
  const param = (name: ParamName): Float32Array => params.get(name)?.data as Float32Array
  traced(node.name, () => compute(op, { input: operands[0] as Tensor, operands, output, param }), { kind: op.kind })
  values.set(node.id, output)
  debug(4, () => `${nodeLabel(node)} ${formatShape(node.shape)}: ${summarize(output.data)}`)
  return output
}
