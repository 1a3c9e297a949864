import { elementCount, type Op, type Shape, type Value } from '@depthwise/core'

// What the four importers share: arithmetic with a constant, which is scale and offset per channel in any format, and the
// operators that do nothing at inference. Formats differ in the names, which stand in the tables below, and in nothing else.

/** Formats whose networks are read operator by operator. `tfjs` is TensorFlow's own graph; layers-models are `keras`. */
export type OperatorFormat = 'keras' | 'tfjs' | 'tflite' | 'onnx'

export type Arithmetic = 'add' | 'sub' | 'mul' | 'div'

/** Names of the arithmetic operators. Keras has them as layers, as operations of Keras 3 and as `TFOpLambda` functions. */
export const arithmeticOperators: { readonly [F in OperatorFormat]: Readonly<Record<string, Arithmetic>> } = {
  keras: { Add: 'add', Subtract: 'sub', Multiply: 'mul', Divide: 'div', TrueDivide: 'div' },
  tfjs: { Add: 'add', AddV2: 'add', BiasAdd: 'add', Sub: 'sub', Mul: 'mul', Div: 'div', RealDiv: 'div' },
  tflite: { ADD: 'add', SUB: 'sub', MUL: 'mul', DIV: 'div' },
  onnx: { Add: 'add', Sub: 'sub', Mul: 'mul', Div: 'div' },
}

/** Names of the operators whose result at inference is their operand. */
export const identityOperators: { readonly [F in OperatorFormat]: readonly string[] } = {
  keras: [
    'ActivityRegularization',
    'AlphaDropout',
    'AugMix',
    'CutMix',
    'GaussianDropout',
    'GaussianNoise',
    'Identity',
    'MixUp',
    'RandAugment',
    'RandomBrightness',
    'RandomColorDegeneration',
    'RandomColorJitter',
    'RandomContrast',
    'RandomElasticTransform',
    'RandomErasing',
    'RandomFlip',
    'RandomGaussianBlur',
    'RandomGrayscale',
    'RandomHeight',
    'RandomHue',
    'RandomInvert',
    'RandomPerspective',
    'RandomPosterization',
    'RandomRotation',
    'RandomSaturation',
    'RandomSharpness',
    'RandomShear',
    'RandomTranslation',
    'RandomWidth',
    'RandomZoom',
  ],
  tfjs: ['Identity', 'StopGradient', 'PreventGradient', 'CheckNumerics', 'Snapshot'],
  tflite: [],
  onnx: ['Identity'],
}

/** `x * scale + offset`. */
export interface Affine {
  readonly scale: number
  readonly offset: number
}

/**
 * What an operator with a constant does to its other operand.
 * @param isLeft whether the constant is the left operand: `constant - x`
 * @returns null for `constant / x`, which is not affine
 */
export function affineOf(operator: Arithmetic, constant: number, isLeft: boolean): Affine | null {
  switch (operator) {
    case 'add':
      return { scale: 1, offset: constant }
    case 'sub':
      return isLeft ? { scale: -1, offset: constant } : { scale: 1, offset: -constant }
    case 'mul':
      return { scale: constant, offset: 0 }
    case 'div':
      return isLeft ? null : { scale: 1 / constant, offset: 0 }
  }
}

/** The attributes of `normalize` for one constant per channel; null where `affineOf` is. */
export function affineChannels(
  operator: Arithmetic,
  constants: readonly number[],
  isLeft: boolean,
): { readonly scale: readonly number[]; readonly offset: readonly number[] } | null {
  const rows = constants.map(constant => affineOf(operator, constant, isLeft))
  if (rows.some(row => row === null)) return null
  const affine = rows as readonly Affine[]
  return { scale: affine.map(row => row.scale), offset: affine.map(row => row.offset) }
}

/**
 * A constant operand as one number for each channel of a value of shape `to`, channels last: a single number stands for all, and
 * broadcasting may add axes of extent 1 in front.
 * @returns null where it runs along another axis, or several
 */
export function channelConstants(shape: Shape, values: ArrayLike<number>, to: Shape): readonly number[] | null {
  const channels = to.at(-1) ?? 1
  const isSingle = elementCount(shape) === 1
  const fits = isSingle || (shape.at(-1) === channels && elementCount(shape) === channels)
  if (!fits || shape.length > to.length) return null
  return Array.from({ length: channels }, (_, channel) => values[isSingle ? 0 : channel] as number)
}

/**
 * `max(x, 0) + slope * min(x, 0)` out of the ops core has: LeakyReLU with one slope, PReLU with one per channel. One of the
 * two terms is 0, so that nothing cancels out, whatever the slope.
 * @param slopes one per channel
 * @param emit adds a node; `role` names a step, null the result
 */
export function leakyRelu(
  x: Value,
  slopes: readonly number[],
  emit: (op: Op, operands: readonly Value[], role: string | null) => Value,
): Value {
  const positive = emit({ kind: 'relu' }, [x], 'positive')
  const negative = emit({ kind: 'clamp', min: -Infinity, max: 0 }, [x], 'negative')
  const leak = emit({ kind: 'normalize', scale: slopes, offset: slopes.map(() => 0) }, [negative], 'leak')
  return emit({ kind: 'add' }, [positive, leak], null)
}
