import { opTitle } from '@depthwise/core/backend'
import type { NodeSpec } from '@depthwise/testing/files/onnx-file'
import { describe, expect, test } from 'vitest'
import { inputScale, type Kind, patterns, quantizedFile, runs } from './onnx-quantised-patterns.ts'
import { expectWithinSteps, nodesOf } from './onnx-steps.ts'

// Quantised networks read as what they are. The runtime rounds elsewhere than our ops do: results may be a step apart.

async function expectQuantized(kind: Kind, nodes: readonly NodeSpec[]) {
  const model = await expectWithinSteps(quantizedFile(kind, nodes))
  const [, type, x] = kind
  const computed = model.graph.nodes.filter(({ op }) => op.kind !== 'input')
  for (const node of computed) expect(node.dtype, opTitle(node.op)).toBe(type.toLowerCase())
  expect(model.metadata.inputQuantization).toEqual({ x: { scale: Math.fround(inputScale), zeroPoint: x } })
  expect(model.metadata.realNodes).toBeUndefined()
  return model
}

describe.each<Kind>([
  ['uint8', 'UINT8', 128, 120],
  ['int8', 'INT8', 0, -5],
])('one quantised op within a step of the runtime, %s', (...kind) => {
  test.each(patterns.filter(([title]) => runs(kind[1], title)))('%s', async (_title, nodes, expected) => {
    const model = await expectQuantized(kind, nodes)
    expect(nodesOf(model).map(words => words.split(' ')[1])).toEqual(expected)
  })
})

describe.each<Kind>([
  ['uint8, zero points at its start', 'UINT8', 0, 0],
  ['int8, zero points at its start', 'INT8', -128, -128],
])('the same where no value is negative: %s', (...kind) => {
  test.each(patterns.filter(([title]) => runs(kind[1], title)))('%s', async (_title, nodes) => {
    await expectQuantized(kind, nodes)
  })
})

describe.each<Kind>([
  ['uint8, zero points at its end', 'UINT8', 255, 255],
  ['int8, zero points at its end', 'INT8', 127, 127],
])('and where none is positive: %s', (...kind) => {
  // Of the others only one value would be left.
  const negative = /^(a |Add$|AveragePool|GlobalAveragePool|Concat|QLinearConv|QLinearAdd|QLinearConcat)/
  const left = patterns.filter(([title]) => runs(kind[1], title) && negative.test(title))
  test.each(left)('%s', async (_title, nodes) => {
    await expectQuantized(kind, nodes)
  })
})
