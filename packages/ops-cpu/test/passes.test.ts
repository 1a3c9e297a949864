import { type Bounds, type Graph, GraphBuilder, type Node, type Value } from '@depthwise/core'
import {
  dropIdentities,
  foldBatchNorm,
  foldPadding,
  fuseActivation,
  fuseResidual,
  opTitle,
  optimize,
  type Pass,
  verify,
} from '@depthwise/core/backend'
import { evaluated, expectAgreement, randomInputs } from '@depthwise/testing/agreement'
import { randomParams } from '@depthwise/testing/random-params'
import { describe, expect, it } from 'vitest'

/** A graph over one image; `build` returns its outputs. */
function graphOf(build: (b: GraphBuilder, image: Value) => readonly Value[]): Graph {
  const b = new GraphBuilder()
  return b.build(build(b, b.input([2, 5, 6, 3], { name: 'image' })))
}

/** Asserts that a pass keeps what a graph computes, and returns the nodes it leaves, inputs aside. */
async function nodesAfter(pass: Pass, graph: Graph): Promise<readonly Node[]> {
  const authored = { graph, params: randomParams(graph) }
  const passed = pass(authored)
  verify(passed.graph)
  const inputs = randomInputs(authored, 3)
  expectAgreement(await evaluated(passed, inputs), await evaluated(authored, inputs), 1e-5)
  return passed.graph.nodes.filter(node => node.op.kind !== 'input')
}

const kindsOf = (nodes: readonly Node[]): string[] => nodes.map(node => opTitle(node.op))

describe('foldBatchNorm', () => {
  it.each<[string, (b: GraphBuilder, x: Value) => Value]>([
    ['conv2d with a bias', (b, x) => b.conv2d(x, { filters: 4, kernel: 3, strides: 2 })],
    ['conv2d in groups, without one', (b, x) => b.conv2d(x, { filters: 6, kernel: 2, groups: 3, bias: false })],
    ['depthwiseConv2d with a multiplier', (b, x) => b.depthwiseConv2d(x, { kernel: 3, multiplier: 2, bias: false })],
    ['dense', (b, x) => b.dense(b.flatten(x), { units: 5 })],
  ])('into %s', async (_name, product) => {
    for (const without of [{}, { scale: false }, { center: false }]) {
      const nodes = await nodesAfter(
        foldBatchNorm,
        graphOf((b, x) => [b.batchNorm(product(b, x), without)]),
      )
      expect(kindsOf(nodes)).not.toContain('batchNorm')
    }
  })

  it('gives each reader of shared weights its own', async () => {
    const shared = { filters: 4, kernel: 1, weights: 'shared', bias: 'shared:bias' } as const
    const graph = graphOf((b, x) => [
      b.batchNorm(b.conv2d(x, shared)),
      b.batchNorm(b.conv2d(x, shared)),
      b.conv2d(x, shared),
    ])
    expect(kindsOf(await nodesAfter(foldBatchNorm, graph))).toEqual(['conv2d', 'conv2d', 'conv2d'])
  })

  it('stays out of a product that is read elsewhere, or clamped already', async () => {
    const twice = graphOf((b, x) => {
      const y = b.conv2d(x, { filters: 2, kernel: 1 })
      return [b.batchNorm(y), b.sigmoid(y)]
    })
    expect(kindsOf(await nodesAfter(foldBatchNorm, twice))).toEqual(['conv2d', 'batchNorm', 'sigmoid'])
    const clamped = graphOf((b, x) => [b.batchNorm(b.relu6(b.conv2d(x, { filters: 2, kernel: 1 })))])
    const both: Pass = network => foldBatchNorm(fuseActivation(network))
    expect(kindsOf(await nodesAfter(both, clamped))).toEqual(['conv2d', 'batchNorm'])
  })
})

