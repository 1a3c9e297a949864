import { activation, relu, softmax } from './activations.ts'
import { type LayerImporter, only } from './call.ts'
import * as layout from './layout.ts'
import * as products from './products.ts'

/** The layers that are imported, by the names of their classes. Models within models are not among them. */
export const layerImporters: Readonly<Record<string, LayerImporter>> = {
  Activation: activation,
  Add: layout.add,
  AveragePooling2D: layout.averagePooling2d,
  BatchNormalization: products.batchNormalization,
  BatchNormalizationV1: products.batchNormalization,
  Concatenate: layout.concatenate,
  Conv2D: products.conv2d,
  Dense: products.dense,
  DepthwiseConv2D: products.depthwiseConv2d,
  Dropout: layout.dropout,
  Flatten: layout.flatten,
  GlobalAveragePooling2D: layout.globalAveragePooling2d,
  GlobalMaxPooling2D: layout.globalMaxPooling2d,
  InputLayer: only,
  MaxPooling2D: layout.maxPooling2d,
  Multiply: layout.multiply,
  ReLU: relu,
  Rescaling: layout.rescaling,
  Reshape: layout.reshape,
  Softmax: softmax,
  SpatialDropout2D: layout.dropout,
  ZeroPadding2D: layout.zeroPadding2d,
}
