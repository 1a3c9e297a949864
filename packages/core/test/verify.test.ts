import { describe, expect, it } from 'vitest'
import { verify } from '../src/backend.ts'
import { type Graph, GraphBuilder, GraphError, type Node, ShapeError } from '../src/index.ts'

/** input 0 -> conv2d 1 -> relu 2, which is the output. */
const graph: Graph = (() => {
  const b = new GraphBuilder()
  const x = b.input([1, 4, 4, 2], { name: 'x' })
  return b.build([b.relu(b.conv2d(x, { filters: 3, kernel: 3, name: 'c' }), { name: 'y' })])
})()

/** The graph with some fields of one node replaced. */
function having(index: number, changes: Readonly<Record<string, unknown>>): Graph {
  return { ...graph, nodes: graph.nodes.map((node, i) => (i === index ? ({ ...node, ...changes } as Node) : node)) }
}

const [input, conv, relu] = graph.nodes as [Node, Node, Node]

describe('verify', () => {
  it('accepts what the builder builds', () => {
    expect(() => verify(graph)).not.toThrow()
  })

  it.each<[string, Graph, typeof GraphError | typeof ShapeError, RegExp]>([
    ['an unknown op', having(2, { op: { kind: 'gelu' } }), GraphError, /node 2 "y": expected a known op, found "gelu"/],
    ['an op named after a property of objects', having(2, { op: { kind: 'toString' } }), GraphError, /a known op/],
    ['no op at all', having(2, { op: undefined }), GraphError, /a known op, found nothing/],
    ['a fractional id', having(2, { id: 2.5 }), GraphError, /an id that is an integer of at least 0, found 2.5/],
    ['a negative id', having(2, { id: -1 }), GraphError, /an id that is an integer/],
    ['an id twice', having(2, { id: 1 }), GraphError, /an id of its own, found 1 twice/],
    ['no name', having(1, { name: '' }), GraphError, /expected a name, found ""/],
    ['a name that is no text', having(1, { name: 7 }), GraphError, /expected a name, found 7/],
    ['a name twice', having(2, { name: 'c' }), GraphError, /node 2 "c" \(relu\): expected a name of its own/],
    ['an unknown dtype', having(1, { dtype: 'float16' }), GraphError, /found "float16"/],
    ['a computed value that is not float32', having(1, { dtype: 'int8' }), GraphError, /expected float32, found int8/],
    ['integers into a convolution', having(0, { dtype: 'uint8' }), GraphError, /uint8 from node 0 "x" \(input\)/],
    ['an attribute out of its domain', having(1, { op: { ...conv.op, filters: 0 } }), GraphError, /attribute filters/],
    [
      'an attribute too many',
      having(2, { op: { ...relu.op, alpha: 0.1 } }),
      GraphError,
      /only min, max, authored, found alpha/,
    ],
    ['a shape without extents', having(1, { shape: [1, 4, 0, 3] }), ShapeError, /positive integer extents/],
    ['a shape that does not follow', having(1, { shape: [1, 4, 4, 4] }), ShapeError, /expected 1x4x4x3, found 1x4x4x4/],
    ['an operand too many', having(2, { inputs: [1, 0] }), ShapeError, /expected 1 operand\(s\), found 2/],
    ['an operand too few', having(2, { inputs: [] }), ShapeError, /expected 1 operand\(s\), found 0/],
    ['an operand that does not exist', having(2, { inputs: [9] }), GraphError, /inputs that stand before it, found 9/],
    ['a node that reads itself', having(2, { inputs: [2] }), GraphError, /inputs that stand before it, found 2/],
    ['a wrong order', { ...graph, nodes: [input, relu, conv] }, GraphError, /inputs that stand before it, found 1/],
    ['an input with operands', having(0, { inputs: [1] }), GraphError, /stand before it/],
    ['an input without a batch axis', having(0, { shape: [] }), GraphError, /a batch axis, found a scalar/],
    ['origins that are no ids', having(2, { origins: [1.5] }), GraphError, /origins that are ids, found \[1.5\]/],
    ['no origins where some are announced', having(2, { origins: [] }), GraphError, /origins that are ids/],
    ['a listed input that computes', { ...graph, inputs: [0, 1] }, GraphError, /ids of input nodes, found 1/],
    ['a listed input that does not exist', { ...graph, inputs: [0, 7] }, GraphError, /ids of input nodes, found 7/],
    ['an input that is not listed', { ...graph, inputs: [] }, GraphError, /node 0 "x" \(input\) among them/],
    ['an input listed twice', { ...graph, inputs: [0, 0] }, GraphError, /each id once, found 0 twice/],
    ['an output that does not exist', { ...graph, outputs: [3] }, GraphError, /ids of nodes, found 3/],
    ['an output twice', { ...graph, outputs: [2, 2] }, GraphError, /each id once, found 2 twice/],
    ['no output', { ...graph, outputs: [] }, GraphError, /at least one, found none/],
    ['nothing at all', { nodes: [], inputs: [], outputs: [] }, GraphError, /at least one/],
  ])('refuses %s', (_name, broken, error, message) => {
    expect(() => verify(broken)).toThrow(error)
    expect(() => verify(broken)).toThrow(message)
  })

  it('refuses an input that reads another', () => {
    const second: Node = { ...input, id: 5, name: 'z', inputs: [0] }
    expect(() => verify({ ...graph, nodes: [...graph.nodes, second], inputs: [0, 5] })).toThrow(
      /no operands, found \[0\]/,
    )
  })

  it('asks for a residual of the right shape where one is fused', () => {
    const fused = { ...conv.op, residual: true }
    expect(() => verify(having(1, { op: fused }))).toThrow(/expected 2 operand\(s\), found 1/)
    expect(() => verify(having(1, { op: fused, inputs: [0, 0] }))).toThrow(/a residual of 1x4x4x3, found 1x4x4x2/)
  })
})
