import { GraphBuilder } from '@depthwise/core'
import { expect, test } from 'vitest'
import { writtenNames } from '../src/run/outputs.ts'

test('of all values, a run writes those that are computed', () => {
  const b = new GraphBuilder()
  const x = b.input([1, 2], { name: 'x' })
  const graph = b.build([b.relu(b.add(x, b.constant([1, 2], { name: 'c' }), { name: 'sum' }), { name: 'y' })])
  const model = { graph, params: new Map(), metadata: {} }
  expect(writtenNames(model, 'all')).toEqual(['sum', 'y'])
  expect(writtenNames(model, 'outputs')).toEqual(['y'])
})
