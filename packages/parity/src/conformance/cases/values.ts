import { type Bounds, GraphBuilder, type Shape, tensor } from '@depthwise/core'
import { type Case, on } from './case.ts'

/** Numbers exactly at, just below and just above the bounds of every activation. */
const edges = [0, -0, 6, -1, 1, 0.5, 5.9999995, 6.0000005, -1e-7, 1e-7, -6, 7, 100, -100, 0.9999999, 1.0000001]
const bounds: Bounds = { min: -1, max: 0.5 }

const exactBounds: Case = {
  ...on('clamps at their exact bounds', [1, 1, 2, 8], (b, x) => [
    b.relu(x),
    b.relu6(x),
    b.clamp(x, bounds),
    b.clamp(x, { min: 1, max: 1 }),
    b.clamp(x, { min: -Infinity, max: 0.5 }),
    b.clamp(x, { min: 0.5, max: Infinity }),
  ]),
  inputs: { x: tensor([1, 1, 2, 8], edges) },
}

/** An identity product, so that sums meet the bounds exactly. */
function fusedBounds(): Case {
  const b = new GraphBuilder()
  const x = b.input([1, 1, 2, 8], { name: 'x' })
  const identity = b.conv2d(x, { name: 'identity', kernel: 1, filters: 8, bias: false })
  const graph = b.build([b.relu6(identity), b.clamp(identity, bounds), b.relu(identity)])
  const weights = Float32Array.from({ length: 64 }, (_, i) => (i % 9 === 0 ? 1 : 0))
  const params = new Map([['identity/weights', tensor([1, 1, 8, 8], weights)]])
  return {
    name: 'products at the exact bounds of their clamp',
    graph,
    params,
    inputs: { x: tensor([1, 1, 2, 8], edges) },
  }
}

const away: Bounds = { min: 1, max: 2 }

/** Operands of one rank that stretch each other, at the ends and in the middle. */
const stretchedShapes: readonly (readonly [Shape, Shape])[] = [
  [
    [1, 3, 1, 5],
    [1, 1, 3, 5],
  ],
  [
    [1, 3, 1, 5],
    [1, 1, 4, 1],
  ],
  [
    [1, 4, 3, 1],
    [1, 1, 1, 6],
  ],
  [
    [1, 2, 3, 2, 1],
    [1, 1, 3, 1, 9],
  ],
  [
    [1, 7],
    [1, 1],
  ],
  [[1], [1]],
]

function stretched([first, second]: readonly [Shape, Shape]): Case {
  const b = new GraphBuilder()
  const [x, y] = [b.input(first, { name: 'x' }), b.input(second, { name: 'y' })]
  const name = `${first.join('x')} and ${second.join('x')}, each stretched`
  return { name, graph: b.build([b.add(x, y), b.mul(x, y), b.add(y, x), b.mul(y, x)]) }
}

/** The same numbers are other kernels where the channels stand in other groups. */
function sharedWeights(): Case {
  const b = new GraphBuilder()
  const [narrow, wide] = [b.input([1, 5, 5, 2], { name: 'narrow' }), b.input([1, 5, 5, 4], { name: 'wide' })]
  const shared = { filters: 6, kernel: 3, weights: 'shared', bias: false }
  const graph = b.build([b.conv2d(narrow, shared), b.conv2d(wide, { ...shared, groups: 2 })])
  return { name: 'convolutions of other groups that share their weights', graph }
}

export const valueCases: readonly Case[] = [
  exactBounds,
  fusedBounds(),
  on('two clamps in a row', [1, 3, 3, 5], (b, x) => [
    b.clamp(b.relu6(x), { min: -1, max: 0.25 }),
    b.relu6(b.clamp(b.conv2d(x, { kernel: 1, filters: 4 }), { min: -2, max: -1 })),
  ]),
  on('zero does not stay zero: what follows must not leak behind the last channel', [2, 3, 3, 5], (b, x) =>
    [b.sigmoid(x), b.clamp(x, away), b.softmax(x), b.pad(x, 1, { value: 3 })].map(value =>
      b.conv2d(b.clamp(b.conv2d(value, { kernel: 1, filters: 3 }), away), { kernel: 1, filters: 2 }),
    ),
  ),
  on('batch norm with and without scale and centre', [1, 3, 4, 6], (b, x) => [
    b.batchNorm(x),
    b.batchNorm(x, { scale: false }),
    b.batchNorm(b.conv2d(x, { kernel: 3, filters: 5 }), { center: false, epsilon: 1e-5 }),
    b.relu6(b.batchNorm(b.depthwiseConv2d(x, { kernel: 3, bias: false }), { scale: false, center: false })),
    b.batchNorm(b.dense(b.flatten(x), { units: 5 })),
  ]),
  on('sigmoid and softmax far from zero', [2, 3, 2, 7], (b, x) => {
    const long = b.affine(x, { scale: new Array(7).fill(60), offset: new Array(7).fill(0) })
    return [b.sigmoid(long), b.softmax(long), b.softmax(b.flatten(long))]
  }),
  on('long rows', [1, 60000], (b, x) => [b.dense(x, { units: 2 }), b.softmax(b.clamp(x, { min: 0, max: 1 }))]),
  on('broadcast on either side, over any axis', [2, 3, 4, 5], (b, x) => {
    const one = b.globalAveragePool(x, { keepDims: true })
    const narrow = b.reshape(b.dense(b.flatten(x), { units: 12 }), [3, 4, 1])
    const row = b.averagePool(x, { kernel: [3, 1], padding: 'valid' })
    return [b.add(x, one), b.mul(one, x), b.mul(narrow, x), b.add(x, narrow), b.mul(row, x), b.add(row, one)]
  }),
  ...stretchedShapes.map(stretched),
  on('joined, padded, reshaped and flattened', [2, 3, 4, 5], (b, x) => [
    b.concat([x, b.relu(x), x], 3),
    b.concat([x, b.reshape(b.dense(b.flatten(x), { units: 12 }), [3, 4, 1]), x], 3),
    b.concat([x, x], 1),
    b.concat(
      [
        b.pad(x, [
          [0, 0],
          [0, 0],
          [0, 2],
          [0, 0],
        ]),
        x,
      ],
      2,
    ),
    b.pad(
      x,
      [
        [0, 0],
        [2, 0],
        [1, 3],
        [1, 2],
      ],
      { value: -1.5 },
    ),
    b.reshape(x, [10, 6]),
    b.flatten(x),
    b.dropout(x, 0.5),
  ]),
  sharedWeights(),
  on('a value that many read, among them an output', [1, 4, 4, 6], (b, x) => {
    const project = b.conv2d(x, { kernel: 1, filters: 6 })
    const sum = b.add(x, project)
    return [project, b.relu(project), b.relu6(sum), b.add(sum, sum), b.mul(project, project)]
  }),
  on('activations on both sides of a sum', [1, 5, 4, 6], (b, x) => {
    const project = b.clamp(b.conv2d(x, { kernel: 1, filters: 6 }), bounds)
    const sum = b.clamp(b.add(x, project), { min: -1, max: 0.25 })
    const pooled = b.relu(b.add(b.averagePool(sum, { kernel: 2 }), b.maxPool(x, { kernel: 2 })))
    return b.relu6(b.mul(pooled, pooled))
  }),
]
