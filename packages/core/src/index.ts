// What users of sessions and graphs need. Authors of backends, passes and importers find the rest in `./backend.ts`.

export type { BytesLike } from './bytes.ts'
export {
  BackendUnavailableError,
  DepthwiseError,
  DeviceLostError,
  DisposedError,
  FormatError,
  GraphError,
  OptionError,
  ShapeError,
  UnsupportedOpError,
  WeightsError,
} from './errors.ts'
export {
  type BatchNormOptions,
  type Conv2dOptions,
  type DenseOptions,
  type DepthwiseConv2dOptions,
  GraphBuilder,
  type ResizeOptions,
  type Value,
} from './graph/builder.ts'
export { chain, chainNetworks } from './graph/chain.ts'
export type { Graph, Network, Node, NodeId, Params } from './graph/graph.ts'
export { graphFromJSON, graphToJSON } from './graph/json.ts'
export { printGraph, toMermaid } from './graph/text.ts'
export type {
  CentreCrop,
  ChannelStatistics,
  Crop,
  Metadata,
  Model,
  Normalization,
  Preprocessing,
  Resampling,
} from './model.ts'
export { onSpan, type Span } from './observe/trace.ts'
export type { Bounds } from './ops/definition.ts'
export type { Op, OpKind } from './ops/table.ts'
export type { PaddingLike } from './ops/window.ts'
export { dequantized } from './quantization.ts'
export type {
  Backend,
  Capabilities,
  CompileOptions,
  Executable,
  Inputs,
  LayerTiming,
  Outputs,
  RunOptions,
  Signal,
  TensorLike,
} from './runtime/backend.ts'
export { type BackendFactory, createRegistry, type Registry } from './runtime/registry.ts'
export type { Skip } from './runtime/select.ts'
export type { SelfCheck, SelfCheckOptions } from './runtime/self-check.ts'
export { createSession, type Session, type SessionOptions } from './runtime/session.ts'
export type { Tail } from './tail/tail.ts'
export {
  type DType,
  type ElementType,
  type Quantization,
  type Shape,
  type Tensor,
  type TypedArray,
  tensor,
  zeros,
} from './tensor.ts'
