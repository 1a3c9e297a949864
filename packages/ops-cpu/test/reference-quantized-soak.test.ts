import type { Outputs, Tensor } from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
import { arbitraryQuantizedNetwork } from '@depthwise/testing/arbitrary-quantized-graph'
import type { QuantizedNetwork } from '@depthwise/testing/quantized-draft'
import { quantizedEdgeCases } from '@depthwise/testing/quantized-edge-cases'
import { runs } from '@depthwise/testing/soak'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { definedValue } from './quantized-definition.ts'

/** Holds every node to the definition, applied to the operands that the reference computed. */
async function expectDefined({ graph, params, inputs }: QuantizedNetwork): Promise<void> {
  await using executable = await reference().compile(graph, params, { expose: 'all' })
  const outputs: Outputs = await executable.run(inputs)
  const names = new Map(graph.nodes.map(node => [node.id, node.name]))
  for (const node of graph.nodes) {
    if (node.op.kind === 'input') continue
    const operands = node.inputs.map(id => outputs[names.get(id) as string] as Tensor)
    const value = outputs[node.name] as Tensor
    expect(value).toMatchObject({ shape: node.shape, dtype: node.dtype })
    expect([...value.data], node.name).toEqual(definedValue(node, operands, params))
  }
}

test('random quantized networks have the bytes of a definition in exact numbers', async () => {
  await fc.assert(fc.asyncProperty(arbitraryQuantizedNetwork(), expectDefined), runs(200, 10_000))
}, 1_800_000)

test.each(quantizedEdgeCases)('$name', async ({ network }) => expectDefined(network()))
