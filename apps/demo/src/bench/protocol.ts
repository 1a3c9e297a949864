import type { Row, StoppedRow } from '@depthwise/bench/report'

export interface BenchRequest {
  readonly kind: 'start'
  readonly models: readonly ('v1' | 'v2')[]
  readonly sizes: readonly { readonly alpha: number; readonly resolution: number }[]
  /** Each more than once where threads are to be compared. */
  readonly threads: readonly number[]
  readonly withGpu: boolean
  readonly effort: 'quick' | 'full'
}

/** A row of the bench; a browser is the place. */
export type PageRow = Omit<Row, 'where'> & { readonly where: string }
export type PageStop = Omit<StoppedRow, 'where'> & { readonly where: string }

/** What is copied: the row's fields are those of the bench on the command line. */
export interface PageReport {
  readonly format: 'depthwise-bench-page'
  readonly version: 1
  readonly date: string
  readonly machine: {
    readonly userAgent: string
    readonly cores: number
    readonly memoryGB: number | null
    readonly crossOriginIsolated: boolean
    readonly adapter: string | null
  }
  readonly ceilingGflops: number
  readonly rows: readonly PageRow[]
  readonly stopped: readonly PageStop[]
}

/** From the page to the bench, of the runtimes that it asked for. */
export type RuntimeMessage =
  | { readonly kind: 'opened'; readonly id: number; readonly port: MessagePort }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }

/** From the bench to the page. */
export type BenchMessage =
  | { readonly kind: 'open' | 'close'; readonly id: number }
  | { readonly kind: 'step'; readonly done: number; readonly total: number; readonly label: string }
  | { readonly kind: 'report'; readonly report: PageReport; readonly final: boolean }
  | { readonly kind: 'failure'; readonly message: string }
