import type { Bounds } from '@depthwise/core'
import type { ClampOp } from '@depthwise/core/backend'
import { activationBounds } from '../activation-bounds.ts'
import type { SupportedOperator } from '../operators/table.ts'
import { type Activation, activations } from '../schema.ts'
import type { Step, Written } from './step.ts'

/** The operators that are clamps, by the activation that does the same. */
const clampOperators: Readonly<Partial<Record<Activation, SupportedOperator>>> = {
  RELU: 'RELU',
  RELU6: 'RELU6',
  RELU_N1_TO_1: 'RELU_N1_TO_1',
}

function activationLike({ min, max }: Bounds): Activation | undefined {
  return activations.find(name => activationBounds[name]?.min === min && activationBounds[name]?.max === max)
}

/** The number of the fused activation that clamps to these bounds; null where there is none. */
export function fusedActivation(bounds: Bounds): number | null {
  const name = activationLike(bounds)
  return name === undefined ? null : activations.indexOf(name)
}

export function clamp(op: ClampOp, step: Step): Written {
  return clamped(step, op, step.first)
}

/** A clamp of its own, to the value of the node: by the operator for these bounds, else by the larger and the smaller of two. */
export function clamped(step: Step, { min, max }: Bounds, from: Written): Written {
  const name = clampOperators[activationLike({ min, max }) ?? 'NONE']
  if (name) return step.result(name, from)
  // Both operands of MINIMUM and MAXIMUM, and their result, are stored in one way.
  const { dtype, quantization, shape } = step.node
  const elements = { dtype, ...(quantization && { quantization }) }
  const isSame = JSON.stringify(quantization) === JSON.stringify(from.quantization)
  const start = isSame ? from : step.between('quantize', 'QUANTIZE', from, shape, {}, elements)
  const limit = (role: string, value: number) => ({ others: [step.reals(role, [], [value], elements)] })
  if (max === Infinity) return step.result('MAXIMUM', start, limit('min', min))
  if (min === -Infinity) return step.result('MINIMUM', start, limit('max', max))
  return step.result('MAXIMUM', step.between('below', 'MINIMUM', start, shape, limit('max', max)), limit('min', min))
}
