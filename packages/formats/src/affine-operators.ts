// The arithmetic operators of all formats, and the operators that do nothing at inference, by the names that each format has
// for them. The importers build their tables from these lists, and affine-operators.test.ts checks that none lacks a row.

/**
 * Who names the operators: `keras` the layers of Keras and the operations of Keras 3, `tensorflow` the Python functions that
 * models of Keras 2 hold as `TFOpLambda` layers, `tfjs` the ops of TensorFlow's graphs.
 */
export type OperatorFormat = 'keras' | 'tensorflow' | 'tfjs' | 'tflite' | 'onnx'

export type Arithmetic = 'add' | 'sub' | 'mul' | 'div'

export const arithmeticOperators = {
  keras: { Add: 'add', Subtract: 'sub', Multiply: 'mul', Divide: 'div', TrueDivide: 'div' },
  tensorflow: {
    add: 'add',
    bias_add: 'add',
    divide: 'div',
    mul: 'mul',
    multiply: 'mul',
    realdiv: 'div',
    scalar_mul: 'mul',
    sub: 'sub',
    subtract: 'sub',
    truediv: 'div',
  },
  tfjs: { Add: 'add', AddV2: 'add', BiasAdd: 'add', Sub: 'sub', Mul: 'mul', Div: 'div', RealDiv: 'div' },
  tflite: { ADD: 'add', SUB: 'sub', MUL: 'mul', DIV: 'div' },
  onnx: { Add: 'add', Sub: 'sub', Mul: 'mul', Div: 'div' },
} as const satisfies { readonly [F in OperatorFormat]: Readonly<Record<string, Arithmetic>> }

/** Names of the operators that multiply by -1. */
export const negationOperators = {
  keras: ['Negative'],
  tensorflow: ['neg', 'negative'],
  tfjs: ['Neg'],
  tflite: ['NEG'],
  onnx: ['Neg'],
} as const satisfies { readonly [F in OperatorFormat]: readonly string[] }

/** What the operators compute of two numbers. */
export const arithmeticFunctions: { readonly [A in Arithmetic]: (a: number, b: number) => number } = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
}

/** Names of the operators whose result at inference is their operand. */
export const identityOperators = {
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
    'StopGradient',
  ],
  tensorflow: ['identity', 'stop_gradient'],
  tfjs: ['Identity', 'StopGradient', 'PreventGradient', 'CheckNumerics', 'Snapshot'],
  tflite: [],
  onnx: ['Identity'],
} as const satisfies { readonly [F in OperatorFormat]: readonly string[] }
