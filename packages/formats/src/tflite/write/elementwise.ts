import { type BinaryOperator, isPerTensor, type OpOf, type UnaryOperator } from '@depthwise/core/backend'
import type { SupportedOperator } from '../operators/table.ts'
import { addOptions, divOptions, mulOptions, type OptionsSchema, softmaxOptions, subOptions } from '../schema.ts'
import type { OptionsSpec } from './file.ts'
import { float32, int8 } from './flatbuffer.ts'
import { optionsOf, type Step, type Written } from './step.ts'

const withoutActivation = (schema: OptionsSchema<'fused_activation_function'>): OptionsSpec =>
  optionsOf(schema, { fused_activation_function: int8(0) })

const arithmetic: { readonly [O in BinaryOperator]: readonly [SupportedOperator, OptionsSpec | null] } = {
  add: ['ADD', withoutActivation(addOptions)],
  sub: ['SUB', withoutActivation(subOptions)],
  mul: ['MUL', withoutActivation(mulOptions)],
  div: ['DIV', withoutActivation(divOptions)],
  max: ['MAXIMUM', null],
  min: ['MINIMUM', null],
}

export function binary({ operator }: OpOf<'binary'>, step: Step): Written {
  const [name, options] = arithmetic[operator]
  const [first, second] = step.operands as readonly [Written, Written]
  return step.result(name, first, {
    others: [second.index],
    growsScale: scaleOf(first) * scaleOf(second) >= scaleOf(step.node),
    ...(options && { options }),
  })
}

function scaleOf({ quantization }: Pick<Written, 'quantization'>): number {
  return quantization && isPerTensor(quantization) ? quantization.scale : Number.NaN
}

/** `x * scale + offset` by channel, of the numbers that bytes without a scale are. */
export function affine({ scale, offset }: OpOf<'affine'>, step: Step): Written {
  const { shape } = step.node
  const real = { dtype: 'float32' } as const
  const from = step.first.dtype === 'float32' ? step.first : step.between('cast', 'CAST', step.first, shape, {}, real)
  const product = step.between('scaled', 'MUL', from, shape, {
    others: [step.reals('scale', [scale.length], scale, real)],
    options: arithmetic.mul[1] as OptionsSpec,
  })
  return step.result('ADD', product, {
    others: [step.reals('offset', [offset.length], offset, real)],
    options: arithmetic.add[1] as OptionsSpec,
  })
}

/** With its statistics folded to a scale and an offset. */
export function batchNorm({ gamma, beta, mean, variance, epsilon }: OpOf<'batchNorm'>, step: Step): Written {
  const numbers = (name: string): ArrayLike<number> => step.param(name).data
  const means = numbers(mean)
  const scale = Array.from(numbers(variance), (value, c) => {
    return (gamma === null ? 1 : numbers(gamma)[c]!) / Math.sqrt(value + epsilon)
  })
  const offset = scale.map((factor, c) => (beta === null ? 0 : numbers(beta)[c]!) - means[c]! * factor)
  return affine({ kind: 'affine', scale, offset }, step)
}

export function softmax(_: OpOf<'softmax'>, step: Step): Written {
  return step.result('SOFTMAX', step.first, { options: optionsOf(softmaxOptions, { beta: float32(1) }) })
}

export const sigmoid = (_: OpOf<'sigmoid'>, step: Step): Written => step.result('LOGISTIC')
export const hardSwish = (_: OpOf<'hardSwish'>, step: Step): Written => step.result('HARD_SWISH')
export const quantize = (_: OpOf<'quantize'>, step: Step): Written => step.result('QUANTIZE')
export const dequantize = (_: OpOf<'dequantize'>, step: Step): Written => step.result('DEQUANTIZE')

const functions: { readonly [O in UnaryOperator]: SupportedOperator } = { exp: 'EXP', sqrt: 'SQRT' }

export const unary = ({ operator }: OpOf<'unary'>, step: Step): Written => step.result(functions[operator])
