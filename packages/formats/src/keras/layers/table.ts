import * as activations from './activations.ts'
import * as arithmetic from './arithmetic.ts'
import { identityImporters, type LayerImporter, only } from './call.ts'
import * as crop from './crop.ts'
import { castOperation, tfFunction, tfOp } from './functions.ts'
import * as layout from './layout.ts'
import { normalization } from './normalization.ts'
import * as products from './products.ts'
import * as rectifiers from './rectifiers.ts'
import { resizing, upsampling2d } from './resize.ts'

/** The layers that are imported, by the names of their classes. Models within models are not among them. */
export const layerImporters: Readonly<Record<string, LayerImporter>> = {
  ...identityImporters('keras'),
  ...arithmetic.arithmeticImporters('keras'),
  Activation: activations.activation,
  Average: arithmetic.average,
  AveragePooling2D: layout.averagePooling2d,
  BatchNormalization: products.batchNormalization,
  BatchNormalizationV1: products.batchNormalization,
  Cast: castOperation,
  CenterCrop: crop.centerCrop,
  Clip: activations.clip,
  Concatenate: layout.concatenate,
  Conv2D: products.conv2d,
  Cropping2D: crop.cropping2d,
  'Custom>FixedDropout': layout.dropout,
  Dense: products.dense,
  DepthwiseConv2D: products.depthwiseConv2d,
  Dropout: layout.dropout,
  Flatten: layout.flatten,
  GlobalAveragePooling2D: layout.globalAveragePooling2d,
  GlobalMaxPooling2D: layout.globalMaxPooling2d,
  HardSigmoid: activations.named('hard_sigmoid'),
  HardSilu: activations.named('hard_silu'),
  InputLayer: only,
  LeakyReLU: rectifiers.leakyReluLayer,
  LeakyRelu: rectifiers.leakyReluOperation,
  MaxPooling2D: layout.maxPooling2d,
  Mean: layout.mean,
  Normalization: normalization,
  PReLU: rectifiers.prelu,
  RandomCrop: crop.sameSize,
  ReLU: rectifiers.relu,
  Relu: activations.named('relu'),
  Relu6: activations.named('relu6'),
  Rescaling: arithmetic.rescaling,
  Reshape: layout.reshape,
  Resizing: resizing,
  SeparableConv2D: products.separableConv2d,
  Sigmoid: activations.named('sigmoid'),
  Silu: activations.named('silu'),
  Softmax: activations.softmax,
  SpatialDropout2D: layout.dropout,
  Tanh: activations.named('tanh'),
  TensorFlowOpLayer: tfOp,
  TFOpLambda: tfFunction,
  UpSampling2D: upsampling2d,
  ZeroPadding2D: layout.zeroPadding2d,
}

/** How an error names a class that is not imported. */
export function describe(className: string): string {
  const name = className.slice(0, 80)
  if (className === 'Lambda') return 'Lambda, whose Python code is not read (Rescaling can stand for arithmetic)'
  return className.startsWith('Custom>') ? `${name}, a custom class, whose code is not in the file` : name
}
