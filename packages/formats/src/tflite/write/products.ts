import { type Tensor, tensor, zeros } from '@depthwise/core'
import { elementCount, type OpOf, type Product, perIndex } from '@depthwise/core/backend'
import { conv2dOptions, depthwiseConv2dOptions, fullyConnectedOptions } from '../schema.ts'
import { clamped, fusedActivation } from './clamps.ts'
import type { OptionsSpec, TensorIndex } from './file.ts'
import { int8, int32 } from './flatbuffer.ts'
import { lastAxisFirst, type OperatorParts, optionsOf, type Step, type Written } from './step.ts'
import { windowed } from './windows.ts'

type ProductOperator = 'CONV_2D' | 'DEPTHWISE_CONV_2D' | 'FULLY_CONNECTED'

/** HWIO to OHWI, whose scales run along the first axis. */
export function conv2d(op: OpOf<'conv2d'>, step: Step): Written {
  const { kernel, dilations, groups, filters } = op
  const { image, options } = windowed(step, op, 0)
  const depth = (step.first.shape[3] as number) / groups
  const activation = activationOf(op)
  const weights = moved(step.param(op.weights), [filters, ...kernel, depth], filters)
  return product('CONV_2D', op, step, image, step.constant('weights', weights, 0), {
    isGrouped: groups > 1,
    options: optionsOf(conv2dOptions, {
      ...options,
      fused_activation_function: int8(activation),
      dilation_w_factor: int32(dilations[1]),
      dilation_h_factor: int32(dilations[0]),
    }),
  })
}

/** `[kh, kw, channels, multiplier]` to `[1, kh, kw, channels * multiplier]`: the same elements in the same order. */
export function depthwiseConv2d(op: OpOf<'depthwiseConv2d'>, step: Step): Written {
  const { kernel, dilations, multiplier } = op
  const { image, options } = windowed(step, op, 0)
  const outputs = (step.first.shape[3] as number) * multiplier
  const weights = { ...step.param(op.weights), shape: [1, ...kernel, outputs] }
  return product('DEPTHWISE_CONV_2D', op, step, image, step.constant('weights', plain(weights), 3), {
    isDilated: dilations.some(dilation => dilation !== 1),
    options: optionsOf(depthwiseConv2dOptions, {
      ...options,
      depth_multiplier: int32(multiplier),
      fused_activation_function: int8(activationOf(op)),
      dilation_w_factor: int32(dilations[1]),
      dilation_h_factor: int32(dilations[0]),
    }),
  })
}

/** `[in, units]` to `[units, in]`. */
export function dense(op: OpOf<'dense'>, step: Step): Written {
  const { units } = op
  const weights = moved(step.param(op.weights), [units, step.first.shape[1] as number], units)
  return product('FULLY_CONNECTED', op, step, step.first, step.constant('weights', weights, 0), {
    options: optionsOf(fullyConnectedOptions, { fused_activation_function: int8(activationOf(op)) }),
  })
}

/** A product, and the clamp behind it where the file has no activation for that. */
function product(
  name: ProductOperator,
  op: Product,
  step: Step,
  from: Written,
  weights: TensorIndex,
  parts: OperatorParts & { readonly options: OptionsSpec },
): Written {
  const all = { ...parts, others: [weights, bias(op, step)] }
  const { activation } = op
  if (activation?.kind !== 'clamp' || fusedActivation(activation) !== null) return step.result(name, from, all)
  const { dtype, quantization, shape } = step.node
  const inner = step.between('product', name, from, shape, all, { dtype, ...(quantization && { quantization }) })
  return clamped(step, activation, inner)
}

/** The activation that the operator itself has; none where a clamp follows it. */
function activationOf({ activation }: Product): number {
  return activation?.kind === 'clamp' ? (fusedActivation(activation) ?? 0) : 0
}

/** Always there: some runtimes leave sums without a bias unset. That of a quantized product counts in steps of both scales. */
function bias(op: Product, step: Step): TensorIndex {
  const weights = step.param(op.weights)
  const outputs = elementCount(op.kind === 'depthwiseConv2d' ? weights.shape.slice(-2) : weights.shape.slice(-1))
  const { quantization } = step.first
  if (!weights.quantization || !quantization) {
    const values = op.bias === null ? zeros([outputs]) : step.param(op.bias)
    return step.constant('bias', tensor([outputs], values.data))
  }
  const [scale] = perIndex(quantization).scales as readonly [number]
  const { scales } = perIndex(weights.quantization)
  const steps = scales.map(each => Math.fround(scale * each))
  const data = op.bias === null ? new Int32Array(outputs) : (step.param(op.bias).data as Int32Array)
  const zeroPoint = steps.map(() => 0)
  return step.constant('bias', { ...tensor([outputs], data), quantization: { scale: steps, zeroPoint, axis: 0 } })
}

function moved(weights: Tensor, shape: readonly number[], outputs: number): Tensor {
  return plain({ ...weights, data: lastAxisFirst(weights.data, outputs), shape })
}

/** Without what a tensor of another class has besides. */
function plain({ dtype, data, shape, quantization }: Tensor): Tensor {
  return { dtype, data, shape, ...(quantization && { quantization }) } as Tensor
}
