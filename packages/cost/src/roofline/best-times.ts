import type { LayerTiming } from '@depthwise/core'
import { clockStep, minTimes } from '@depthwise/core/backend'

/** The best time of each unit of a graph, and of a whole run, in milliseconds. */
export interface Measured {
  readonly layers: readonly LayerTiming[]
  readonly run: number
}

/** Takes the times of one round after another; `best` is what they come to. */
export interface BestTimes {
  add(run: number, layers: readonly LayerTiming[]): void
  best(): Measured
}

/** Rounds that do not count once others came. */
const warmUp = 3

/** Milliseconds. Finer steps than these do not show in a layer's time. */
const fine = 0.001

/**
 * Collects rounds of times. Where the clock is fine, the least of all rounds, unit by unit.
 *
 * Browsers coarsen theirs (`clockStep`). The least time that such a clock tells of a layer shorter than its step is 0; the mean
 * is true, since a layer begins anywhere within a step. So rounds are averaged there, stretch by stretch, and the quickest
 * stretch counts, which others disturbed least.
 * @param step - of the clock in milliseconds; default: found out
 */
export function bestTimes(step: number = clockStep()): BestTimes {
  return step <= fine ? minOfRounds() : quickestStretch(40 * step)
}

function minOfRounds(): BestTimes {
  let layers: readonly LayerTiming[] | null = null
  let run = Number.POSITIVE_INFINITY
  return {
    add(time, timings) {
      run = Math.min(run, time)
      layers = layers ? minTimes(layers, timings) : timings
    },
    best: () => ({ layers: layers ?? [], run }),
  }
}

function quickestStretch(milliseconds: number): BestTimes {
  let quickest: Measured | null = null
  let sums: Measured = { layers: [], run: 0 }
  let rounds = 0
  let warm = 0
  const mean = (): Measured => ({ layers: scaled(sums.layers, 1 / rounds), run: sums.run / rounds })
  return {
    add(time, timings) {
      // A mean remembers what a minimum forgets: the first rounds, before engines optimised.
      if (warm++ === warmUp) rounds = 0
      sums = rounds > 0 ? { layers: added(sums.layers, timings), run: sums.run + time } : { layers: timings, run: time }
      rounds += 1
      if (sums.run < milliseconds) return
      quickest = quickest ? quicker(quickest, mean()) : mean()
      rounds = 0
    },
    // A stretch cut short counts where there is no other.
    best: () => quickest ?? (rounds > 0 ? mean() : { layers: [], run: Number.POSITIVE_INFINITY }),
  }
}

/** Runs and profiles took turns: what disturbed one need not have disturbed the other. */
const quicker = (one: Measured, other: Measured): Measured => ({
  layers: total(other.layers) < total(one.layers) ? other.layers : one.layers,
  run: Math.min(one.run, other.run),
})

const total = (timings: readonly LayerTiming[]): number =>
  timings.reduce((sum, { milliseconds }) => sum + milliseconds, 0)

const added = (sums: readonly LayerTiming[], timings: readonly LayerTiming[]): readonly LayerTiming[] =>
  sums.map((sum, index) => ({ ...sum, milliseconds: sum.milliseconds + (timings[index]?.milliseconds ?? 0) }))

const scaled = (timings: readonly LayerTiming[], by: number): readonly LayerTiming[] =>
  timings.map(timing => ({ ...timing, milliseconds: timing.milliseconds * by }))