describe('foldPadding', () => {
  const pads = { top: 0, bottom: 1, left: 0, right: 1 }

  it('into a convolution', async () => {
    const [conv, ...rest] = await nodesAfter(
      foldPadding,
      graphOf((b, x) => [b.depthwiseConv2d(b.pad(x, pads), { kernel: 3, strides: 2, padding: 'valid' })]),
    )
    expect(rest).toEqual([])
    expect(conv?.op).toMatchObject({ kind: 'depthwiseConv2d', padding: pads })
  })

  it('adds to padding that is there', async () => {
    const graph = graphOf((b, x) => [b.conv2d(b.pad(x, pads), { filters: 2, kernel: 3, padding: 1 })])
    const [conv] = await nodesAfter(foldPadding, graph)
    expect(conv?.op).toMatchObject({ padding: { top: 1, bottom: 2, left: 1, right: 2 } })
  })

  it('gathers several pads in a row', async () => {
    const graph = graphOf((b, x) => [b.conv2d(b.pad(b.pad(x, pads), 1), { filters: 2, kernel: 3, padding: 'valid' })])
    const [conv, ...rest] = await nodesAfter(foldPadding, graph)
    expect(rest).toEqual([])
    expect(conv?.op).toMatchObject({ padding: { top: 1, bottom: 2, left: 1, right: 2 } })
  })

  it('leaves padding by other values, of channels, and before pools alone', async () => {
    const valued = graphOf((b, x) => [b.conv2d(b.pad(x, pads, { value: 1 }), { filters: 2, kernel: 3 })])
    expect(kindsOf(await nodesAfter(foldPadding, valued))).toEqual(['pad', 'conv2d'])
    const deep = graphOf((b, x) => {
      const padded = b.pad(x, [
        [0, 0],
        [1, 1],
        [0, 0],
        [0, 2],
      ])
      return [b.conv2d(padded, { filters: 2, kernel: 3 })]
    })
    expect(kindsOf(await nodesAfter(foldPadding, deep))).toEqual(['pad', 'conv2d'])
    const pool = graphOf((b, x) => [b.averagePool(b.pad(x, pads), { kernel: 2 })])
    expect(kindsOf(await nodesAfter(foldPadding, pool))).toEqual(['pad', 'averagePool'])
  })
})

describe('fuseActivation', () => {
  it('into every product', async () => {
    const graph = graphOf((b, x) => [
      b.relu6(b.conv2d(x, { filters: 2, kernel: 3 })),
      b.relu(b.depthwiseConv2d(x, { kernel: 3 })),
      b.clamp(b.dense(b.flatten(x), { units: 4 }), { min: -0.25, max: 0.25 }),
    ])
    expect(kindsOf(await nodesAfter(fuseActivation, graph))).toEqual(['conv2d', 'depthwiseConv2d', 'reshape', 'dense'])
  })

  it.each<[Bounds, Bounds]>([
    [
      { min: -0.5, max: 0.25 },
      { min: 0, max: Infinity },
    ],
    [
      { min: -0.5, max: -0.25 },
      { min: 0, max: 1 },
    ],
    [
      { min: 0.5, max: 1 },
      { min: -1, max: 0 },
    ],
  ])('makes one of two clamps, %o then %o', async (inner, outer) => {
    const graph = graphOf((b, x) => [b.clamp(b.clamp(x, inner), outer)])
    expect(kindsOf(await nodesAfter(fuseActivation, graph))).toEqual(['clamp'])
  })
})

