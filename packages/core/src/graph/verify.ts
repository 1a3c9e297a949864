import { GraphError, ShapeError } from '../errors.ts'
import { checkShape, dtypes, formatShape, type Shape, sameShape } from '../tensor.ts'
import { checkAttributes, isOpKind } from './attributes.ts'
import { type Graph, type Node, type NodeId, nodeLabel } from './graph.ts'
import { inferShape } from './shapes.ts'

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
    if (names.has(node.name)) complain(nodeLabel(node), 'a name of its own', `"${node.name}" twice`)
    names.add(node.name)
    seen.set(node.id, node)
  }
  for (const id of graph.inputs) {
    if (seen.get(id)?.op.kind !== 'input') complain('graph inputs', 'ids of input nodes', `${id}`)
  }
  const listed = new Set(graph.inputs)
  const orphan = graph.nodes.find(node => node.op.kind === 'input' && !listed.has(node.id))
  if (orphan) complain('graph inputs', `${nodeLabel(orphan)} among them`, `${graph.inputs}`)
  for (const id of graph.outputs) if (!seen.has(id)) complain('graph outputs', 'ids of nodes', `${id}`)
  if (graph.outputs.length === 0) complain('graph outputs', 'at least one', 'none')
  for (const [what, ids] of [
    ['inputs', graph.inputs],
    ['outputs', graph.outputs],
  ] as const) {
    if (new Set(ids).size !== ids.length) complain(`graph ${what}`, 'each id once', `${ids}`)
  }
}

function verifyNode(node: Node, seen: ReadonlyMap<NodeId, Node>): void {
  const kind: unknown = node.op?.kind
  if (!isOpKind(kind)) complain(`node ${node.id} "${node.name}"`, 'a known op', JSON.stringify(kind) ?? 'nothing')
  const where = nodeLabel(node)
  if (!Number.isSafeInteger(node.id) || node.id < 0)
    complain(where, 'an id that is an integer of at least 0', `${node.id}`)
  if (typeof node.name !== 'string' || node.name === '') complain(where, 'a name', JSON.stringify(node.name))
  if (seen.has(node.id)) complain(where, 'an id of its own', `${node.id} twice`)
  if (!dtypes.includes(node.dtype)) complain(where, `a dtype of ${dtypes.join(', ')}`, JSON.stringify(node.dtype))
  checkAttributes(node.op, where)
  checkShape(node.shape, where)
  const operands = node.inputs.map(id => seen.get(id) ?? complain(where, 'inputs that stand before it', `${id}`))
  if (node.op.kind === 'input') {
    if (node.inputs.length > 0) complain(where, 'no operands', `${node.inputs}`)
    return
  }
  checkDtypes(node, operands, where)
  const inferred: Shape = inferShape(
    node.op,
    operands.map(operand => operand.shape),
    where,
  )
  if (!sameShape(inferred, node.shape)) {
    throw new ShapeError({ where, expected: formatShape(inferred), found: formatShape(node.shape) })
  }
}

/** Everything computes in float32; only `normalize` takes integers (pixels) in. */
function checkDtypes(node: Node, operands: readonly Node[], where: string): void {
  if (node.dtype !== 'float32') complain(where, 'float32', node.dtype)
  const integer = operands.find(operand => operand.dtype !== 'float32')
  if (integer && node.op.kind !== 'normalize')
    complain(where, 'float32 operands', `${integer.dtype} from ${nodeLabel(integer)}`)
}

function complain(where: string, expected: string, found: string): never {
  throw new GraphError({ where, expected, found })
}
