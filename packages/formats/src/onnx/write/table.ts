import type { OpKind } from '@depthwise/core'
import { eachActivation, type OpOf } from '@depthwise/core/backend'
import { constant } from './constants.ts'
import { depthToSpace } from './depth-to-space.ts'
import { activation, affine, batchNorm, binary, dropout, sigmoid, softmax, unary } from './elementwise.ts'
import { conv2d, dense, depthwiseConv2d } from './products.ts'
import { resize } from './resize.ts'
import { concat, pad, reshape } from './shapes.ts'
import type { Step } from './step.ts'
import { averagePool, globalAveragePool, maxPool } from './windows.ts'

type WrittenKind = Exclude<OpKind, 'input'>

type Row<K extends WrittenKind> = (op: OpOf<K>, step: Step) => void

/** One row an op. A new op without its row does not compile. */
const rows: { readonly [K in WrittenKind]: Row<K> } = {
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
  quantize: (_op, step) => step.convert(),
  dequantize: (_op, step) => step.convert(),
  unary,
  constant,
  resize,
  depthToSpace,
}

/** Writes the ONNX nodes of any node but an input. */
export function writeNode(op: OpOf<WrittenKind>, step: Step): void {
  const row = rows[op.kind] as Row<WrittenKind>
  row(op, step)
}
