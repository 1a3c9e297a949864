import { formatShape, type Shape, sameShape } from '../tensor.ts'
import { type Activation, activationField, activationWords } from './activation.ts'
import { type Bounds, misfit, type ParamName } from './definition.ts'
import * as field from './field.ts'

/**
 * What the passes may fuse into the store of a product: `activation(product + bias + residual)`.
 * `residual` says that the node has one input more, of the output's shape, added before the activation.
 */
export interface Epilogue {
  readonly weights: ParamName
  readonly bias: ParamName | null
  readonly activation: Activation | null
  readonly residual: boolean
}

export const epilogueFields = {
  weights: field.param,
  bias: field.optionalParam,
  activation: activationField,
  residual: field.flag,
} as const

/** How many operands a product has. */
export const operandsOf = (op: Epilogue): number => (op.residual ? 2 : 1)

/** Checks the extra operand of a fused residual, which has the shape of the result. */
export function withResidual(op: Epilogue, operands: readonly Shape[], result: Shape, where: string): Shape {
  const residual = operands[1]
  if (op.residual && !(residual && sameShape(residual, result))) {
    misfit(where, `a residual of ${formatShape(result)}`, residual ? formatShape(residual) : 'none')
  }
  return result
}

export function epilogueWords({ bias, residual, activation }: Epilogue): readonly string[] {
  return [
    ...(bias === null ? [] : ['bias']),
    ...(residual ? ['residual'] : []),
    ...(activation ? [activationWords(activation)] : []),
  ]
}

/** A sum of products may be anything; what a clamp makes of it lies within its bounds. */
export function epilogueRange({ activation }: Epilogue): Bounds {
  return activation?.kind === 'clamp' ? activation : { min: -Infinity, max: Infinity }
}
