import type { OpKind } from '@depthwise/core'
import type { OpOf } from '@depthwise/core/backend'
import { clamp } from './clamps.ts'
import { depthToSpace } from './depth-to-space.ts'
import { affine, batchNorm, binary, dequantize, hardSwish, quantize, sigmoid, softmax, unary } from './elementwise.ts'
import { conv2d, dense, depthwiseConv2d } from './products.ts'
import { resize } from './resize.ts'
import { concat, constant, dropout, globalAveragePool, pad, reshape } from './shapes.ts'
import type { Step, Written } from './step.ts'
import { averagePool, maxPool } from './windows.ts'

type ComputedKind = Exclude<OpKind, 'input'>
type Row<K extends ComputedKind> = (op: OpOf<K>, step: Step) => Written

/** One row an op. A new op without its row does not compile. */
const rows: { readonly [K in ComputedKind]: Row<K> } = {
  affine,
  averagePool,
  batchNorm,
  binary,
  clamp,
  concat,
  constant,
  conv2d,
  dense,
  depthwiseConv2d,
  dequantize,
  dropout,
  globalAveragePool,
  hardSwish,
  maxPool,
  pad,
  quantize,
  reshape,
  resize,
  depthToSpace,
  sigmoid,
  softmax,
  unary,
}

/** Writes the operators of any node but an input. */
export function writeNode(op: OpOf<ComputedKind>, step: Step): Written {
  const row = rows[op.kind] as Row<ComputedKind>
  return row(op, step)
}
