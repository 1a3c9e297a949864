import { GraphBuilder, type NodeId, type Tensor, type Value } from '@depthwise/core'
import { prepare } from '@depthwise/core/backend'
import { randomParams, randomTensor } from '@depthwise/testing/random-params'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { evaluate } from '../src/reference/evaluate.ts'
import { program } from '../src/reference/program.ts'
import { summarize } from '../src/reference/summary.ts'

afterEach(() => vi.unstubAllGlobals())

/** A chain of activations with one value that is read again at the end, and one nobody reads. */
function chain(length: number) {
  const b = new GraphBuilder()
  const image = b.input([1, 2, 2, 1], { name: 'image' })
  const kept = b.relu(image)
  b.sigmoid(kept)
  let x: Value = kept
  for (let i = 0; i < length; i++) x = b.relu(x)
  return b.build([b.add(x, kept, { name: 'sum' }), x])
}

describe('memory', () => {
  it('holds what is still read, and at the end the outputs only', async () => {
    const graph = chain(10)
    const values = new Map<NodeId, Tensor>([[0, randomTensor([1, 2, 2, 1], 1)]])
    const live: number[] = []
    await evaluate(program(prepare(graph, randomParams(graph))), values, { timed: () => live.push(values.size) })
    // While a node is computed: the value kept for later, its operand, its own.
    expect(Math.max(...live)).toBe(3)
    expect([...values.keys()].sort()).toEqual([...graph.outputs].sort())
  })

  it('releases every value once, behind its last reader, and no output', () => {
    const graph = chain(4)
    const { steps } = program(prepare(graph, new Map()))
    const released = steps.flatMap(({ releases }) => releases)
    expect(new Set(released).size).toBe(released.length)
    expect(new Set([...released, ...graph.outputs])).toEqual(new Set(graph.nodes.map(node => node.id)))
    for (const [index, { releases }] of steps.entries()) {
      for (const later of graph.nodes.slice(index + 1))
        for (const id of releases) expect(later.inputs).not.toContain(id)
    }
  })
})

describe('the debug ladder', () => {
  it('tells of every value on its fourth rung, and of none below', async () => {
    const graph = chain(1)
    const lines: string[] = []
    vi.stubGlobal('console', { error: (line: string) => lines.push(line) })
    for (const level of [3, 4]) {
      vi.stubGlobal('DEPTHWISE_DEBUG', level)
      await evaluate(program(prepare(graph, new Map())), new Map([[0, randomTensor([1, 2, 2, 1], 1)]]))
      expect(lines).toHaveLength(level === 3 ? 0 : 4)
    }
    expect(lines[0]).toMatch(/^node 1 "relu_1" \(relu\) 1x2x2x1: 0 to 0\.\d+, mean 0\.\d+$/)
  })

  it('sums values up in a line', () => {
    expect(summarize(new Float32Array([1, 2, 6]))).toBe('1 to 6, mean 3')
    expect(summarize(new Float32Array([1, Number.NaN]))).toBe('1 to 1, mean 1, 1 NaN')
    expect(summarize(new Float32Array([Number.NaN]))).toBe('no numbers, 1 NaN')
  })
})
