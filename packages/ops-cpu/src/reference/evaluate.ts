import { type Node, type NodeId, type Params, type Signal, type Tensor, zeros } from '@depthwise/core'
import { debug, formatShape, isHeadOp, nodeLabel, now, traced, turns } from '@depthwise/core/backend'
import type { HeadKernels } from './head-kernels.ts'
import type { Program, Step } from './program.ts'
import { computeQuantized } from './quantized/table.ts'
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
  { steps, params, heads }: Program,
  values: Map<NodeId, Tensor>,
  { signal, timed }: Evaluation = {},
): Promise<void> {
  for (const step of steps) {
    if (turns.overdue()) await turns.next()
    signal?.throwIfAborted()
    const start = now()
    const value = computeStep(step, params, values, heads)
    if (value) timed?.(step, now() - start)
    for (const id of step.releases) values.delete(id)
  }
}

/** Adds the value of one node; graph inputs are there already. */
function computeStep(
  { node }: Step,
  params: Params,
  values: Map<NodeId, Tensor>,
  heads: HeadKernels | null,
): Tensor | null {
  const { op } = node
  if (op.kind === 'input') return null
  const operands = node.inputs.map(id => values.get(id) as Tensor)
  const value = traced(node.name, () => computed(node, operands, params, heads), { kind: op.kind })
  values.set(node.id, value)
  debug(4, () => `${nodeLabel(node)} ${formatShape(node.shape)}: ${summarize(value.data)}`)
  return value
}

const plainKernels: HeadKernels = { compute, computeQuantized }

/** The result of one op: in integers where one of its values is quantized, else in reals. */
function computed(node: Node, operands: readonly Tensor[], params: Params, heads: HeadKernels | null): Tensor {
  const { op, shape, dtype, quantization } = node
  const input = operands[0] as Tensor
  const kernels = heads && isHeadOp(op) ? heads : plainKernels
  if (quantization || operands.some(operand => operand.quantization)) {
    const output: Tensor = { ...zeros(shape, dtype), ...(quantization && { quantization }) }
    kernels.computeQuantized(op, { where: nodeLabel(node), input, operands, output, params })
    return output
  }
  const output = zeros(shape)
  kernels.compute(op, { input, operands, output, param: name => params.get(name)?.data as Float32Array })
  return output
}
