import { max, median, min, quantile } from 'simple-statistics'

/** What a row says of its times, in milliseconds. */
export interface Summary {
  readonly minMs: number
  readonly medianMs: number
  readonly p90Ms: number
}

/** Over all sessions together: a session that ran slow as a whole moves the median little and the minimum not at all. */
export function summarize(times: readonly number[]): Summary {
  if (times.length === 0) throw new Error('a row without a single timed run')
  return { minMs: min([...times]), medianMs: median([...times]), p90Ms: quantile([...times], 0.9) }
}

/**
 * How far the sessions of one row lie apart: the largest median over the smallest, less 1. Two rows whose medians differ
 * by less can't be told apart.
 */
export function sessionSpread(sessions: readonly (readonly number[])[]): number {
  const medians = sessions.filter(times => times.length > 0).map(times => median([...times]))
  return medians.length < 2 ? 0 : max(medians) / min(medians) - 1
}

export { median } from 'simple-statistics'
