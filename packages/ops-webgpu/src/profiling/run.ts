import { type Inputs, OptionError, onSpan, type Signal } from '@depthwise/core'
import { minTimes, now } from '@depthwise/core/backend'
import type { RunsOnDevice } from '../device-values.ts'
import type { GpuLayerTiming } from '../timing.ts'

/** Where the host's time goes in one run, in milliseconds: medians over the runs. */
export interface HostSplit {
  /** Writing the commands down. */
  readonly encode: number
  /** Handing them in. */
  readonly submit: number
  /** From there until the outputs are mapped, the device's own work included. */
  readonly readback: number
  /** Of the whole call, packing inputs and unpacking outputs included. */
  readonly total: number
}

/** What `profileRun` found. */
export interface RunProfile {
  /** Every fusion group in order, its least time of the runs. */
  readonly layers: readonly GpuLayerTiming[]
  /** All launches together. */
  readonly device: {
    readonly launches: number
    readonly milliseconds: number
    readonly macs: number
    readonly bytes: number
  }
  readonly host: HostSplit
}

/** How often to look. */
export interface ProfileOptions {
  /** Runs, and as many profiles; default 8, the first of each not counted. */
  readonly runs?: number
  readonly signal?: Signal
}

/**
 * Where the time of a run goes: on the device, launch by launch, with MACs and bytes; and on the host, which encodes, submits
 * and waits. Let nothing else run on WebGPU backends meanwhile: their spans would be taken for this one's.
 * @throws OptionError for a count of runs that is none, and what `run` and `profile` throw
 */
export async function profileRun(
  executable: RunsOnDevice,
  inputs: Inputs,
  { runs = 8, signal }: ProfileOptions = {},
): Promise<RunProfile> {
  if (!Number.isInteger(runs) || runs < 1) {
    throw new OptionError({ where: 'option runs', expected: 'an integer from 1', found: `${runs}` })
  }
  const host = await hostSplit(executable, inputs, runs, signal)
  let layers: readonly GpuLayerTiming[] = []
  for (let run = 0; run <= runs; run++) {
    signal?.throwIfAborted()
    const timings = await executable.profile(inputs)
    if (run > 0) layers = minTimes(layers, timings)
  }
  const launches = layers.flatMap(each => each.launches)
  const sum = (of: 'milliseconds' | 'macs' | 'bytes'): number => launches.reduce((all, each) => all + each[of], 0)
  const device = {
    launches: launches.length,
    milliseconds: sum('milliseconds'),
    macs: sum('macs'),
    bytes: sum('bytes'),
  }
  return { layers, device, host }
}

async function hostSplit(executable: RunsOnDevice, inputs: Inputs, runs: number, signal?: Signal): Promise<HostSplit> {
  const splits: HostSplit[] = []
  const spans = new Map<string, number>()
  const stop = onSpan(({ name, start, end }) => void spans.set(name, end - start))
  try {
    for (let run = 0; run <= runs; run++) {
      signal?.throwIfAborted()
      spans.clear()
      const start = now()
      await executable.run(inputs)
      const total = now() - start
      const of = (name: string): number => spans.get(`webgpu ${name}`) ?? 0
      if (run > 0) splits.push({ encode: of('encode'), submit: of('submit'), readback: of('readback'), total })
    }
  } finally {
    stop()
  }
  const middle = (of: keyof HostSplit): number => median(splits.map(split => split[of]))
  return { encode: middle('encode'), submit: middle('submit'), readback: middle('readback'), total: middle('total') }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2
}
