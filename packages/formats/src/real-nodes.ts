import type { ElementType, Graph, Node } from '@depthwise/core'
import { elementRuleOf, isProduct, nodeIndex, opTitle, type ParamName } from '@depthwise/core/backend'

const bytes: ElementType = { dtype: 'uint8', quantization: { scale: 1, zeroPoint: 0 } }

/**
 * The nodes of a quantized graph that compute in reals, by name, and why each does; nothing for a graph without quantized values.
 * @param products reasons that lie in the parameters of products, by the names of their weights
 */
export function realNodes(graph: Graph, products: ReadonlyMap<ParamName, string>): Readonly<Record<string, string>> {
  if (graph.nodes.every(({ quantization }) => quantization === undefined)) return {}
  const nodes = nodeIndex(graph)
  const computing = graph.nodes.filter(node => isReal(node) && !given.has(node.op.kind))
  const reason = (node: Node): string => {
    if (!hasQuantizedForm(node)) return `${opTitle(node.op)} has no quantized form`
    const real = node.inputs.flatMap(id => nodes.get(id) ?? []).find(isReal)
    if (real) return `its operand "${real.name}" is real`
    return (isProduct(node.op) && products.get(node.op.weights)) || 'its result is not quantized'
  }
  return Object.fromEntries(computing.map(node => [node.name, reason(node)]))
}

/** What a graph is given, not what it computes. */
const given: ReadonlySet<string> = new Set(['input', 'constant'])

const isReal = ({ dtype, op }: Node): boolean => dtype === 'float32' && op.kind !== 'dequantize'

/** Whether an op computes bytes of bytes. */
export function hasQuantizedForm({ op, inputs }: Pick<Node, 'op' | 'inputs'>): boolean {
  const operands = inputs.map(() => ({ ...bytes, label: '' }))
  return elementRuleOf(op).mismatch(operands, bytes) === null
}
