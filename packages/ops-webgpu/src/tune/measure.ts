import type { Inputs, Network, Outputs, Signal } from '@depthwise/core'
import { minTimes, optimize } from '@depthwise/core/backend'
import { WebGpuExecutable } from '../executable.ts'
import type { Context } from '../gpu/context.ts'
import type { HeadLowering } from '../plan/head-lowering.ts'
import type { IntegerLowering } from '../plan/integer-lowering.ts'
import { type ScheduleOptions, schedule } from '../plan/schedule.ts'
import { assemble } from '../program.ts'
import type { GpuLayerTiming } from '../timing.ts'

/** How one way to compile a network did. */
export interface Measured {
  /** The least time of each layer over the rounds. */
  readonly layers: readonly GpuLayerTiming[]
  readonly outputs: Outputs
}

/** What all candidates have in common. */
export interface Bench {
  readonly context: Context
  readonly network: Network
  readonly inputs: Inputs
  readonly rounds: number
  readonly signal: Signal | undefined
  readonly integers?: IntegerLowering | null
  readonly heads?: HeadLowering | null
}

/**
 * Compiles, runs once for the results and to warm up, and profiles. Pipelines stay with the context, so that the next
 * candidate compiles only what differs.
 */
export async function measure(bench: Bench, options: Omit<ScheduleOptions, 'adapter'>): Promise<Measured> {
  const { context, network, inputs, rounds, signal, integers = null, heads = null } = bench
  signal?.throwIfAborted()
  const plan = schedule(optimize(heads?.prepare(network) ?? network), {
    ...options,
    adapter: context.adapterClass,
    integers,
    heads,
  })
  await using executable = new WebGpuExecutable(await assemble(plan, context, signal), context, () => {})
  const outputs = await executable.run(inputs)
  let layers: readonly GpuLayerTiming[] = []
  for (let round = 0; round < rounds; round++) {
    signal?.throwIfAborted()
    layers = minTimes(layers, await executable.profile(inputs))
  }
  return { layers, outputs }
}

/** Milliseconds of some layers together. */
export function timeOf(layers: readonly GpuLayerTiming[]): number {
  return layers.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
}

/**
 * How far two runs of a network are apart, as a share of the largest value of each output; infinite where one is not finite.
 */
export function distance(found: Outputs, wanted: Outputs): number {
  let worst = 0
  for (const [name, { data }] of Object.entries(wanted)) {
    const other = found[name]?.data ?? new Float32Array()
    let scale = 0
    let off = 0
    for (let i = 0; i < data.length; i++) {
      scale = Math.max(scale, Math.abs(data[i]!))
      const difference = Math.abs((other[i] ?? NaN) - data[i]!)
      off = Number.isNaN(difference) ? Infinity : Math.max(off, difference)
    }
    worst = Math.max(worst, off === 0 ? 0 : off / scale)
  }
  return worst
}
