import type { LayerTiming, Network, Shape } from '@depthwise/core'
import type { TuningJSON } from '@depthwise/ops-webgpu/tune'
import type { Subject } from '../subject/subject.ts'

/** What is measured, by the names that the report's JSON uses. */
export const runtimes = [
  'depthwise-wasm',
  'depthwise-wasm-norelaxed',
  'depthwise-webgpu',
  'ort-web',
  'ort-web-webgpu',
  'ort-node',
  'tfjs-wasm',
  'tfjs-webgpu',
  'litert',
] as const
export type Runtime = (typeof runtimes)[number]

export const places = ['node', 'chromium'] as const
export type Where = (typeof places)[number]

/** How a network is handed to a runtime: as its author built it, with activations fused, or as a file. */
export type Form = 'authored' | 'clamped' | 'onnx' | 'tflite'

/** Values of an input: reals, or the bytes that a quantised network takes. */
export type Values = Float32Array | Uint8Array

/** A network in memory, in the form the peer asked for. */
export interface Material {
  readonly subject: Subject
  readonly inputName: string
  readonly inputShape: Shape
  readonly outputName: string
  readonly network?: Network
  readonly file?: Uint8Array
  /** Whether the two builders make this graph, so that ours may build it anew. */
  readonly built: boolean
}

/** Files that runtimes load beside their code; the place says where they lie. */
export type AssetFolder = 'ours' | 'ort' | 'tfjs' | 'litert'

export interface LoadOptions {
  readonly where: Where
  /** How many are wished for; the runner tells how many it got. */
  readonly threads: number
  /** Images a run takes, each thread working on its own; one, shared by all threads, where this is left out. Ours only. */
  readonly images?: number
  /** Path (Node) or URL (page) of a folder, without a slash at its end. */
  folder(name: AssetFolder): string
  /** Ends a stage of the cold start: what passed since the last call is its time. */
  lap(stage: string): void
  /** Notes a part of a stage that the runtime timed itself. */
  span(name: string, milliseconds: number): void
}

/** One network, ready to run. */
export interface Runner {
  /** Threads that compute, the caller's own included. */
  readonly threads: number
  run(input: Values): Promise<Values>
  profile?(input: Values): Promise<readonly LayerTiming[]>
  /** Which tiles suit the adapter, by measurement. */
  tune?(): Promise<TuningJSON>
  dispose(): Promise<void>
}

/** One runtime of the bench. Loading imports it, so that the import can be timed. */
export interface Peer {
  readonly runtime: Runtime
  readonly form: Form
  readonly places: readonly Where[]
  /** Where it can use several threads. */
  readonly threadedIn: readonly Where[]
  /** Whether it computes quantised networks in integers. */
  readonly integers: boolean
  /** Whether it computes on a GPU (or a software adapter that stands in for one). */
  readonly gpu: boolean
  load(material: Material, options: LoadOptions): Promise<Runner>
}
