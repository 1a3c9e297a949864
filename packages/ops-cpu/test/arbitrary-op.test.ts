import { attributeFields, verify } from '@depthwise/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { arbitraryOps } from './arbitrary-op.ts'

it('the families of one-op graphs keep every rule and together reach every op', () => {
  const graphs = Object.values(arbitraryOps).flatMap(family => fc.sample(family, { seed: 1, numRuns: 300 }))
  for (const { graph } of graphs) verify(graph)
  const kinds = new Set(graphs.flatMap(({ graph }) => graph.nodes.map(node => node.op.kind)))
  expect([...kinds].toSorted()).toEqual(Object.keys(attributeFields).toSorted())
})
