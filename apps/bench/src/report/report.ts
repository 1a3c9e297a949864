import type { TuningJSON } from '@depthwise/ops-webgpu/tune'
import type { Runtime, Where } from '../peers/peer.ts'
import type { Stage } from '../run/protocol.ts'
import type { ModelName, Precision } from '../subject/subject.ts'

/** What a row is about: no two rows agree in all of it. */
export interface RowKey {
  readonly runtime: Runtime
  readonly model: ModelName
  readonly alpha: number
  readonly resolution: number
  readonly precision: Precision
  readonly threads: number
  readonly where: Where
}

/** One runtime on one network. Scripts read these fields by these names. */
export interface Row extends RowKey {
  readonly minMs: number
  readonly medianMs: number
  readonly p90Ms: number
  /** From before the import to the first result in a fresh process or page, weights in memory; median of the sessions. */
  readonly coldMs: number
  /** Peak resident memory of the process (the page's renderer); null where the system does not tell. */
  readonly rssMB: number | null
  /** Brotli, everything the runtime needs beside the weights; null where it was not asked for. */
  readonly downloadBytes: number | null
  /** Largest difference of an output from the reference backend's. */
  readonly maxAbsDiff: number
}

/** What stands behind a row, for whoever doubts it. */
export interface Detail extends RowKey {
  /** Median of each session, and how far they lie apart (largest over smallest, less 1). */
  readonly sessionMs: readonly number[]
  readonly spread: number
  readonly runs: number
  /** Cold starts of each session, and the stages of the middle one. */
  readonly coldMs: readonly number[]
  readonly stages: readonly Stage[]
  readonly spans: readonly Stage[]
  readonly sameTop: boolean
}

export interface StoppedRow extends RowKey {
  readonly reason: string
}

export interface Throughput extends Omit<RowKey, 'precision'> {
  /** Processes side by side; where each has several threads, every thread works on an image of its own. */
  readonly processes: number
  readonly imagesPerSecond: number
}

/** One fused group of ours, with what it costs. */
export interface ProfiledLayer {
  readonly name: string
  readonly category: string
  readonly kernel: string
  readonly ms: number
  readonly macs: number
  /** Weights and activations, as if each layer read its operands from memory and wrote its result back. */
  readonly bytes: number
}

export interface Profile extends Omit<RowKey, 'precision' | 'threads'> {
  /** float32 where absent. */
  readonly precision?: Precision
  readonly layers: readonly ProfiledLayer[]
}

/** Which tiles of ours suit the adapter best, with every candidate's time. */
export interface Tuned extends Pick<RowKey, 'model' | 'alpha' | 'resolution'> {
  readonly tuning: TuningJSON
}

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGB: number
  readonly system: string
  readonly node: string
  readonly v8: string
  /** Null where no browser was measured. */
  readonly chromium: string | null
  /** As the page's WebGPU names it, or null. */
  readonly adapter: string | null
  /** Versions of the peers' packages. */
  readonly versions: Readonly<Record<string, string>>
  /** Arguments that browser and Node were started with. */
  readonly flags: readonly string[]
  /** What memory new to a process costs, in milliseconds a megabyte; absent in reports from before it was measured. */
  readonly newMemoryMs?: number
  /** Processes that wanted to run when the bench began and when it ended: above 1 the machine was not quiet. */
  readonly load: readonly [before: number, after: number]
}

export interface Report {
  readonly format: 'depthwise-bench'
  readonly version: 1
  readonly date: string
  readonly command: string
  readonly quick: boolean
  /** Groups that were measured, where the run was cut off or still goes on; absent from whole reports. */
  readonly unfinished?: { readonly done: number; readonly of: number }
  readonly seconds: number
  readonly machine: Machine
  /** Of one thread, with what SIMD the engine has; a register-only loop of multiply-adds. */
  readonly ceilingGflops: number
  /** The same of bytes, in the arithmetic that suits the engine; absent from reports that measured no integers. */
  readonly ceilingGops?: number
  readonly rows: readonly Row[]
  readonly details: readonly Detail[]
  readonly stopped: readonly StoppedRow[]
  readonly throughput: readonly Throughput[]
  readonly profiles: readonly Profile[]
  /** Where they were asked for. */
  readonly tunings?: readonly Tuned[]
  /** MACs of the networks that were measured. */
  readonly macs: readonly (Pick<RowKey, 'model' | 'alpha' | 'resolution'> & { readonly macs: number })[]
}

/** What one thread can do at most, in operations of a precision. */
export function ceilingOf({ ceilingGflops, ceilingGops }: Report, precision: Precision = 'float32'): number {
  return precision === 'float32' ? ceilingGflops : (ceilingGops ?? ceilingGflops)
}

const keyFields = ['runtime', 'model', 'alpha', 'resolution', 'precision', 'threads', 'where'] as const

/** Equal for two rows that are about the same. */
export function rowKey(row: RowKey): string {
  return keyFields.map(field => row[field]).join(' ')
}

/** Rows that may be set beside each other: all but the runtime agrees. */
export function groupKey(row: Omit<RowKey, 'runtime'>): string {
  return `${row.model} ${row.alpha} ${row.resolution} ${row.precision} ${row.threads} ${row.where}`
}

/** Which of ours a runtime is set beside: on the GPU ours on the GPU, else ours on WebAssembly. */
export function oursBeside(runtime: Runtime): Runtime {
  return runtime.endsWith('webgpu') ? 'depthwise-webgpu' : 'depthwise-wasm'
}

/** MACs of a row's network, or 0 for one that was not costed. */
export function macsOf(report: Pick<Report, 'macs'>, row: Pick<RowKey, 'model' | 'alpha' | 'resolution'>): number {
  const same = report.macs.find(
    ({ model, alpha, resolution }) => model === row.model && alpha === row.alpha && resolution === row.resolution,
  )
  return same?.macs ?? 0
}

/** 10^9 operations a second at this time; a multiply-add counts as two. */
export function gflops(macs: number, milliseconds: number): number {
  return (2 * macs) / milliseconds / 1e6
}
