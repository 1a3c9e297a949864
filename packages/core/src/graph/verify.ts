import { GraphError, ShapeError } from '../errors.ts'
import { checkAttributes, elementRuleOf, inferShape, isOpKind } from '../ops/table.ts'
import { checkQuantization } from '../quantization.ts'
import { show } from '../show.ts'
import { checkShape, dtypes, formatShape, type Shape, sameShape } from '../tensor.ts'
import { type Graph, type Node, type NodeId, nodeLabel } from './graph.ts'

/**
 * Throws unless the graph keeps all its rules: unique ids and names, topological order, attributes in their domains, shapes
 * that follow from the operands, inputs and outputs that exist. Builders, importers and tests call it; passes preserve it.
 * @throws GraphError or ShapeError naming the node
 */
export function verify(graph: Graph): void {
  const seen = new Map<NodeId, Node>()
  const names = new Set<string>()
  for (const node of graph.nodes) {
    verifyNode(node, seen)
    if (names.has(node.name)) fail(nodeLabel(node), 'a name of its own', `"${node.name}" twice`)
    names.add(node.name)
    seen.set(node.id, node)
  }
  const listed = distinct(graph.inputs, 'graph inputs')
  for (const id of listed) if (seen.get(id)?.op.kind !== 'input') fail('graph inputs', 'ids of input nodes', `${id}`)
  const orphan = graph.nodes.find(node => node.op.kind === 'input' && !listed.has(node.id))
  if (orphan) fail('graph inputs', `${nodeLabel(orphan)} among them`, show(graph.inputs))
  for (const id of distinct(graph.outputs, 'graph outputs'))
    if (!seen.has(id)) fail('graph outputs', 'ids of nodes', `${id}`)
  if (graph.outputs.length === 0) fail('graph outputs', 'at least one', 'none')
}

function distinct(ids: readonly NodeId[], where: string): ReadonlySet<NodeId> {
  const known = new Set<NodeId>()
  for (const id of ids) {
    if (known.has(id)) fail(where, 'each id once', `${id} twice`)
    known.add(id)
  }
  return known
}

function verifyNode(node: Node, seen: ReadonlyMap<NodeId, Node>): void {
  const kind: unknown = node.op?.kind
  const unnamed = `node ${node.id} "${node.name}"`
  if (!isOpKind(kind)) fail(unnamed, 'a known op', show(kind))
  checkAttributes(node.op, `${unnamed} (${kind})`)
  const where = nodeLabel(node)
  if (!isId(node.id)) fail(where, 'an id that is an integer of at least 0', show(node.id))
  if (typeof node.name !== 'string' || node.name === '') fail(where, 'a name', show(node.name))
  if (seen.has(node.id)) fail(where, 'an id of its own', `${node.id} twice`)
  if (!dtypes.includes(node.dtype)) fail(where, `a dtype of ${dtypes.join(', ')}`, show(node.dtype))
  checkShape(node.shape, where)
  checkQuantization(node, where)
  if (node.origins && (node.origins.length === 0 || !node.origins.every(isId)))
    fail(where, 'origins that are ids', show(node.origins))
  const operands = node.inputs.map(id => seen.get(id) ?? fail(where, 'inputs that stand before it', `${id}`))
  if (node.op.kind === 'input') {
    if (node.inputs.length > 0) fail(where, 'no operands', show(node.inputs))
    if (node.shape.length === 0) fail(where, 'a shape with a batch axis', 'a scalar')
    return
  }
  const labelled = operands.map(operand => ({ ...operand, label: nodeLabel(operand) }))
  const wrong = elementRuleOf(node.op).mismatch(labelled, node)
  if (wrong) fail(where, wrong.expected, wrong.found)
  const shapes = operands.map(operand => operand.shape)
  const inferred: Shape = inferShape(node.op, shapes, where, node.shape[0])
  if (!sameShape(inferred, node.shape)) {
    throw new ShapeError({ where, expected: formatShape(inferred), found: formatShape(node.shape) })
  }
}

const isId = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

function fail(where: string, expected: string, found: string): never {
  throw new GraphError({ where, expected, found })
}
