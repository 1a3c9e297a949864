import type { Prediction } from 'depthwise'

/** What the worker can be asked, with what it takes and what it answers. */
export interface Calls {
  open: { args: null; reply: Opened }
  use: { args: { backend: string }; reply: null }
  classify: { args: { image: Image; top: number }; reply: Answer }
  close: { args: null; reply: null }
}

export type CallName = keyof Calls

/** RGBA, row by row. Its bytes change hands on the way to the worker: the sender has them no more. */
export interface Image {
  width: number
  height: number
  data: Uint8ClampedArray<ArrayBuffer>
}

export interface Answer {
  predictions: readonly Prediction[]
  milliseconds: number
  backend: string
}

export interface Opened {
  /** The one in use. */
  backend: string
  offered: BackendFacts[]
}

/** What a backend says of itself in this browser. */
export interface BackendFacts {
  name: string
  available: boolean
  features: readonly string[]
  /** Why it is not available, or does without a feature. */
  reasons: readonly string[]
}

/** To the worker. */
export type Request =
  | { [K in CallName]: { id: number; call: K; args: Calls[K]['args'] } }[CallName]
  | { id: number; call: 'cancel' }

/** From the worker. Classes of errors do not survive the border, so their names cross it. */
export type Reply = { id: number; reply: unknown } | { id: number; failure: { name: string; message: string } }
