import { expect, test } from 'vitest'
import { verify } from '../src/backend.ts'
import type { Graph, Node } from '../src/index.ts'

/** A graph of nothing but inputs, as a file of a few hundred kilobytes can describe. */
function inputsOnly(count: number): Graph {
  const nodes = Array.from(
    { length: count },
    (_, id): Node => ({ id, op: { kind: 'input' }, inputs: [], shape: [1, 1], dtype: 'float32', name: `input_${id}` }),
  )
  const ids = nodes.map(node => node.id)
  return { nodes, inputs: ids, outputs: ids }
}

/** Processor time of this thread, to which neither other programs nor the collector's threads add; the least of three. */
function microseconds(work: () => void): number {
  const once = (): number => {
    const start = process.threadCpuUsage()
    work()
    return process.threadCpuUsage(start).user
  }
  return Math.min(once(), once(), once())
}

test('a hundred times the inputs are verified in some hundred times the time, not ten thousand times', () => {
  const [few, many] = [inputsOnly(2000), inputsOnly(200_000)]
  // A hundred times, since kernels count processor time in steps longer than one verification.
  const hundredfold = microseconds(() => {
    for (let i = 0; i < 100; i++) verify(few)
  })
  // What no longer fits the caches costs several times as much for each input; squared, it would cost a hundred times as much.
  expect(microseconds(() => verify(many)) / hundredfold).toBeLessThan(25)
})

test('an input that the graph does not list is still found', () => {
  const graph = inputsOnly(3)
  expect(() => verify({ ...graph, inputs: [0, 2] })).toThrow(/node 1 "input_1" \(input\) among them/)
})
