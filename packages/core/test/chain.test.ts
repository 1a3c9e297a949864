import { expect, test } from 'vitest'
import { chain } from '../src/graph/rewrite.ts'
import { type Graph, GraphBuilder, verify } from '../src/index.ts'

/** A row of values under the given names; the first is the input. */
function row(...[first = 'x', ...names]: string[]): Graph {
  const b = new GraphBuilder()
  let value = b.input([1, 2], { name: first })
  for (const name of names) value = b.relu(value, { name })
  return b.build([value])
}

test('names that only one graph uses stay, the others are told apart', () => {
  const graph = chain(row('x', 'y'), row('x', 'z'))
  verify(graph)
  expect(graph.nodes.map(node => node.name)).toEqual(['x', 'y', 'then/x', 'z'])
})

test.each([
  ['three of one kind', [row('x', 'y'), row('x', 'y'), row('x', 'y')]],
  ['a name that looks like one told apart', [row('x', 'y'), row('x', 'then/x')]],
  ['both graphs have such names', [row('b', 'then/b'), row('b', 'then/b')]],
])('%s: every name is its own', (_, graphs) => {
  const graph = graphs.reduce(chain)
  verify(graph)
  expect(graph.nodes).toHaveLength(graphs.flatMap(each => each.nodes).length)
})
