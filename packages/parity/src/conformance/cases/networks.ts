import { type Graph, GraphBuilder, tensor, type Value } from '@depthwise/core'
import { Seeded, seededParams } from '../seeded.ts'
import { type Case, on } from './case.ts'

type Act = (value: Value) => Value

/** A depthwise separable block, figure 3 of the V1 paper (arXiv 1704.04861). */
function separable(b: GraphBuilder, x: Value, filters: number, strides: number): Value {
  const act: Act = value => b.relu6(b.batchNorm(value))
  const wide = act(b.depthwiseConv2d(x, { kernel: 3, strides, bias: false }))
  return act(b.conv2d(wide, { kernel: 1, filters, bias: false }))
}

/** An inverted residual, table 1 of the V2 paper (arXiv 1801.04381): expand, filter, project, and the shortcut. */
function inverted(b: GraphBuilder, x: Value, expansion: number, filters: number, strides: number): Value {
  const act: Act = value => b.relu6(b.batchNorm(value))
  const channels = x.shape.at(-1) as number
  const wide = expansion === 1 ? x : act(b.conv2d(x, { kernel: 1, filters: channels * expansion, bias: false }))
  const filtered = act(b.depthwiseConv2d(wide, { kernel: 3, strides, bias: false }))
  const narrow = b.batchNorm(b.conv2d(filtered, { kernel: 1, filters, bias: false }))
  return strides === 1 && channels === filters ? b.add(x, narrow) : narrow
}

function head(b: GraphBuilder, x: Value, classes: number): Value {
  return b.softmax(b.dense(b.dropout(b.globalAveragePool(x), 0.2), { units: classes }))
}

/** A V1 in small: rows of `[filters, stride]`. */
function tinyV1(batch: number, height: number, width: number): Graph {
  const b = new GraphBuilder()
  const x = b.input([batch, height, width, 3], { name: 'x' })
  let value = b.relu6(b.batchNorm(b.conv2d(x, { kernel: 3, strides: 2, filters: 6, bias: false })))
  for (const [filters, strides] of [
    [8, 1],
    [12, 2],
    [12, 1],
    [20, 2],
    [20, 1],
  ] as const) {
    value = separable(b, value, filters, strides)
  }
  return b.build([head(b, value, 11)])
}

/** A V2 in small: rows of `[expansion, filters, stride]`. */
function tinyV2(batch: number, height: number, width: number): Graph {
  const b = new GraphBuilder()
  const x = b.input([batch, height, width, 3], { name: 'x' })
  let value = b.relu6(b.batchNorm(b.conv2d(x, { kernel: 3, strides: 2, filters: 8, bias: false })))
  for (const [expansion, filters, strides] of [
    [1, 4, 1],
    [6, 6, 2],
    [6, 6, 1],
    [3, 10, 2],
    [6, 10, 1],
    [6, 10, 1],
  ] as const) {
    value = inverted(b, value, expansion, filters, strides)
  }
  return b.build([head(b, b.relu6(b.conv2d(value, { kernel: 1, filters: 24 })), 10)])
}

/** Numbers so large that layer after layer is clamped on both sides, as in trained networks. */
function vivid(name: string, graph: Graph): Case {
  const params = new Map(seededParams(graph, 1))
  for (const [key, { shape, data }] of params) {
    if (key.endsWith('/gamma'))
      params.set(
        key,
        tensor(
          shape,
          Float32Array.from(data, gamma => 3 * gamma),
        ),
      )
  }
  return { name, graph, params, inputs: { x: new Seeded(7).tensor(graph.nodes[0]?.shape ?? [], 0, 4) } }
}

/** Keras' way of a strided layer: a pad of its own, then VALID. */
const paddedFirst: Case = on('a pad of its own in front of a strided layer', [1, 8, 9, 4], (b, x) => {
  const padded = b.pad(x, { top: 0, bottom: 1, left: 0, right: 1 })
  const filtered = b.relu6(b.depthwiseConv2d(padded, { kernel: 3, strides: 2, padding: 'valid' }))
  return b.conv2d(filtered, { kernel: 1, filters: 5 })
})

/** Squeeze and excite, as later MobileNets have it. */
const excited: Case = on('a gate of one number a channel', [2, 5, 5, 6], (b, x) => {
  const pooled = b.globalAveragePool(x, { keepDims: true })
  const gate = b.sigmoid(b.conv2d(b.relu(b.conv2d(pooled, { kernel: 1, filters: 3 })), { kernel: 1, filters: 6 }))
  return b.conv2d(b.mul(x, gate), { kernel: 1, filters: 4 })
})

/** More images than fill a vector, and rows that end in the middle of one. */
const batched: Case = on('a batch is its images one by one', [3, 9, 7, 3], (b, x) => {
  const stem = b.relu6(b.conv2d(x, { kernel: 3, strides: 2, filters: 10 }))
  const block = b.add(stem, b.conv2d(b.depthwiseConv2d(stem, { kernel: 3 }), { kernel: 1, filters: 10 }))
  const scores = b.dense(b.globalAveragePool(block), { units: 37 })
  return [scores, b.softmax(scores)]
})

export const networkCases: readonly Case[] = [
  paddedFirst,
  excited,
  batched,
  vivid('a tiny V1 on 32x32', tinyV1(1, 32, 32)),
  vivid('a tiny V1 on 27x38, batch 2', tinyV1(2, 27, 38)),
  vivid('a tiny V2 on 32x32', tinyV2(1, 32, 32)),
  vivid('a tiny V2 on 31x22, batch 3', tinyV2(3, 31, 22)),
]

/** What tests of behaviour run: blocks with a shortcut, on ops that hardly any backend does without. */
function sample(): Graph {
  const b = new GraphBuilder()
  const x = b.input([1, 12, 10, 3], { name: 'x' })
  let value = b.relu6(b.batchNorm(b.conv2d(x, { kernel: 3, strides: 2, filters: 8, bias: false })))
  for (const [expansion, filters, strides] of [
    [1, 4, 1],
    [6, 6, 2],
    [6, 6, 1],
  ] as const) {
    value = inverted(b, value, expansion, filters, strides)
  }
  return b.build([b.dense(b.globalAveragePool(value), { units: 10 })])
}

export const sampleNetwork: Graph = sample()
