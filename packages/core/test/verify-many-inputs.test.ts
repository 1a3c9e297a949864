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

/** Processor time, to which other programs do not add; the least of three, without a collection's share. */
function microseconds(work: () => void): number {
  const once = (): number => {
    const start = process.cpuUsage()
    work()
    return process.cpuUsage(start).user
  }
  return Math.min(once(), once(), once())
}

test('ten times the inputs are verified in some ten times the time, not a hundred times', () => {
  const [few, many] = [inputsOnly(10_000), inputsOnly(100_000)]
  // Ten times, since kernels count processor time in steps as long as one verification.
  const tenfold = microseconds(() => {
    for (let i = 0; i < 10; i++) verify(few)
  })
  expect(microseconds(() => verify(many)) / (tenfold / 10)).toBeLessThan(40)
})

test('an input that the graph does not list is still found', () => {
  const graph = inputsOnly(3)
  expect(() => verify({ ...graph, inputs: [0, 2] })).toThrow(/node 1 "input_1" \(input\) among them/)
})
