import type { Activation, BinaryOperator, OpOf, UnaryOperator } from '@depthwise/core/backend'
import { dataTypes } from '../schema.ts'
import type { OnnxFile } from './file.ts'
import type { Step } from './step.ts'
import { workingForm } from './values.ts'

/** The operator of an activation, and its operands behind the first. */
interface Written {
  readonly opType: string
  readonly operands: readonly string[]
}

type Write<A extends Activation> = (op: A, file: OnnxFile) => Written | null

const activationWriters: { readonly [K in Activation['kind']]: Write<OpOf<K>> } = {
  clamp({ min, max }, file) {
    if (min === -Infinity && max === Infinity) return null
    if (min === 0 && max === Infinity) return { opType: 'Relu', operands: [] }
    const bound = (value: number): string => (Number.isFinite(value) ? file.list([value], []) : '')
    return { opType: 'Clip', operands: max === Infinity ? [bound(min)] : [bound(min), bound(max)] }
  },
  hardSwish: () => ({ opType: 'HardSwish', operands: [] }),
}

/** How an activation is written; null where it does nothing. */
export function writtenActivation(op: Activation, file: OnnxFile): Written | null {
  return (activationWriters[op.kind] as Write<Activation>)(op, file)
}

export function activation(op: Activation, step: Step): void {
  const { opType, operands } = writtenActivation(op, step.file) ?? { opType: 'Identity', operands: [] }
  step.result(opType, [step.operand(0), ...operands])
}

export const sigmoid = (_op: OpOf<'sigmoid'>, step: Step): void => step.result('Sigmoid', [step.operand(0)])

const unaryTypes: { readonly [O in UnaryOperator]: string } = { exp: 'Exp', sqrt: 'Sqrt' }

export function unary({ operator }: OpOf<'unary'>, step: Step): void {
  step.result(unaryTypes[operator], [step.operand(0)])
}

const binaryTypes: { readonly [O in BinaryOperator]: string } = {
  add: 'Add',
  sub: 'Sub',
  mul: 'Mul',
  div: 'Div',
  max: 'Max',
  min: 'Min',
}

export function binary({ operator }: OpOf<'binary'>, step: Step): void {
  step.result(binaryTypes[operator], [step.operand(0), step.operand(1)])
}

/** Without a training flag Dropout is the identity; it keeps its rate for those who read the file. */
export function dropout({ rate }: OpOf<'dropout'>, step: Step): void {
  step.result('Dropout', [step.operand(0), step.file.list([rate], [])])
}

/** Our last axis is axis 1 of an NCHW image. */
export function softmax(_op: OpOf<'softmax'>, step: Step): void {
  const axis = workingForm(step.node) === 'planar' ? 1 : step.node.shape.length - 1
  step.result('Softmax', [step.operand(0)], { axis })
}

/** Integers become reals first; then `x * scale[c] + offset[c]`, either half left out where it does nothing. */
export function affine({ scale, offset }: OpOf<'affine'>, step: Step): void {
  const isReal = step.first.dtype === 'float32'
  let value = isReal ? step.operand(0) : step.between('reals', 'Cast', [step.operand(0)], { to: dataTypes.FLOAT })
  if (scale.some(factor => factor !== 1)) {
    value = step.between('scaled', 'Mul', [value, byChannel(scale, step)])
  }
  if (offset.some(amount => amount !== 0)) step.result('Add', [value, byChannel(offset, step)])
  else step.result('Identity', [value])
}

/** BatchNormalization takes channels as axis 1; where ours stand elsewhere, it is written out. */
export function batchNorm(op: OpOf<'batchNorm'>, step: Step): void {
  const rank = step.node.shape.length
  if (rank === 2 || rank === 4) {
    const channels = step.node.shape.at(-1) as number
    const neutral = (value: number): string => step.file.list(new Array<number>(channels).fill(value))
    const scale = op.gamma === null ? neutral(1) : step.param(op.gamma)
    const shift = op.beta === null ? neutral(0) : step.param(op.beta)
    const inputs = [step.operand(0), scale, shift, step.param(op.mean), step.param(op.variance)]
    step.result('BatchNormalization', inputs, { epsilon: { real: op.epsilon } })
  } else {
    const { scale, offset } = folded(op, step)
    const scaled = step.between('scaled', 'Mul', [step.operand(0), byChannel(scale, step)])
    step.result('Add', [scaled, byChannel(offset, step)])
  }
}

function folded(op: OpOf<'batchNorm'>, step: Step): OpOf<'affine'> {
  const mean = step.data(op.mean)
  const gamma = op.gamma === null ? null : step.data(op.gamma)
  const beta = op.beta === null ? null : step.data(op.beta)
  const scale = Array.from(
    step.data(op.variance),
    (value, c) => (gamma ? gamma[c]! : 1) / Math.sqrt(value + op.epsilon),
  )
  const offset = scale.map((factor, c) => (beta ? beta[c]! : 0) - mean[c]! * factor)
  return { kind: 'affine', scale, offset }
}

/** A constant that broadcasts along the channels of the node's value. */
function byChannel(values: readonly number[], step: Step): string {
  return step.file.list(values, workingForm(step.node) === 'planar' ? [values.length, 1, 1] : [values.length])
}
