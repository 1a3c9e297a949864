import type { Graph, Inputs, Params, Tensor } from '@depthwise/core'
import type { Tolerance } from '../compare/tolerance.ts'

/** Inputs and what the reference makes of them. */
export interface Expectation {
  /** By name of the input. */
  readonly inputs: Readonly<Record<string, Tensor>> & Inputs
  /** The only output. */
  readonly expected: Tensor
}

/** A part of a graph, mostly one node, that fails by itself: everything a backend's author needs. */
export interface Reproduction {
  readonly graph: Graph
  readonly params: Params
  /** Fed in this order to one executable; what was found is the answer to the last. */
  readonly runs: readonly Expectation[]
  readonly tolerance: Tolerance
  /** What the candidate answered to the last run. */
  readonly found: Tensor
  /** Names of the backends. */
  readonly reference: string
  readonly candidate: string
  /** Whether the part failed when it ran by itself; if not, what was wrong lies in what was around it. */
  readonly alone: boolean
}
