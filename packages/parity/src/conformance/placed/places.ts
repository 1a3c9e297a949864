import type { DType, GraphBuilder, Value } from '@depthwise/core'
import type { PlacedOp } from './ops.ts'

/** What the graph around an op gives back. */
type Surround = (b: GraphBuilder, input: Value, op: PlacedOp) => readonly Value[]

/** Somewhere in a graph that an op can stand. */
export interface Place {
  readonly name: string
  /** Types of an input that are read there: everything but an input is float32. */
  readonly dtypes: readonly DType[]
  readonly build: Surround
}

const channelsOf = (x: Value): number => x.shape.at(-1) as number

/** A product of any value, which may take in what comes before it. */
function product(b: GraphBuilder, x: Value, filters = 3): Value {
  if (x.shape.length === 4) return b.conv2d(x, { kernel: 1, filters })
  return b.dense(x.shape.length === 2 ? x : b.flatten(x), { units: filters })
}

/** A value in memory, where sigmoid leaves no zeros: not even beside the last channel. */
const stored = (b: GraphBuilder, x: Value): Value => b.add(x, b.sigmoid(x))

/** A value whose product, shortcut and clamp may be one kernel. */
const fused = (b: GraphBuilder, x: Value): Value =>
  b.clamp(b.add(x, product(b, x, channelsOf(x))), { min: -0.75, max: 1.25 })

/** Reads an input a second time, whatever its type. */
const another = (b: GraphBuilder, x: Value, op: PlacedOp): Value =>
  op.dtype === 'float32' ? b.sigmoid(x) : b.reshape(op.build(b, x), [x.shape.slice(1).reduce((a, c) => a * c, 1)])

const any: readonly DType[] = ['float32', 'uint8', 'int8', 'int32']
const reals: readonly DType[] = ['float32']

/** A value's memory depends on who makes it and who else reads it: inputs, stored and fused values, outputs. */
export const places: readonly Place[] = [
  { name: 'on an input', dtypes: any, build: (b, x, op) => [op.build(b, x)] },
  { name: 'on an input, before a product', dtypes: any, build: (b, x, op) => [product(b, op.build(b, x))] },
  { name: 'on an input read twice', dtypes: any, build: (b, x, op) => [op.build(b, x), another(b, x, op)] },
  { name: 'on an input that is an output', dtypes: any, build: (b, x, op) => [x, product(b, op.build(b, x))] },
  { name: 'on a stored value', dtypes: reals, build: (b, x, op) => [op.build(b, stored(b, x))] },
  {
    name: 'on a stored value read twice',
    dtypes: reals,
    build: (b, x, op) => {
      const value = stored(b, x)
      return [product(b, op.build(b, value)), b.relu(value)]
    },
  },
  {
    name: 'on a stored value that is an output',
    dtypes: reals,
    build: (b, x, op) => {
      const value = stored(b, x)
      return [value, op.build(b, value)]
    },
  },
  { name: 'on a fused value', dtypes: reals, build: (b, x, op) => [op.build(b, fused(b, x))] },
  {
    name: 'on a fused value, before a product',
    dtypes: reals,
    build: (b, x, op) => [product(b, op.build(b, fused(b, x)))],
  },
  {
    name: 'as an output that is read again',
    dtypes: reals,
    build: (b, x, op) => {
      const value = op.build(b, stored(b, x))
      return [value, product(b, value)]
    },
  },
]
