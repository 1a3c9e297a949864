import type { KernelClass, Workload } from './classes.ts'

/** Milliseconds that a kernel class takes for each unit of work. 0: hidden behind the others, as far as could be measured. */
export interface Rates {
  /** For each FLOP. */
  readonly operation: number
  /** For each byte of activations read, and written. */
  readonly read: number
  readonly written: number
  /** Share of the time of streaming the weights from where they lie (`Machine.weights`) that shows. */
  readonly weights: number
  /** For each call. */
  readonly call: number
  /** Measurements the rates were fitted to, and the median of their relative errors. */
  readonly samples: number
  readonly error: number
}

/** How fast weights stream when a network has this many bytes of them: fast while a cache holds them all. */
export interface Streaming {
  readonly footprint: number
  /** Milliseconds a byte. */
  readonly byte: number
}

/** What `calibrate` learnt of a backend on this machine. Plain data: keep it as JSON. */
export interface Machine {
  readonly backend: string
  /** What the backend used, in its own words. */
  readonly features: readonly string[]
  readonly rates: Readonly<Partial<Record<KernelClass, Rates>>>
  /** By footprint, ascending. */
  readonly weights: readonly Streaming[]
  /** Milliseconds of a run besides its layers: once, and for each byte of inputs and outputs. */
  readonly run: { readonly call: number; readonly byte: number }
  /** Classes that could not be measured, and why. */
  readonly missing: Readonly<Partial<Record<KernelClass, string>>>
}

/** A machine's ceilings as they are usually told. Infinity: never seen to bind. */
export interface Ceilings {
  readonly gigaflops: number
  /** 10^9 bytes of activations a second, half of them read and half written. */
  readonly bandwidth: number
  readonly microsecondsPerCall: number
}

/** The ceilings of a kernel class. */
export function ceilings({ operation, read, written, call }: Rates): Ceilings {
  return { gigaflops: 1e-6 / operation, bandwidth: 2e-6 / (read + written), microsecondsPerCall: 1000 * call }
}

/** Milliseconds a byte at which weights stream in a network of so many bytes; between measurements by their logarithms. */
export function streaming(curve: readonly Streaming[], footprint: number): number {
  const after = curve.findIndex(point => point.footprint >= footprint)
  if (after <= 0) return (after === 0 ? curve[0] : curve.at(-1))?.byte ?? 0
  const [low, high] = [curve[after - 1] as Streaming, curve[after] as Streaming]
  const share = Math.log(footprint / low.footprint) / Math.log(high.footprint / low.footprint)
  return low.byte + share * (high.byte - low.byte)
}

/** The parts that the time of a layer is made of, in milliseconds. */
export interface Parts {
  readonly compute: number
  readonly activations: number
  readonly weights: number
  readonly overhead: number
}

/** Names of the rates in the order of a workload's features. */
export const rateNames = ['operation', 'read', 'written', 'weights', 'call'] as const

/** What the rates of a class are multiplied by. `byte` is the time in which weights stream. */
export function features(work: Workload, byte: number): readonly number[] {
  return [work.operations, work.readBytes, work.writtenBytes, work.weightBytes * byte, 1]
}

/** The time of a layer, part by part. */
export function partsOf(work: Workload, rates: Rates, byte: number): Parts {
  const [compute, read, written, weights, overhead] = features(work, byte).map(
    (feature, index) => feature * rates[rateNames[index] as (typeof rateNames)[number]],
  ) as [number, number, number, number, number]
  return { compute, activations: read + written, weights, overhead }
}
