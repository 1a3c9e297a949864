import { GraphBuilder, tensor } from '@depthwise/core'
import { expect, it } from 'vitest'
import { compareWithDefinition } from '../src/conformance/check.ts'
import type { Value } from '../src/conformance/definition/value.ts'

const b = new GraphBuilder()
const graph = b.build([b.relu(b.input([1, 3], { name: 'x' }), { name: 'y' })])
const id = graph.outputs[0] as number
const value: Value = { shape: [1, 3], data: Float32Array.of(1, 2, 3), error: Float64Array.of(0, 0.5, 0) }
const values = new Map([[id, value]])

it.each([
  ['another shape', { y: tensor([3, 1], [1, 2, 3]) }, 'output "y" is float32 3x1, expected float32 1x3'],
  ['other elements', { y: tensor([1, 3], Int32Array.of(1, 2, 3)) }, 'output "y" is int32 1x3, expected float32 1x3'],
  ['another name', { z: tensor([1, 3], [1, 2, 3]) }, 'no output "y"'],
  ['another number', { y: tensor([1, 3], [1, 2.75, 3]) }, '"y" [0,1] is 2.75, expected 2 within 0.50'],
])('an output of %s is a mismatch, followed by the graph', (_, outputs, message) => {
  const [first, second, ...more] = compareWithDefinition(graph, outputs, values)
  expect(first).toBe(message)
  expect(second).toContain('relu')
  expect(more).toEqual([])
})

it('an output as far off as it may be is none', () => {
  expect(compareWithDefinition(graph, { y: tensor([1, 3], [1, 2.5, 3]) }, values)).toEqual([])
})
