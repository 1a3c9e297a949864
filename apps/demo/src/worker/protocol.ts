import type { LayerTiming } from '@depthwise/core'
import type { Manifold } from '@depthwise/cost'
import type { Prediction } from '@depthwise/models'

/** Pixels of a canvas, RGBA, as they travel to the worker. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly data: Uint8ClampedArray<ArrayBuffer>
}

/** `drawing`: the checkpoint that comes with the page. `photo`: the one that a visitor brought. */
export type Slot = 'drawing' | 'photo'

/** A file as it was dropped or fetched. */
export interface NamedBytes {
  readonly name: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** What the page tells of a loaded checkpoint. */
export interface ModelFacts {
  readonly name: string
  readonly labels: readonly string[]
  readonly inputShape: readonly number[]
  readonly params: number
  readonly macs: number
  /** Fields of the preprocessing that neither file nor page knew. */
  readonly assumed: readonly string[]
  readonly licence: string | null
}

/** What a backend says of itself, and whether it is there. */
export interface BackendFacts {
  readonly name: string
  readonly available: boolean
  readonly features: readonly string[]
  readonly reasons: readonly string[]
}

export interface Classified {
  readonly predictions: readonly Prediction[]
  /** Preparing the picture and running the network, apart. */
  readonly milliseconds: { readonly prepare: number; readonly run: number }
  readonly backend: string
  /** What the network saw, grey levels, where the picture was prepared to a small one. */
  readonly seen: Picture | null
}

/** How much the probability of a class falls when a patch is covered, row by row. */
export interface Occlusion {
  readonly rows: number
  readonly columns: number
  readonly drops: readonly number[]
}

/** One class that a visitor teaches. */
export interface TaughtClass {
  readonly name: string
  readonly examples: number
}

export interface TaughtState {
  readonly slot: Slot
  readonly classes: readonly TaughtClass[]
  readonly dimensions: number
  /** Loss and share of examples told right by the linear head; null before it is trained. */
  readonly head: { readonly loss: number; readonly accuracy: number; readonly steps: number } | null
}

export interface TaughtAnswer {
  readonly neighbours: readonly Prediction[]
  readonly head: readonly Prediction[] | null
  readonly milliseconds: number
}

/** A network by the options of its builder, with seeded weights. */
export interface NetworkChoice {
  readonly model: 'v1' | 'v2'
  readonly alpha: number
  readonly resolution: number
}

/** One line of a comparison of two backends. */
export interface ParityRow {
  readonly name: string
  readonly op: string
  readonly shape: readonly number[]
  readonly maxAbs: number
  /** Largest difference as a share of the layer's largest value. */
  readonly ofLargest: number
  readonly cosine: number
  readonly within: boolean
}

export interface ParityFacts {
  readonly reference: string
  readonly candidate: string
  readonly ok: boolean
  readonly rows: readonly ParityRow[]
  readonly summary: string
  readonly milliseconds: number
}

export interface Measured {
  readonly backend: string
  readonly layers: readonly LayerTiming[]
  /** Best time of a whole run, which profiling does not slow down. */
  readonly totalMs: number
}

export interface Progress {
  readonly done: number
  readonly total: number | null
  readonly label?: string
}

/** Everything the page asks of its worker. */
export interface Calls {
  backends: {
    readonly args: null
    readonly reply: { readonly backends: readonly BackendFacts[]; readonly isolated: boolean }
  }
  use: { readonly args: { readonly backend: string }; readonly reply: { readonly backend: string } }
  openDrawing: { readonly args: null; readonly reply: ModelFacts }
  openFiles: { readonly args: { readonly files: readonly NamedBytes[] }; readonly reply: ModelFacts }
  openUrl: { readonly args: { readonly url: string }; readonly reply: ModelFacts }
  kept: { readonly args: null; readonly reply: readonly { readonly url: string; readonly size: number }[] }
  forget: { readonly args: { readonly url: string }; readonly reply: null }
  classify: {
    readonly args: {
      readonly slot: Slot
      readonly picture: Picture
      readonly top: number
      readonly among?: readonly number[]
    }
    readonly reply: Classified
  }
  occlude: {
    readonly args: { readonly slot: Slot; readonly picture: Picture; readonly index: number; readonly grid: number }
    readonly reply: Occlusion
  }
  teach: { readonly args: { readonly name: string; readonly picture: Picture }; readonly reply: TaughtState }
  unteach: { readonly args: { readonly name: string }; readonly reply: TaughtState }
  teachOn: { readonly args: { readonly slot: Slot }; readonly reply: TaughtState }
  train: { readonly args: null; readonly reply: TaughtState }
  ask: { readonly args: { readonly picture: Picture }; readonly reply: TaughtAnswer | null }
  saveTaught: { readonly args: null; readonly reply: Uint8Array<ArrayBuffer> }
  loadTaught: { readonly args: { readonly bytes: Uint8Array<ArrayBuffer> }; readonly reply: TaughtState }
  measure: { readonly args: NetworkChoice; readonly reply: Measured }
  compare: {
    readonly args: { readonly network: NetworkChoice | 'drawing'; readonly candidate: string }
    readonly reply: ParityFacts
  }
  manifold: {
    readonly args: { readonly dimensions: readonly number[]; readonly seed: number }
    readonly reply: Manifold
  }
}

export type CallName = keyof Calls

/** To the worker. */
export interface Ask<K extends CallName = CallName> {
  readonly id: number
  readonly call: K
  readonly args: Calls[K]['args']
}

/** From the worker: an answer, a failure in words, or how far it is. */
export type Answer =
  | { readonly id: number; readonly kind: 'reply'; readonly reply: unknown }
  | { readonly id: number; readonly kind: 'failure'; readonly name: string; readonly message: string }
  | { readonly id: number; readonly kind: 'progress'; readonly progress: Progress }

/** How the worker does each call; a call without its row does not compile. */
export type Handlers = {
  readonly [K in CallName]: (args: Calls[K]['args'], report: (progress: Progress) => void) => Promise<Calls[K]['reply']>
}
