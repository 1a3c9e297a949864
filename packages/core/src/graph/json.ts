import { FormatError } from '../errors.ts'
import { show } from '../show.ts'
import type { DType } from '../tensor.ts'
import { fieldsOf, isOpKind } from './attributes.ts'
import type { Graph, Node } from './graph.ts'
import type { Op } from './op.ts'
import { verify } from './verify.ts'

const format = 'depthwise-graph'
const version = 1

/** Plain JSON data of a graph; `graphFromJSON(graphToJSON(g))` equals `g`. */
export function graphToJSON(graph: Graph): Record<string, unknown> {
  const nodes = graph.nodes.map(node => ({ ...node, op: encodeOp(node.op) }))
  return { format, version, inputs: graph.inputs, outputs: graph.outputs, nodes }
}

/**
 * Reads what `graphToJSON` wrote and verifies it whole: nothing in the result is trusted from the file.
 * @throws FormatError naming the field, GraphError or ShapeError naming the node
 */
export function graphFromJSON(json: unknown): Graph {
  const root = record(json, 'graph')
  if (root['format'] !== format) fail('graph, field format', `"${format}"`, root['format'])
  if (root['version'] !== version) fail('graph, field version', `${version}`, root['version'])
  const graph: Graph = {
    nodes: list(root['nodes'], 'graph, field nodes').map(decodeNode),
    inputs: ids(root['inputs'], 'graph, field inputs'),
    outputs: ids(root['outputs'], 'graph, field outputs'),
  }
  verify(graph)
  return graph
}

function encodeOp(op: Op): Record<string, unknown> {
  const encoded: Record<string, unknown> = { kind: op.kind }
  for (const [name, field] of Object.entries(fieldsOf(op.kind))) {
    const value = (op as unknown as Record<string, unknown>)[name]
    encoded[name] = field.encode ? field.encode(value) : value
  }
  return encoded
}

function decodeNode(json: unknown, index: number): Node {
  const where = `graph, node at index ${index}`
  const node = record(json, where)
  const { id, name, dtype } = node
  if (!Number.isSafeInteger(id)) fail(`${where}, field id`, 'an integer', id)
  if (typeof name !== 'string') fail(`${where}, field name`, 'a string', name)
  const origins = node['origins'] === undefined ? {} : { origins: ids(node['origins'], `${where}, field origins`) }
  return {
    id: id as number,
    op: decodeOp(node['op'], `${where}, field op`),
    inputs: ids(node['inputs'], `${where}, field inputs`),
    shape: ids(node['shape'], `${where}, field shape`),
    dtype: dtype as DType,
    name: name as string,
    ...origins,
  }
}

function decodeOp(json: unknown, where: string): Op {
  const { kind, ...attributes } = record(json, where)
  if (!isOpKind(kind)) fail(`${where}.kind`, 'a known op', kind)
  const fields = fieldsOf(kind as Op['kind'])
  const decoded = Object.entries(attributes).map(([name, value]) => [name, fields[name]?.decode?.(value) ?? value])
  return { kind, ...Object.fromEntries(decoded) } as Op
}

function record(json: unknown, where: string): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) fail(where, 'an object', json)
  return json as Record<string, unknown>
}

function list(json: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(json)) fail(where, 'a list', json)
  return json as unknown[]
}

function ids(json: unknown, where: string): readonly number[] {
  const values = list(json, where)
  if (!values.every(Number.isSafeInteger)) fail(where, 'a list of integers', values)
  return values as number[]
}

function fail(where: string, expected: string, found: unknown): never {
  throw new FormatError({ where, expected, found: show(found) })
}
