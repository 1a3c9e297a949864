import { eachActivation, type OpOf, type RealKind } from '@depthwise/core/backend'
import { activation, affine, batchNorm, binary, dropout, sigmoid, softmax } from './elementwise.ts'
import { conv2d, dense, depthwiseConv2d } from './products.ts'
import { concat, pad, reshape } from './shapes.ts'
import type { Step } from './step.ts'
import { averagePool, globalAveragePool, maxPool } from './windows.ts'

type Row<K extends RealKind> = (op: OpOf<K>, step: Step) => void

/** One row an op. A new op without its row does not compile. */
const rows: { readonly [K in RealKind]: Row<K> } = {
  affine,
  conv2d,
  depthwiseConv2d,
  dense,
  batchNorm,
  ...eachActivation(activation),
  binary,
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
export function writeNode(op: OpOf<RealKind>, step: Step): void {
  const row = rows[op.kind] as Row<RealKind>
  row(op, step)
}
