import type { OpOf, Padding, Size2 } from '@depthwise/core/backend'
import type { Attributes } from './attributes.ts'
import type { Step } from './step.ts'

interface Window {
  readonly kernel: Size2
  readonly strides: Size2
  readonly padding: Padding
}

/** ONNX lists padding as all that comes before, then all that comes after. */
export function windowAttributes({ kernel, strides, padding }: Window): Attributes {
  const { top, bottom, left, right } = padding
  return { kernel_shape: kernel, strides, pads: [top, left, bottom, right] }
}

export function averagePool(op: OpOf<'averagePool'>, step: Step): void {
  const attributes = { ...windowAttributes(op), count_include_pad: op.countPadding ? 1 : 0 }
  step.result('AveragePool', [step.operand(0)], attributes)
}

export function maxPool(op: OpOf<'maxPool'>, step: Step): void {
  step.result('MaxPool', [step.operand(0)], windowAttributes(op))
}

export function globalAveragePool(op: OpOf<'globalAveragePool'>, step: Step): void {
  // Nothing may stand between a quantized operator and what quantizes its result.
  if (!op.keepDims && step.node.quantization)
    step.result('ReduceMean', [step.operand(0)], { axes: [2, 3], keepdims: 0 })
  else if (op.keepDims) step.result('GlobalAveragePool', [step.operand(0)])
  else step.result('Flatten', [step.between('pooled', 'GlobalAveragePool', [step.operand(0)])], { axis: 1 })
}
