import type { Graph } from '../graph/graph.ts'
import { isHeadOp } from '../ops/table.ts'

/**
 * Whether a graph has ops of heads that compute reals of reals, or constants of any type, which take no arithmetic; with
 * `quantized`, other ops of heads that read or give quantized values.
 */
export function hasHeadOps({ nodes }: Graph, quantized: boolean): boolean {
  const bytes = new Set(nodes.filter(({ quantization }) => quantization).map(({ id }) => id))
  return nodes.some(
    ({ id, op, inputs }) =>
      isHeadOp(op) && (op.kind !== 'constant' && [id, ...inputs].some(each => bytes.has(each))) === quantized,
  )
}
