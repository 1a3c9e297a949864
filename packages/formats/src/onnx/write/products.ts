import type { Shape } from '@depthwise/core'
import type { Activation, OpOf } from '@depthwise/core/backend'
import type { Attributes } from './attributes.ts'
import { writtenActivation } from './elementwise.ts'
import type { Step } from './step.ts'
import { windowAttributes } from './windows.ts'

/** HWIO to OIHW, the O and I of ONNX' Conv being ours: I counts the channels of one group. */
export function conv2d(op: OpOf<'conv2d'>, step: Step): void {
  const channels = step.first.shape[3] as number
  const [height, width] = op.kernel
  const shape = [height, width, channels / op.groups, op.filters]
  const to = [op.filters, channels / op.groups, height, width]
  convolution(op, step, { shape, order: [3, 2, 0, 1], to }, op.groups)
}

/** A convolution of as many groups as channels; its filters count channel by channel, as ours do. */
export function depthwiseConv2d(op: OpOf<'depthwiseConv2d'>, step: Step): void {
  const channels = step.first.shape[3] as number
  const [height, width] = op.kernel
  const shape = [height, width, channels, op.multiplier]
  const to = [channels * op.multiplier, 1, height, width]
  convolution(op, step, { shape, order: [2, 3, 0, 1], to }, channels)
}

/** Weights `[in, units]` are what Gemm takes untransposed. */
export function dense(op: OpOf<'dense'>, step: Step): void {
  const inputs = [
    step.operand(0),
    step.param(op.weights),
    ...(op.bias === null ? [] : [step.bias(op.bias, op.weights)]),
  ]
  withEpilogue(op, step, 'Gemm', inputs, {})
}

function convolution(
  op: OpOf<'conv2d' | 'depthwiseConv2d'>,
  step: Step,
  weights: { readonly shape: Shape; readonly order: readonly number[]; readonly to: Shape },
  group: number,
): void {
  const bias = op.bias === null ? [] : [step.bias(op.bias, op.weights)]
  const inputs = [step.operand(0), step.param(op.weights, weights), ...bias]
  withEpilogue(op, step, 'Conv', inputs, { ...windowAttributes(op), dilations: op.dilations, group })
}

/** `activation(product + residual)`, each on its own node: runtimes fuse them again. The last one bears the node's name. */
function withEpilogue(
  { residual, activation }: { readonly residual: boolean; readonly activation: Activation | null },
  step: Step,
  opType: string,
  inputs: readonly string[],
  attributes: Attributes,
): void {
  const chain = [{ opType, inputs, attributes }]
  if (residual) chain.push({ opType: 'Add', inputs: [step.operand(1)], attributes: {} })
  const last = activation && writtenActivation(activation, step.file)
  if (last) chain.push({ opType: last.opType, inputs: last.operands, attributes: {} })
  let value: readonly string[] = []
  chain.forEach((link, index) => {
    const operands = [...value, ...link.inputs]
    if (index === chain.length - 1) step.result(link.opType, operands, link.attributes)
    else value = [step.between(index === 0 ? 'product' : 'sum', link.opType, operands, link.attributes)]
  })
}
