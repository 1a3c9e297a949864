// What authors of backends, passes and importers need beyond `./index.ts`: the ops and what is known of them, rewriting and
// checking of graphs, analyses, the rules of backends, tensors and their elements.

export { type ArenaPlan, type ArenaRequest, lowestGap, planArena, type Region } from './analysis/arena.ts'
export {
  countsAsDepthwise,
  type DepthwiseOp,
  isDepthwise,
  isOneByOne,
  isPointwise,
  type PointwiseOp,
} from './analysis/convolution-kinds.ts'
export { type ExclusiveNodes, exclusiveNodes, exclusiveValues } from './analysis/exclusive-values.ts'
export { hasHeadOps } from './analysis/head-ops.ts'
export { type LiveRange, liveRanges, type ScheduledStep } from './analysis/live-ranges.ts'
export { isInnerDepthwise, nodeIf, type Separable, separableAt } from './analysis/separable.ts'
export { toBytes } from './bytes.ts'
export type { ErrorDetails } from './errors.ts'
export type { Named, ProductOptions, WindowOptions } from './graph/builder.ts'
export { consumers, nodeIndex, nodeLabel, originsOf } from './graph/graph.ts'
export { checkParams, type ParamSpec, paramSpecs, paramsOfNode } from './graph/params.ts'
export { type PlainKind, type RealKind, requireReals } from './graph/require-reals.ts'
export { freshId, freshName, rebatch, truncate, withOutputs, withoutDeadNodes } from './graph/rewrite.ts'
export { verify } from './graph/verify.ts'
export { fromHalf, toHalf } from './half.ts'
export type { CropName, NormalizationName } from './model.ts'
export { type DebugLevel, debug, debugLevel } from './observe/debug.ts'
export { clockStep, now } from './observe/environment.ts'
export { traced } from './observe/trace.ts'
export { type Activation, activationKinds, eachActivation, isActivation } from './ops/activation.ts'
export type { AffineOp } from './ops/affine.ts'
export type { AveragePoolOp } from './ops/average-pool.ts'
export type { BatchNormOp } from './ops/batch-norm.ts'
export { type BinaryOp, type BinaryOperator, binaryOperators } from './ops/binary.ts'
export { type ClampName, type ClampOp, clampedBounds, clampTo, relu, relu6 } from './ops/clamp.ts'
export type { ConcatOp } from './ops/concat.ts'
export type { ConstantOp } from './ops/constant.ts'
export type { Conv2dOp } from './ops/conv2d.ts'
export type { ParamName, ParamRole, Traits } from './ops/definition.ts'
export type { DenseOp } from './ops/dense.ts'
export type { DepthToSpaceOp } from './ops/depth-to-space.ts'
export type { DepthwiseConv2dOp } from './ops/depthwise-conv2d.ts'
export type { DequantizeOp } from './ops/dequantize.ts'
export type { DropoutOp } from './ops/dropout.ts'
export { elementsOf } from './ops/elements.ts'
export type { GlobalAveragePoolOp } from './ops/global-average-pool.ts'
export type { HardSwishOp } from './ops/hard-swish.ts'
export type { InputOp } from './ops/input.ts'
export type { MaxPoolOp } from './ops/max-pool.ts'
export type { PadOp } from './ops/pad.ts'
export type { QuantizeOp } from './ops/quantize.ts'
export type { ReshapeOp } from './ops/reshape.ts'
export {
  type ResizeCoordinates,
  type ResizeFilter,
  type ResizeOp,
  type ResizeRounding,
  resizeCoordinates,
  resizeRoundings,
} from './ops/resize.ts'
export type { SigmoidOp } from './ops/sigmoid.ts'
export type { SoftmaxOp } from './ops/softmax.ts'
export {
  attributeNames,
  checkAttributes,
  describeOp,
  elementRuleOf,
  type HeadKind,
  inferShape,
  isHeadOp,
  isOpKind,
  type OpOf,
  opKinds,
  opTitle,
  type QuantizedHeadKind,
  rangeOfOp,
  traitsOf,
} from './ops/table.ts'
export { type UnaryOp, type UnaryOperator, unaryOperators } from './ops/unary.ts'
export {
  dilatedExtent,
  type Padding,
  resolvePadding,
  type Size2,
  samePadding,
  slidingExtent,
  windowedSize,
} from './ops/window.ts'
export { dropIdentities } from './passes/drop-identities.ts'
export { foldBatchNorm } from './passes/fold-batch-norm.ts'
export { foldConstants } from './passes/fold-constants.ts'
export { foldPadding } from './passes/fold-padding.ts'
export { isProduct, type Product } from './passes/fuse.ts'
export { fuseActivation } from './passes/fuse-activation.ts'
export { fuseResidual } from './passes/fuse-residual.ts'
export { optimize, type Pass, standardPasses } from './passes/optimize.ts'
export { type Factored, factored, ScaledTensor } from './passes/scaled-tensor.ts'
export { splitEpilogues } from './passes/split-epilogues.ts'
export {
  checkQuantization,
  formatElements,
  isPerTensor,
  perIndex,
  quantizeInto,
  sameElements,
  storedRange,
} from './quantization.ts'
export { roundHalfEven } from './rounding.ts'
export { minTimes } from './runtime/backend.ts'
export { OrderedRuns } from './runtime/ordered-runs.ts'
export { bindInputs, prepare } from './runtime/prepare.ts'
export { copyInputs, RunInputs } from './runtime/run-inputs.ts'
export { type Selection, selectBackend } from './runtime/select.ts'
export { checkBackend } from './runtime/self-check.ts'
export { stretch, Turns, turns } from './runtime/turns.ts'
export { show } from './show.ts'
export type { TailInput, TailKind, TailOp, TailResult, TailStep } from './tail/tail.ts'
export { tailToJSON } from './tail/to-json.ts'
export {
  bytesPerElement,
  checkShape,
  copyData,
  type DTypeArrays,
  type DTypeOf,
  dtypeOf,
  dtypes,
  elementCount,
  formatShape,
  maxElements,
  type PerAxisQuantization,
  type PerTensorQuantization,
  sameShape,
  type ValueType,
} from './tensor.ts'
