import type { LayerTiming } from '@depthwise/core'
import type { TuningJSON } from '@depthwise/ops-webgpu/tune'
import type { LoadOptions, Runtime } from '../peers/peer.ts'
import type { AdapterFacts } from './adapter.ts'

/** One stage of a cold start. */
export interface Stage {
  readonly name: string
  readonly milliseconds: number
}

/** A runtime's first answer in a fresh process or page. */
export interface Opened {
  /** Threads in use, whatever was wished for. */
  readonly threads: number
  /** From before the import to the first result, weights in memory. */
  readonly coldMs: number
  readonly stages: readonly Stage[]
  /** What the runtime timed within its stages. */
  readonly spans: readonly Stage[]
  readonly output: readonly number[]
}

/** What can be asked of a process or page that holds one runtime, and what it answers. */
export interface Conversations {
  readonly open: {
    readonly request: Pick<LoadOptions, 'threads' | 'images'> & { readonly runtime: Runtime; readonly key: string }
    readonly reply: Opened
  }
  /** Runs until this much time has passed, and at least so often; tells how long the last run took. */
  readonly warm: {
    readonly request: { readonly milliseconds: number; readonly atLeast: number }
    readonly reply: { readonly runs: number; readonly lastMs: number }
  }
  /** One turn: a run that is not counted, to fetch the weights back into the caches, then timed ones. */
  readonly turn: {
    readonly request: { readonly runs: number }
    readonly reply: { readonly times: readonly number[] }
  }
  /** As many runs as fit. */
  readonly flood: {
    readonly request: { readonly milliseconds: number }
    readonly reply: { readonly images: number; readonly milliseconds: number }
  }
  readonly profile: {
    readonly request: Readonly<Record<never, never>>
    readonly reply: { readonly layers: readonly LayerTiming[] }
  }
  /** Measures tiles for the network that is open; null where the runtime has none. */
  readonly tune: {
    readonly request: Readonly<Record<never, never>>
    readonly reply: { readonly tuning: TuningJSON | null }
  }
  /** Peak resident memory, where the process can tell it itself. */
  readonly memory: {
    readonly request: Readonly<Record<never, never>>
    readonly reply: { readonly peakMB: number | null }
  }
  /** The WebGPU adapter one gets there; null where there is none. */
  readonly adapter: {
    readonly request: Readonly<Record<never, never>>
    readonly reply: AdapterFacts
  }
  /** What the machine allows: the SIMD ceilings of one thread, in 10^9 operations a second on reals and on bytes, and milliseconds a megabyte of new memory. */
  readonly limits: {
    readonly request: Readonly<Record<never, never>>
    readonly reply: { readonly gflops: number; readonly gops: number; readonly newMemoryMs: number }
  }
}

export type Request<K extends keyof Conversations = keyof Conversations> = {
  readonly [T in K]: { readonly kind: T } & Conversations[T]['request']
}[K]
export type Reply<K extends keyof Conversations> = Conversations[K]['reply']

/** The other end of a conversation: a process or page with one runtime in it. */
export interface Remote {
  ask<K extends keyof Conversations>(request: Request<K>): Promise<Reply<K>>
  /** Holds it still, so that threads that spin take nothing from the others' turns. */
  pause(): void
  resume(): void
  close(): Promise<void>
}

/** A place that opens such processes or pages. */
export interface Host extends AsyncDisposable {
  open(): Promise<Remote>
}
