import type { Bounds, Graph, Node, NodeId, OpKind, OpOf } from '@depthwise/core'

type Rule<K extends OpKind> = (op: OpOf<K>, operand: Bounds) => Bounds

const anything: Bounds = { min: -Infinity, max: Infinity }
const probability: Bounds = { min: 0, max: 1 }

const within = (a: Bounds, b: Bounds): Bounds => ({
  min: Math.min(Math.max(a.min, b.min), b.max),
  max: Math.max(Math.min(a.max, b.max), b.min),
})

const hull = (all: readonly Bounds[]): Bounds => ({
  min: Math.min(...all.map(({ min }) => min)),
  max: Math.max(...all.map(({ max }) => max)),
})

const unchanged = (_op: object, operand: Bounds): Bounds => operand
const fused = ({ clamp }: { readonly clamp: Bounds | null }): Bounds => clamp ?? anything

/** By kind of op; the values of other ops are unbounded. */
const rules: { readonly [K in OpKind]?: Rule<K> } = {
  softmax: () => probability,
  sigmoid: () => probability,
  relu: (_op, operand) => within(operand, { min: 0, max: Infinity }),
  relu6: (_op, operand) => within(operand, { min: 0, max: 6 }),
  clamp: (op, operand) => within(operand, op),
  normalize: ({ scale, offset }, { min, max }) =>
    hull(
      scale.map((factor, c) => {
        // Infinity times 0 would be NaN.
        const [low, high] = factor === 0 ? [0, 0] : [min * factor, max * factor]
        return { min: Math.min(low, high) + offset[c]!, max: Math.max(low, high) + offset[c]! }
      }),
    ),
  conv2d: fused,
  depthwiseConv2d: fused,
  dense: fused,
  reshape: unchanged,
  dropout: unchanged,
  maxPool: unchanged,
  globalAveragePool: unchanged,
  concat: unchanged,
}

/** The interval in which the values of a node lie, as far as it follows from the graph without weights. */
export function rangeOf(graph: Graph, { id }: Node): Bounds {
  const ranges = new Map<NodeId, Bounds>()
  for (const { id: each, op, inputs } of graph.nodes) {
    const operand = hull(inputs.map(input => ranges.get(input) ?? anything))
    ranges.set(each, (rules[op.kind] as Rule<OpKind> | undefined)?.(op, operand) ?? anything)
  }
  return ranges.get(id) ?? anything
}