describe('fuseResidual', () => {
  it('into a linear projection, on either side of the add', async () => {
    for (const first of [true, false]) {
      const graph = graphOf((b, x) => {
        const projected = b.conv2d(x, { filters: 3, kernel: 1 })
        return [first ? b.add(projected, x) : b.add(x, projected)]
      })
      const [conv, ...rest] = await nodesAfter(fuseResidual, graph)
      expect(rest).toEqual([])
      expect(conv?.op).toMatchObject({ kind: 'conv2d', residual: true })
    }
  })

  it('fuses one of two projections that are added', async () => {
    const graph = graphOf((b, x) => [
      b.add(b.conv2d(x, { filters: 4, kernel: 3 }), b.conv2d(x, { filters: 4, kernel: 1 })),
    ])
    expect(kindsOf(await nodesAfter(fuseResidual, graph))).toEqual(['conv2d', 'conv2d'])
  })

  it('stays out of an add that stretches, doubles, or comes behind a clamp', async () => {
    const stretching = graphOf((b, x) => [
      b.add(b.conv2d(x, { filters: 4, kernel: 1 }), b.conv2d(x, { filters: 1, kernel: 1 })),
    ])
    expect(kindsOf(await nodesAfter(fuseResidual, stretching))).toEqual(['conv2d', 'conv2d', 'add'])
    const doubling = graphOf((b, x) => {
      const y = b.conv2d(x, { filters: 4, kernel: 1 })
      return [b.add(y, y)]
    })
    expect(kindsOf(await nodesAfter(fuseResidual, doubling))).toEqual(['conv2d', 'add'])
    const activated = graphOf((b, x) => [b.add(b.relu(b.conv2d(x, { filters: 3, kernel: 1 })), x)])
    const both: Pass = network => fuseResidual(fuseActivation(network))
    expect(kindsOf(await nodesAfter(both, activated))).toEqual(['conv2d', 'add'])
  })
})

describe('dropIdentities', () => {
  it('removes dropout, boundless clamps, lone concats, empty pads and reshapes', async () => {
    const graph = graphOf((b, x) => {
      const everything = { min: -Infinity, max: Infinity }
      const y = b.pad(b.concat([b.clamp(b.dropout(x, 0.5), everything)], 1), 0)
      return [b.sigmoid(b.reshape(y, [5, 6, 3]))]
    })
    expect(kindsOf(await nodesAfter(dropIdentities, graph))).toEqual(['sigmoid'])
  })

  it('gives an operand the name of the output it becomes', async () => {
    const graph = graphOf((b, x) => [b.dropout(b.dropout(b.sigmoid(x), 0.1), 0.1, { name: 'result' })])
    const [only, ...rest] = await nodesAfter(dropIdentities, graph)
    expect(rest).toEqual([])
    expect(only).toMatchObject({ name: 'result', op: { kind: 'sigmoid' } })
  })

  it('keeps an output whose operand is read elsewhere, also behind another identity', async () => {
    const graph = graphOf((b, x) => {
      const y = b.relu(x)
      return [b.dropout(b.dropout(y, 0.1), 0.1), b.sigmoid(y)]
    })
    expect(kindsOf(await nodesAfter(dropIdentities, graph))).toEqual(['relu', 'dropout', 'sigmoid'])
  })

  it('keeps an output that is the input or another output', async () => {
    const graph = graphOf((b, x) => {
      const y = b.relu(x)
      return [b.dropout(x, 0.1), y, b.dropout(y, 0.1)]
    })
    expect(kindsOf(await nodesAfter(dropIdentities, graph))).toEqual(['relu', 'dropout', 'dropout'])
  })
})

describe('optimize', () => {
  it('leaves three products of an inverted residual', async () => {
    const graph = graphOf((b, x) => {
      const expanded = b.relu6(b.batchNorm(b.conv2d(x, { filters: 18, kernel: 1, bias: false })))
      const filtered = b.relu6(b.batchNorm(b.depthwiseConv2d(expanded, { kernel: 3, bias: false })))
      const projected = b.batchNorm(b.conv2d(filtered, { filters: 3, kernel: 1, bias: false }))
      return [b.dropout(b.add(x, projected), 0.2, { name: 'block' })]
    })
    const nodes = await nodesAfter(optimize, graph)
    expect(kindsOf(nodes)).toEqual(['conv2d', 'depthwiseConv2d', 'conv2d'])
    expect(nodes.at(-1)).toMatchObject({ name: 'block', op: { residual: true, activation: null } })
  })

  it('lets go of what no output needs', async () => {
    const graph = graphOf((b, x) => {
      b.conv2d(x, { filters: 7, kernel: 1 })
      return [b.relu(x)]
    })
    const { graph: left, params } = optimize({ graph, params: randomParams(graph) })
    expect(kindsOf(left.nodes)).toEqual(['input', 'relu'])
    expect(params.size).toBe(0)
  })
})
