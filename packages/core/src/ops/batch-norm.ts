import { type OpDefinition, type ParamName, sameAsOperand } from './definition.ts'
import { reals } from './elements.ts'
import * as field from './field.ts'

/** Inference form: `gamma * (x - mean) / sqrt(variance + epsilon) + beta`, over the last axis. */
export interface BatchNormOp {
  readonly kind: 'batchNorm'
  readonly epsilon: number
  readonly gamma: ParamName | null
  readonly beta: ParamName | null
  readonly mean: ParamName
  readonly variance: ParamName
}

export const batchNorm: OpDefinition<BatchNormOp> = {
  attributes: {
    epsilon: field.epsilon,
    gamma: field.optionalParam,
    beta: field.optionalParam,
    mean: field.param,
    variance: field.param,
  },
  shape: sameAsOperand,
  elements: reals,
  params: (op, input) =>
    (['gamma', 'beta', 'mean', 'variance'] as const).map(role => [role, op[role], [input.at(-1) as number]]),
  words: op => [`epsilon ${op.epsilon}`],
  traits: { elementwise: true, inPlace: true, keepsOrder: true },
}
