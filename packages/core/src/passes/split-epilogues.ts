import type { Network, Node } from '../graph/graph.ts'
import { freshId } from '../graph/rewrite.ts'
import type { Op } from '../ops/table.ts'
import { isProduct } from './fuse.ts'

/**
 * Gives residuals, and activations other than clamps, nodes of their own again: what files of operators that fuse nothing but
 * clamps need. The last node keeps the id and the name of the value.
 */
export function splitEpilogues({ graph, params }: Network): Network {
  const names = new Set(graph.nodes.map(node => node.name))
  let id = freshId(graph)
  const unused = (wanted: string): string => {
    let name = wanted
    while (names.has(name)) name += '_'
    names.add(name)
    return name
  }
  const split = (node: Node): readonly Node[] => {
    const { op } = node
    if (!isProduct(op)) return [node]
    const { activation, residual } = op
    const isFused = !residual && (activation === null || activation.kind === 'clamp')
    if (isFused) return [node]
    const steps: readonly (readonly [op: Op, role: string, operands: Node['inputs']])[] = [
      [{ ...op, activation: null, residual: false }, 'product', node.inputs.slice(0, 1)],
      ...(residual ? [[{ kind: 'binary', operator: 'add' }, 'sum', node.inputs.slice(1)] as const] : []),
      ...(activation ? [[activation, 'activation', []] as const] : []),
    ]
    const { origins: _, ...plain } = node
    let previous: Node['inputs'] = []
    return steps.map(([step, role, operands], i): Node => {
      const inputs = [...previous, ...operands]
      if (i === steps.length - 1) return { ...node, op: step, inputs }
      const inner = { ...plain, id: id++, op: step, inputs, name: unused(`${node.name}/${role}`) }
      previous = [inner.id]
      return inner
    })
  }
  return { graph: { ...graph, nodes: graph.nodes.flatMap(split) }, params }
}
