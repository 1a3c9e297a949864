import type { LayerTiming } from '@depthwise/core'
import type { Bound, Manifold, MemoryPlan, Schedule } from '@depthwise/cost'
import type { Prediction } from '@depthwise/models'
import type { Detection, Pose, SegmentedClass } from '@depthwise/models/heads'

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

/** What a network gives of a picture: classes of the whole, boxes, classes of its pixels, or points of bodies and faces. */
export type Task = 'classification' | 'detection' | 'segmentation' | 'keypoints'

/** What the page tells of a loaded checkpoint. */
export interface ModelFacts {
  readonly name: string
  readonly task: Task
  readonly labels: readonly string[]
  readonly inputShape: readonly number[]
  readonly params: number
  readonly macs: number
  /** Fields of the preprocessing, and the size of the input, that neither file nor page knew. */
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

/** The class of every pixel, and of networks that separate one thing from its background, how probable it is. */
export interface SegmentationMap {
  readonly width: number
  readonly height: number
  readonly classes: Uint8Array | Uint16Array
  readonly present: readonly SegmentedClass[]
  readonly mask?: Float32Array
}

/** What is to be drawn onto a picture. Places are in pixels of the picture. */
export type Finding =
  | { readonly task: 'detection'; readonly detections: readonly Detection[] }
  | { readonly task: 'segmentation'; readonly map: SegmentationMap }
  | {
      readonly task: 'keypoints'
      readonly poses: readonly Pose[]
      /** What a drawing connects, by indices of keypoints. */
      readonly bones: readonly (readonly [from: number, to: number])[]
    }

export interface Found {
  readonly finding: Finding
  /** Preparing the picture, running the network and reading its outputs together. */
  readonly milliseconds: number
  readonly backend: string
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

/** Layers that belong together, as the papers' tables have them, with what they cost. */
export interface Block {
  readonly name: string
  readonly says: string
  readonly output: readonly number[]
  readonly macs: number
  readonly params: number
  /** Of activations that pass between layers. */
  readonly activationBytes: number
  /** Milliseconds; null before they are known. */
  readonly measured: number | null
  readonly predicted: number | null
}

/** What a whole network costs. */
export interface Totals {
  readonly macs: number
  readonly params: number
  readonly weightBytes: number
  readonly activationBytes: number
}

/** A network as it is before it runs. */
export interface Inspected {
  readonly blocks: readonly Block[]
  readonly total: Totals
  /** Of the other version at the same alpha and resolution. */
  readonly other: Totals
  readonly memory: MemoryPlan
  /** Milliseconds a run, by the rates of the backend in use; null before it was calibrated. */
  readonly predictedMs: number | null
}

/** A unit that takes longer than the rates of its kind allow. */
export interface Shortfall {
  readonly name: string
  readonly ratio: number
  readonly bound: Bound | null
}

export interface Measured {
  readonly backend: string
  readonly layers: readonly LayerTiming[]
  /** Best time of a whole run, which profiling does not slow down. */
  readonly totalMs: number
  readonly blocks: readonly Block[]
  /** Those that lose most first; null before the backend was calibrated. */
  readonly short: readonly Shortfall[] | null
}

/** What a machine was seen to do at its best, by kind of kernel. */
export interface CalibratedKind {
  readonly kind: string
  readonly gigaflops: number
  readonly gigabytesPerSecond: number
  readonly microsecondsPerCall: number
}

export interface Calibrated {
  readonly backend: string
  readonly milliseconds: number
  readonly kinds: readonly CalibratedKind[]
}

/** A published checkpoint with what it costs. */
export interface Published {
  readonly name: string
  readonly version: 'V1' | 'V2'
  readonly macs: number
  readonly top1: number
}

export interface PublishedFacts {
  readonly points: readonly Published[]
  /** Those that no other beats in both: cheaper and at least as good. */
  readonly front: readonly Published[]
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
  openDrawing: { readonly args: { readonly bytes: Uint8Array<ArrayBuffer> }; readonly reply: ModelFacts }
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
  find: { readonly args: { readonly picture: Picture }; readonly reply: Found }
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
  inspect: {
    readonly args: { readonly choice: NetworkChoice; readonly schedule: Schedule }
    readonly reply: Inspected
  }
  calibrate: { readonly args: null; readonly reply: Calibrated }
  published: { readonly args: null; readonly reply: PublishedFacts }
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
