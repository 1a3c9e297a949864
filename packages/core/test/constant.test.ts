import { describe, expect, it } from 'vitest'
import { checkParams, foldConstants, rebatch, verify } from '../src/backend.ts'
import { type Graph, GraphBuilder, graphFromJSON, graphToJSON, type Node, printGraph, tensor } from '../src/index.ts'

const bytes = { dtype: 'int8', quantization: { scale: 0.5, zeroPoint: 3 } } as const

function graphOf(
  shape: readonly number[],
  isLeft = false,
  operator: 'add' | 'sub' | 'mul' | 'div' | 'max' | 'min' = 'sub',
) {
  const b = new GraphBuilder()
  const x = b.input([2, 3, 4, 5], { name: 'x' })
  const c = b.constant(shape, { name: 'c' })
  return b.build([isLeft ? b.binary(operator, c, x, { name: 'y' }) : b.binary(operator, x, c, { name: 'y' })])
}
const folded = (graph: Graph, numbers: readonly number[], item: readonly number[]): Node | undefined =>
  foldConstants({ graph, params: new Map([['c/value', tensor(item, numbers)]]) }).graph.nodes.find(
    ({ name }) => name === 'y',
  )

describe('a constant', () => {
  it('has the batch of its node and one item of numbers', () => {
    const graph = graphOf([2, 1, 1, 5])
    expect(graph.nodes[1]).toMatchObject({
      shape: [2, 1, 1, 5],
      op: { kind: 'constant', item: [1, 1, 5], value: 'c/value' },
    })
    checkParams(graph, new Map([['c/value', tensor([1, 1, 5], [1, 2, 3, 4, 5])]]))
    expect(() => checkParams(graph, new Map([['c/value', tensor([1, 5], [1, 2, 3, 4, 5])]]))).toThrow(
      'parameter "c/value" of node 1 "c" (constant): expected float32 1x1x5, found float32 1x5',
    )
    expect(printGraph(graph)).toContain('%1  c  2x1x1x5  constant')
  })

  it('takes on another batch', () => {
    const wide = rebatch(graphOf([2, 3, 4, 1]), 7)
    verify(wide)
    expect(wide.nodes.map(({ shape }) => shape[0])).toEqual([7, 7, 7])
  })

  it('is the same graph as JSON', () => {
    const graph = graphOf([2, 3, 1, 5])
    expect(graphFromJSON(JSON.parse(JSON.stringify(graphToJSON(graph))))).toEqual(graph)
  })

  it('of bytes states what they stand for, as its parameter does', () => {
    const b = new GraphBuilder()
    const x = b.input([1, 2], { name: 'x', elements: bytes })
    const c = b.constant([1, 2], { name: 'c', value: 'numbers', elements: bytes })
    const graph = b.build([b.add(x, c, { elements: bytes })])
    const data = Int8Array.of(-128, 127)
    checkParams(graph, new Map([['numbers', { ...tensor([2], data), quantization: bytes.quantization }]]))
    expect(() => checkParams(graph, new Map([['numbers', tensor([2], data)]]))).toThrow('as its node')
    const other = { ...tensor([2], data), quantization: { scale: 0.25, zeroPoint: 3 } }
    expect(() => checkParams(graph, new Map([['numbers', other]]))).toThrow('as its node')
    expect(() => checkParams(graph, new Map([['numbers', tensor([2], [1, 2])]]))).toThrow(
      'expected int8 2, found float32 2',
    )
  })

  it.each([
    ['a scalar', () => new GraphBuilder().constant([]), 'positive'],
    ['bare integers', () => new GraphBuilder().constant([1, 2], { elements: { dtype: 'int8' } }), 'with a scale'],
    ['an extent of 0', () => new GraphBuilder().constant([1, 0]), 'positive'],
  ])('refuses %s', (_what, make, message) => {
    expect(make).toThrow(message)
  })

  it('of another shape than its node is refused', () => {
    const graph = graphOf([2, 1, 1, 5])
    const nodes = graph.nodes.map(node => (node.name === 'c' ? { ...node, shape: [2, 1, 1, 1] } : node))
    expect(() => verify({ ...graph, nodes })).toThrow('expected 2x1x1x5, found 2x1x1x1')
  })
})

describe('arithmetic with a constant is folded', () => {
  const five = (number: number): number[] => new Array<number>(5).fill(number)

  it.each([
    ['add', false, { scale: five(1), offset: five(4) }],
    ['sub', false, { scale: five(1), offset: five(-4) }],
    ['sub', true, { scale: five(-1), offset: five(4) }],
    ['mul', true, { scale: five(4), offset: five(0) }],
    ['div', false, { scale: five(0.25), offset: five(0) }],
  ] as const)('%s of one number (on the left: %s)', (operator, isLeft, affine) => {
    const node = folded(graphOf([2, 1, 1, 1], isLeft, operator), [4], [1, 1, 1])
    expect(node).toMatchObject({ op: { kind: 'affine', ...affine }, inputs: [0] })
  })

  it('of one a channel', () => {
    const node = folded(graphOf([2, 1, 1, 5], false, 'mul'), [1, 2, 3, 4, 5], [1, 1, 5])
    expect(node?.op).toEqual({ kind: 'affine', scale: [1, 2, 3, 4, 5], offset: five(0) })
  })

  it('of bounds', () => {
    expect(folded(graphOf([2, 1, 1, 1], true, 'max'), [4], [1, 1, 1])?.op).toMatchObject({ kind: 'clamp', min: 4 })
    expect(folded(graphOf([2, 1, 1, 1], false, 'min'), [4], [1, 1, 1])?.op).toMatchObject({ kind: 'clamp', max: 4 })
  })

  it.each([
    ['one a pixel', graphOf([2, 3, 4, 1]), [3, 4, 1], new Array<number>(12).fill(1)],
    ['the divisor of a constant', graphOf([2, 1, 1, 1], true, 'div'), [1, 1, 1], [4]],
    ['a quotient that overflows', graphOf([2, 1, 1, 1], false, 'div'), [1, 1, 1], [0]],
    ['a bound a channel', graphOf([2, 1, 1, 5], false, 'max'), [1, 1, 5], [1, 2, 3, 4, 5]],
    ['a bound that is not a number', graphOf([2, 1, 1, 1], false, 'max'), [1, 1, 1], [Number.NaN]],
  ] as const)('but not %s', (_what, graph, item, numbers) => {
    expect(folded(graph, numbers, item)?.op.kind).toBe('binary')
  })

  it('but not where the constant stretches the value', () => {
    const b = new GraphBuilder()
    const x = b.input([1, 1, 1, 5], { name: 'x' })
    const graph = b.build([b.add(x, b.constant([1, 2, 1, 5], { name: 'c' }), { name: 'y' })])
    expect(folded(graph, new Array<number>(10).fill(1), [2, 1, 5])?.op.kind).toBe('binary')
  })
})
