import type { Op, OpKind, OpOf } from '@depthwise/core'
import { add, batchNorm, clamp, dropout, mul, normalize, relu, relu6, sigmoid, softmax } from './elementwise.ts'
import { conv2d, dense, depthwiseConv2d } from './products.ts'
import { concat, pad, reshape } from './shapes.ts'
import type { Step } from './step.ts'
import { averagePool, globalAveragePool, maxPool } from './windows.ts'

type ComputedKind = Exclude<OpKind, 'input'>
type Row<K extends OpKind> = (op: OpOf<K>, step: Step) => void

/** One row an op. A new op without its row does not compile. */
const rows: { readonly [K in ComputedKind]: Row<K> } = {
  normalize,
  conv2d,
  depthwiseConv2d,
  dense,
  batchNorm,
  relu,
  relu6,
  clamp,
  add,
  mul,
  pad,
  averagePool,
  maxPool,
  globalAveragePool,
  reshape,
  softmax,
  sigmoid,
  concat,
  dropout,
}

/** Writes the ONNX nodes of any node but an input. */
export function writeNode(op: Exclude<Op, { readonly kind: 'input' }>, step: Step): void {
  const row = rows[op.kind] as Row<ComputedKind>
  row(op, step)
}
