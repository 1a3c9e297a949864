import type { Group, Measurement, Stopped } from '../measure/group.ts'
import { median, sessionSpread, summarize } from '../measure/statistics.ts'
import type { Runtime } from '../peers/peer.ts'
import type { Detail, Row, RowKey, StoppedRow } from './report.ts'

function keyOf(runtime: Runtime, { prepared, threads, where }: Group): RowKey {
  const { model, alpha, resolution, precision } = prepared.subject
  return { runtime, model, alpha, resolution, precision, threads, where }
}

/** The row of a measurement, with exactly the fields that scripts rely on. */
export function rowOf(measurement: Measurement, downloadBytes: number | null): Row {
  const { runtime, group, sessions, starts, peakMB, maxAbsDiff } = measurement
  return {
    ...keyOf(runtime, group),
    ...summarize(sessions.flat()),
    coldMs: median(starts.map(start => start.coldMs)),
    rssMB: peakMB.length === 0 ? null : median([...peakMB]),
    downloadBytes,
    maxAbsDiff,
  }
}

export function detailOf({ runtime, group, sessions, starts, sameTop }: Measurement): Detail {
  const byTime = starts.toSorted((a, b) => a.coldMs - b.coldMs)
  const middle = byTime[Math.floor((byTime.length - 1) / 2)]
  return {
    ...keyOf(runtime, group),
    sessionMs: sessions.filter(times => times.length > 0).map(times => median([...times])),
    spread: sessionSpread(sessions),
    runs: sessions.flat().length,
    coldMs: starts.map(start => start.coldMs),
    stages: middle?.stages ?? [],
    spans: middle?.spans ?? [],
    sameTop,
  }
}

export function stoppedRowOf({ runtime, group, reason }: Stopped): StoppedRow {
  return { ...keyOf(runtime, group), reason }
}
