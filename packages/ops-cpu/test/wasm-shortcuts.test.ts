import { GraphBuilder, type Node, type Shape, type Value } from '@depthwise/core'
import { optimize } from '@depthwise/core/backend'
import { randomParams } from '@depthwise/testing/random-params'
import { describe, expect, it } from 'vitest'
import { splitShortcuts } from '../src/wasm/plan/split-shortcuts.ts'

type Product = (b: GraphBuilder, x: Value) => Value

/** What is left of `activation(product + x)` when kernels that add no shortcut have been relieved of it. */
function split(product: Product, activated: boolean, shape: Shape = [1, 5, 5, 4]): readonly Node[] {
  const b = new GraphBuilder()
  const x = b.input(shape, { name: 'x' })
  const shortcut = b.add(product(b, x), x, { name: 'sum' })
  const graph = b.build([activated ? b.relu6(shortcut, { name: 'out' }) : shortcut])
  const fused = optimize({ graph, params: randomParams(graph) }).graph
  expect(fused.nodes.at(-1)?.op, 'fused').toMatchObject({ residual: true })
  return splitShortcuts(fused).nodes
}

const kinds = (nodes: readonly Node[]): readonly string[] => nodes.map(({ op }) => op.kind)

const added: readonly (readonly [string, Shape, Product])[] = [
  ['a convolution', [1, 5, 5, 4], (b, x) => b.conv2d(x, { filters: 4, kernel: 3, padding: 'same' })],
  ['a dense layer', [1, 4], (b, x) => b.dense(x, { units: 4 })],
]
const apart: readonly (readonly [string, Product])[] = [
  ['groups', (b, x) => b.conv2d(x, { filters: 4, kernel: 3, padding: 'same', groups: 2 })],
  ['a depthwise convolution', (b, x) => b.depthwiseConv2d(x, { kernel: 3, padding: 'same' })],
]

it.each(apart)('%s without a shortcut stays as it is', (_, product) => {
  const b = new GraphBuilder()
  const x = b.input([1, 5, 5, 4])
  const graph = b.build([b.relu6(product(b, x))])
  const fused = optimize({ graph, params: randomParams(graph) }).graph
  expect(splitShortcuts(fused)).toEqual(fused)
})

describe('a shortcut', () => {
  it.each(added)('is added in the store of %s', (_, shape, product) => {
    for (const activated of [false, true]) {
      const nodes = split(product, activated, shape)
      expect(nodes).toHaveLength(2)
      expect(nodes.at(-1)?.op).toMatchObject({ residual: true })
    }
  })

  it.each(apart)('is an addition of its own behind %s', (_, product) => {
    const [x, alone, sum] = split(product, false) as [Node, Node, Node]
    expect(alone).toMatchObject({ inputs: [x.id], op: { residual: false, activation: null } })
    expect(sum).toMatchObject({ name: 'sum', inputs: [alone.id, x.id], op: { kind: 'binary', operator: 'add' } })
  })

  it.each(apart)('comes before the activation of %s', (_, product) => {
    const nodes = split(product, true)
    expect(kinds(nodes).slice(2)).toEqual(['binary', 'clamp'])
    const [, , sum, activation] = nodes as [Node, Node, Node, Node]
    expect(activation).toMatchObject({ name: 'out', inputs: [sum.id] })
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(4)
  })
})
