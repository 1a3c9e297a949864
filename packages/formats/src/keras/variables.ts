import type { Fields } from './fields.ts'

// The variables that layers have, in the order in which Keras creates and saves them.

export type VariableName =
  | 'kernel'
  | 'depthwise_kernel'
  | 'pointwise_kernel'
  | 'bias'
  | 'gamma'
  | 'beta'
  | 'moving_mean'
  | 'moving_variance'
  | 'mean'
  | 'variance'
  | 'alpha'

type Variables = (fields: Fields) => readonly VariableName[]

const biased =
  (...names: readonly VariableName[]): Variables =>
  fields =>
    fields.flag('use_bias', true) ? [...names, 'bias'] : names

const batchNorm: Variables = fields => [
  ...(fields.flag('scale', true) ? (['gamma'] as const) : []),
  ...(fields.flag('center', true) ? (['beta'] as const) : []),
  'moving_mean',
  'moving_variance',
]

const variables: Readonly<Record<string, Variables>> = {
  BatchNormalization: batchNorm,
  BatchNormalizationV1: batchNorm,
  Conv2D: biased('kernel'),
  Dense: biased('kernel'),
  DepthwiseConv2D: biased('depthwise_kernel'),
  // Given in the configuration, the statistics are no weights. `count`, which follows them, is left out everywhere.
  Normalization: fields => (fields.get('mean') === undefined ? ['mean', 'variance'] : []),
  PReLU: () => ['alpha'],
  SeparableConv2D: biased('depthwise_kernel', 'pointwise_kernel'),
}

/** The names of a layer's variables; none for classes that are not read. */
export function variablesOf(className: string, fields: Fields): readonly VariableName[] {
  return Object.hasOwn(variables, className) ? (variables[className] as Variables)(fields) : []
}

/** Statistics are not trainable, so they follow the trainable weights in a model's list of weights. */
export const isStatistic = (name: VariableName): boolean => /mean|variance/.test(name)

/** The names a variable can have in files: Keras 3 calls depthwise kernels just `kernel`. */
export function spellings(name: VariableName): readonly string[] {
  return name === 'depthwise_kernel' ? [name, 'kernel'] : [name]
}
