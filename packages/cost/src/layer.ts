import { GraphError, type Node, type NodeId, type OpKind, type Shape } from '@depthwise/core'
import { nodeLabel, opTitle, paramsOfNode } from '@depthwise/core/backend'
import { activationBytes, type CostDType, type StoredAs, storedAs, weightBytes } from './bytes.ts'
import { countOperations, flopWeights, type OperationConvention, operationConventions } from './operations.ts'
import { countByRole, type LayerParamConvention, uniqueParams } from './parameters.ts'
import { type Work, workOf } from './work.ts'

/** What a layer and a whole network both have. */
export interface Cost {
  /** Multiply-accumulates of convolutions and dense layers, and of nothing else. */
  readonly macs: number
  /** Floating-point operations, element operations included: see `flopWeights`. */
  readonly flops: number
  /** Operations under the chosen convention. */
  readonly operations: number
  /** Trainable parameters: weights, biases, gamma and beta. */
  readonly params: number
  /** Bytes of every parameter as the graph stands, statistics of batch norm included. */
  readonly weightBytes: number
  /** Bytes that pass between layers when each reads its operands from memory and writes its result back. */
  readonly activationBytes: Traffic
  /** FLOPs for each byte of weights and activations; 0 where nothing moves. */
  readonly intensity: number
}

/** Bytes of activations, both ways. */
export interface Traffic {
  readonly read: number
  readonly written: number
}

/** The cost of one node of the graph. */
export interface LayerCost extends Cost, Work {
  readonly id: NodeId
  readonly name: string
  readonly kind: OpKind
  /** What its author calls the op: `relu6`, `add`; else its kind. */
  readonly title: string
  /** Shapes of the operands. */
  readonly inputs: readonly Shape[]
  readonly output: Shape
  /** What its value is stored as; a layer whose value is quantized computes in integers. */
  readonly dtype: StoredAs
  readonly paramsBy: Readonly<Record<LayerParamConvention, number>>
}

/** How layers are costed, every choice made. */
export interface Terms {
  readonly dtype: CostDType
  readonly convention: OperationConvention
}

/**
 * The cost of one node, given the nodes whose values it reads.
 * @throws GraphError naming the node when a count is too large to be exact
 */
export function costOfLayer(node: Node, operands: readonly Node[], { dtype, convention }: Terms): LayerCost {
  const inputs = operands.map(operand => operand.shape)
  const work = workOf(node, inputs)
  const specs = uniqueParams(paramsOfNode(node, inputs[0] ?? []))
  const paramsBy = countByRole(specs)
  const weights = weightBytes(specs, dtype)
  const traffic = trafficOf(node, operands, work, dtype)
  const flops = exact(countOperations(work, flopWeights), nodeLabel(node))
  return {
    id: node.id,
    name: node.name,
    kind: node.op.kind,
    title: opTitle(node.op),
    category: work.category,
    inputs,
    output: node.shape,
    dtype: storedAs(node, dtype),
    macs: work.macs,
    flops,
    operations: countOperations(work, operationConventions[convention]),
    elements: work.elements,
    params: paramsBy.trainable,
    paramsBy,
    weightBytes: weights,
    activationBytes: traffic,
    intensity: intensity(flops, weights, traffic),
  }
}

/** A value that is read twice is loaded once; views (and inputs, which the caller writes) move nothing. */
function trafficOf(node: Node, operands: readonly Node[], { category }: Work, dtype: CostDType): Traffic {
  if (category === 'view') return { read: 0, written: 0 }
  const read = [...new Set(operands)].reduce((sum, operand) => sum + activationBytes(operand, dtype), 0)
  return { read, written: activationBytes(node, dtype) }
}

/** FLOPs a byte, of weights and activations together (Williams, Waterman and Patterson's roofline, 2009). */
export function intensity(flops: number, weights: number, { read, written }: Traffic): number {
  const bytes = weights + read + written
  return bytes === 0 ? 0 : flops / bytes
}

/**
 * Passes a count on, unless doubles no longer hold every integer of its size.
 * @throws GraphError naming `where`
 */
export function exact(count: number, where: string): number {
  if (Number.isSafeInteger(count)) return count
  throw new GraphError({ where, expected: 'fewer than 2^53 operations', found: `about ${count.toExponential(1)}` })
}
