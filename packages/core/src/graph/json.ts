import { FormatError } from '../errors.ts'
import { isOpKind, type Op, opFromJSON, opToJSON } from '../ops/table.ts'
import { show } from '../show.ts'
import type { DType, Quantization } from '../tensor.ts'
import type { Graph, Node } from './graph.ts'
import { nodeFromVersion1 } from './json-version-1.ts'
import { verify } from './verify.ts'

const format = 'depthwise-graph'
/** Version 1 knew no quantization and had other ops; it is still read. */
const version = 2

/** Plain JSON data of a graph; `graphFromJSON(graphToJSON(g))` equals `g`. */
export function graphToJSON(graph: Graph): Record<string, unknown> {
  const nodes = graph.nodes.map(node => ({ ...node, op: opToJSON(node.op) }))
  return { format, version, inputs: graph.inputs, outputs: graph.outputs, nodes }
}

/**
 * Reads what `graphToJSON` wrote and verifies it whole: nothing in the result is trusted from the file.
 * @throws FormatError naming the field, GraphError or ShapeError naming the node
 */
export function graphFromJSON(json: unknown): Graph {
  const root = record(json, 'graph')
  if (root['format'] !== format) fail('graph, field format', `"${format}"`, root['format'])
  if (root['version'] !== 1 && root['version'] !== version) {
    fail('graph, field version', `${version}, or 1`, root['version'])
  }
  const nodes = list(root['nodes'], 'graph, field nodes')
  const graph: Graph = {
    nodes: (root['version'] === 1 ? nodes.map(nodeFromVersion1) : nodes).map(decodeNode),
    inputs: ids(root['inputs'], 'graph, field inputs'),
    outputs: ids(root['outputs'], 'graph, field outputs'),
  }
  verify(graph)
  return graph
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
    ...(node['quantization'] !== undefined && { quantization: node['quantization'] as Quantization }),
    name: name as string,
    ...origins,
  }
}

function decodeOp(json: unknown, where: string): Op {
  const op = record(json, where)
  const { kind } = op
  if (!isOpKind(kind)) fail(`${where}.kind`, 'a known op', kind)
  return opFromJSON(kind as Op['kind'], op)
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
