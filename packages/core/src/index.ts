export * from './analysis/convolution-kinds.ts'
export * from './analysis/exclusive-values.ts'
export * from './analysis/separable.ts'
export * from './bytes.ts'
export * from './errors.ts'
export * from './graph/builder.ts'
export * from './graph/chain.ts'
export * from './graph/graph.ts'
export * from './graph/json.ts'
export * from './graph/params.ts'
export * from './graph/require-reals.ts'
export * from './graph/rewrite.ts'
export * from './graph/text.ts'
export * from './graph/verify.ts'
export * from './half.ts'
export type * from './model.ts'
export * from './observe/debug.ts'
export { clockStep, now } from './observe/environment.ts'
export * from './observe/trace.ts'
export { type Activation, activationKinds, eachActivation, isActivation } from './ops/activation.ts'
export type { AffineOp } from './ops/affine.ts'
export type { AveragePoolOp } from './ops/average-pool.ts'
export type { BatchNormOp } from './ops/batch-norm.ts'
export { type BinaryOp, type BinaryOperator, binaryOperators } from './ops/binary.ts'
export { type ClampName, type ClampOp, clampTo, relu, relu6 } from './ops/clamp.ts'
export type { ConcatOp } from './ops/concat.ts'
export type { Conv2dOp } from './ops/conv2d.ts'
export type { Bounds, ParamName, ParamRole, Traits } from './ops/definition.ts'
export type { DenseOp } from './ops/dense.ts'
export type { DepthwiseConv2dOp } from './ops/depthwise-conv2d.ts'
export type { DequantizeOp } from './ops/dequantize.ts'
export type { DropoutOp } from './ops/dropout.ts'
export type { GlobalAveragePoolOp } from './ops/global-average-pool.ts'
export type { InputOp } from './ops/input.ts'
export type { MaxPoolOp } from './ops/max-pool.ts'
export type { PadOp } from './ops/pad.ts'
export type { QuantizeOp } from './ops/quantize.ts'
export type { ReshapeOp } from './ops/reshape.ts'
export type { SigmoidOp } from './ops/sigmoid.ts'
export type { SoftmaxOp } from './ops/softmax.ts'
export {
  attributeNames,
  checkAttributes,
  describeOp,
  elementRuleOf,
  inferShape,
  isOpKind,
  type Op,
  type OpKind,
  type OpOf,
  opKinds,
  opTitle,
  rangeOfOp,
  traitsOf,
} from './ops/table.ts'
export * from './ops/window.ts'
export * from './passes/drop-identities.ts'
export * from './passes/fold-batch-norm.ts'
export * from './passes/fold-padding.ts'
export { isProduct, type Product } from './passes/fuse.ts'
export * from './passes/fuse-activation.ts'
export * from './passes/fuse-residual.ts'
export * from './passes/optimize.ts'
export * from './passes/scaled-tensor.ts'
export * from './quantization.ts'
export * from './runtime/backend.ts'
export * from './runtime/prepare.ts'
export * from './runtime/registry.ts'
export { type Selection, type Skip, selectBackend } from './runtime/select.ts'
export { checkBackend, type SelfCheck, type SelfCheckOptions } from './runtime/self-check.ts'
export * from './runtime/session.ts'
export * from './show.ts'
export * from './tensor.ts'
