import { oursBeside, type Report, rowKey } from './report.ts'

/** One row that both reports have. */
export interface Change {
  readonly key: string
  /** Now over then, by medians and by minima; above 1 is slower. */
  readonly median: number
  readonly minimum: number
  /** How far sessions of one report lie apart, the wider of the two reports: what chance alone does. */
  readonly noise: number
  readonly verdict: 'slower' | 'faster' | 'same'
}

export interface Comparison {
  readonly changes: readonly Change[]
  /** How far each runtime's ratio to ours moved, up or down, as a factor of at least 1. */
  readonly ratioMoves: ReadonlyMap<string, number>
  /** Rows that only one of the reports has. */
  readonly gone: readonly string[]
  readonly added: readonly string[]
}

/** No change below this is called one, however quiet the machine was. */
const minNoise = 0.05

/** Two runs in a row on a quiet machine agree on every ratio within this factor. */
const repeatable = 1.15

/**
 * Sets a report beside an older one. A row is slower when median and minimum both are, by more than the sessions of either
 * report lie apart: a slow minute moves the medians, a lucky run moves a minimum, a regression moves both.
 */
export function compareReports(now: Report, then: Report): Comparison {
  const before = new Map(then.rows.map(row => [rowKey(row), row]))
  const spreads = [now, then].map(report => new Map(report.details.map(detail => [rowKey(detail), detail])))
  const changes = now.rows.flatMap((row): readonly Change[] => {
    const key = rowKey(row)
    const old = before.get(key)
    if (!old) return []
    const noise = Math.max(minNoise, ...spreads.map(details => details.get(key)?.spread ?? 0))
    const [median, minimum] = [row.medianMs / old.medianMs, row.minMs / old.minMs]
    return [{ key, median, minimum, noise, verdict: verdictOf(median, minimum, noise) }]
  })
  const keys = new Set(now.rows.map(rowKey))
  return {
    changes,
    ratioMoves: movesOf(ratios(now), ratios(then)),
    gone: [...before.keys()].filter(key => !keys.has(key)),
    added: now.rows.map(rowKey).filter(key => !before.has(key)),
  }
}

function verdictOf(median: number, minimum: number, noise: number): Change['verdict'] {
  if (Math.min(median, minimum) > 1 + noise) return 'slower'
  if (Math.max(median, minimum) < 1 / (1 + noise)) return 'faster'
  return 'same'
}

function movesOf(now: ReadonlyMap<string, number>, then: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map(
    [...now].flatMap(([key, ratio]): readonly (readonly [string, number])[] => {
      const before = then.get(key)
      return before === undefined ? [] : [[key, Math.max(ratio / before, before / ratio)]]
    }),
  )
}

/** How much longer than ours each runtime takes, by row: what two runs on one machine must agree on. */
export function ratios(report: Pick<Report, 'rows'>): ReadonlyMap<string, number> {
  const rows = new Map(report.rows.map(row => [rowKey(row), row]))
  return new Map(
    report.rows.flatMap((row): readonly (readonly [string, number])[] => {
      const own = rows.get(rowKey({ ...row, runtime: oursBeside(row.runtime) }))
      return own && own !== row ? [[rowKey(row), row.medianMs / own.medianMs]] : []
    }),
  )
}

/** What a person reads: slower rows first, each with its figures. */
export function comparisonText({ changes, ratioMoves, gone, added }: Comparison): string {
  const said = (verdict: Change['verdict']): readonly string[] =>
    changes
      .filter(change => change.verdict === verdict)
      .map(({ key, median, minimum, noise }) => {
        const percent = (ratio: number): string => `${ratio >= 1 ? '+' : ''}${((ratio - 1) * 100).toFixed(1)} %`
        return `${verdict}: ${key}: median ${percent(median)}, minimum ${percent(minimum)} (noise ${(noise * 100).toFixed(1)} %)`
      })
  const moved = [...ratioMoves].filter(([, factor]) => factor > repeatable)
  const same = changes.filter(({ verdict }) => verdict === 'same').length
  return [
    ...said('slower'),
    ...said('faster'),
    `${same} row(s) the same within noise`,
    `${ratioMoves.size - moved.length} of ${ratioMoves.size} ratio(s) to ours within ${Math.round(100 * (repeatable - 1))} %`,
    ...moved.map(([key, factor]) => `moved: ${key}: its ratio to ours by ${((factor - 1) * 100).toFixed(0)} %`),
    ...gone.map(key => `gone: ${key}`),
    ...added.map(key => `new: ${key}`),
  ].join('\n')
}
