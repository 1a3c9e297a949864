import { expect, test } from 'vitest'
import { type Graph, type Node, verify } from '../src/index.ts'

/** A graph of nothing but inputs, as a file of a few hundred kilobytes can describe. */
function inputsOnly(count: number): Graph {
  const nodes = Array.from(
    { length: count },
    (_, id): Node => ({ id, op: { kind: 'input' }, inputs: [], shape: [1, 1], dtype: 'float32', name: `input_${id}` }),
  )
  const ids = nodes.map(node => node.id)
  return { nodes, inputs: ids, outputs: ids }
}

test('a hundred thousand inputs are verified in time that grows with their number, not its square', () => {
  const graph = inputsOnly(100_000)
  const start = performance.now()
  verify(graph)
  expect(performance.now() - start).toBeLessThan(2000)
})

test('an input that the graph does not list is still found', () => {
  const graph = inputsOnly(3)
  expect(() => verify({ ...graph, inputs: [0, 2] })).toThrow(/node 1 "input_1" \(input\) among them/)
})
