import type { ElementClass, Work } from './work.ts'

/** What one multiply-accumulate of a convolution, one of a dense layer, and one element of each class are worth. */
export interface OperationWeights extends Readonly<Partial<Record<ElementClass, number>>> {
  readonly convolution: number
  readonly dense: number
}

/**
 * How well-known tools count the operations of a network: the reason why one MobileNet has five costs. Each reproduces the
 * figure its source printed for V2 1.4 at 224, in brackets.
 *
 * - `paper`: MACs of convolutions and dense layers; batch norm, activations, adds, pools and biases are free. Both papers and
 *   the READMEs of TensorFlow slim [582 M].
 * - `torch`: the same; torchvision's `_ops`, there in billions and called GFLOPS [V2 1.0: 0.301].
 * - `keras`: the same; the multiply-adds in the docstrings of keras-applications. Keras itself counts no operations.
 * - `fvcore`: and 2 for each element of a batch norm. fvcore, and timm's `infer_gmacs` [0.60 G].
 * - `thop`: as fvcore, and a dense layer's multiplications and additions count apart. pytorch-OpCounter of 2020 [603,134,720,
 *   a sum in float32; exact 603,134,672].
 * - `ptflops`: as fvcore, and 1 for each element of an activation. ptflops of 2020 [610.1 M].
 */
export const operationConventions = {
  paper: { convolution: 1, dense: 1 },
  keras: { convolution: 1, dense: 1 },
  torch: { convolution: 1, dense: 1 },
  fvcore: { convolution: 1, dense: 1, batchNorm: 2 },
  thop: { convolution: 1, dense: 2, batchNorm: 2 },
  ptflops: { convolution: 1, dense: 1, batchNorm: 2, activation: 1 },
} as const satisfies Readonly<Record<string, OperationWeights>>

/** Name of a way to count operations; see `operationConventions`. */
export type OperationConvention = keyof typeof operationConventions

/**
 * Floating-point operations a processor does: 2 for a multiply-accumulate (the accumulator starts from the bias, so that is
 * free), 2 for batch norm (its statistics make one scale and one offset), 1 for a comparison or sum, 4 for a sigmoid and 5
 * for each element of a softmax, an exponential counted as one, 7 for the sum of four weighted pixels.
 */
export const flopWeights: OperationWeights = {
  convolution: 2,
  dense: 2,
  affine: 2,
  batchNorm: 2,
  activation: 1,
  add: 1,
  multiply: 1,
  pool: 1,
  sigmoid: 4,
  softmax: 5,
  function: 1,
  resize: 7,
}

/** What some work is worth under a convention. */
export function countOperations(work: Work, weights: OperationWeights): number {
  let count = work.macs * (work.category === 'dense' ? weights.dense : weights.convolution)
  for (const [name, elements] of Object.entries(work.elements)) count += elements * (weights[name as ElementClass] ?? 0)
  return count
}
