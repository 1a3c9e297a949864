import type { Graph, NodeId, Params } from '../graph/graph.ts'
import type { Tensor, TypedArray } from '../tensor.ts'

/** What a caller may hand in for an input: a tensor, or bare data in the input's own shape. */
export type TensorLike = Tensor | TypedArray
/** By name of the input node. */
export type Inputs = Readonly<Record<string, TensorLike>>
/** By name of the output node; every tensor is the caller's to keep, no later run writes into it. */
export type Outputs = Readonly<Record<string, Tensor>>

/** The part of an AbortSignal that is used; any AbortSignal will do. */
export interface Signal {
  readonly aborted: boolean
  /** @throws the reason it was aborted with, once it was */
  throwIfAborted(): void
}

/**
 * What `compile` may be told beside the network. A signal that is aborted ends the compilation with its reason, at the
 * next step after which the backend looks.
 */
export interface CompileOptions {
  /** Images a run takes at once; default: what the graph's inputs say. */
  readonly batch?: number
  /** Values returned besides the outputs. `'all'` returns every node's, at the price of all fusion. Default `'outputs'`. */
  readonly expose?: 'outputs' | 'all' | readonly NodeId[]
  readonly signal?: Signal
}

/**
 * Options of a run. A signal that is aborted before the run starts rejects it with the signal's reason. Backends that compute
 * on the calling thread let the event loop turn every few milliseconds, and check the signal again after each turn.
 */
export interface RunOptions {
  readonly signal?: Signal
}

/** What a backend says of itself on this machine. */
export interface Capabilities {
  readonly available: boolean
  /** What it would use here, in the field's words: `simd`, `relaxed-simd`, `threads: 4`, `shader-f16`. */
  readonly features: readonly string[]
  /** In words a user can act on: why it is not available, or why a feature is off. */
  readonly reasons: readonly string[]
  /** Special values that come out as IEEE 754 says; what is not promised is not tested by the conformance kit. */
  readonly numerics?: { readonly nan?: boolean; readonly infinity?: boolean; readonly denormals?: boolean }
}

/** Time of one unit of execution, which may cover several authored nodes. */
export interface LayerTiming {
  readonly name: string
  /** Ids of the authored nodes it computes. */
  readonly nodes: readonly NodeId[]
  /** Which kernel did it. */
  readonly kernel: string
  readonly milliseconds: number
}

/** Each layer with the lesser of its times in two profiles of one network; the earlier may be empty, before there is any. */
export function minTimes<T extends LayerTiming>(earlier: readonly T[], timings: readonly T[]): readonly T[] {
  return timings.map((timing, index) => {
    const before = earlier[index]
    return before && before.milliseconds <= timing.milliseconds ? before : timing
  })
}

/**
 * A place where graphs run. The contract, in order:
 *
 * 1. `probe` may be called at any time and any number of times; it throws never and allocates nothing that lasts.
 * 2. `compile` takes a graph that `verify` accepts and parameters that `checkParams` accepts (`prepare` does both), and
 *    throws `UnsupportedOpError` for an op it does not know, `BackendUnavailableError` when it cannot run here at all. A
 *    compile that throws leaves nothing behind.
 * 3. `run` may be called again before an earlier call has resolved; calls are answered in order, each with its own inputs.
 *    Inputs are read before `run` first yields, so callers may reuse their buffers at once.
 * 4. A loop of awaited runs lets timers fire, however short the runs are.
 * 5. After disposal `run` and `profile` throw `DisposedError`; runs that were accepted before are still answered.
 *
 * `OrderedRuns` keeps the order of rule 3 and rule 5, `copyInputs` and `RunInputs` the rest of rule 3, and `turns` rule 4.
 */
export interface Backend {
  readonly name: string
  /** Whether a run may end in `DeviceLostError`; sessions then keep copies of the inputs until the run is answered. */
  readonly losesDevice?: boolean
  /** Whether it can run here, and with what: rule 1. */
  probe(): Promise<Capabilities>
  /** Rule 2. The caller disposes of the executable. */
  compile(graph: Graph, params: Params, options?: CompileOptions): Promise<Executable>
}

/** A graph with its weights, compiled on one backend: rules 3 to 5 of `Backend` are about it. */
export interface Executable extends AsyncDisposable {
  /**
   * The graph's outputs, and what else was exposed.
   * @throws ShapeError or GraphError for inputs that do not fit, DisposedError after disposal
   */
  run(inputs: Inputs, options?: RunOptions): Promise<Outputs>
  /** Runs once and tells where the time went. */
  profile(inputs: Inputs): Promise<readonly LayerTiming[]>
}
