import type { Quantization } from '@depthwise/core'
import { isPerTensor } from '@depthwise/core/backend'
import type { Runtime, Where } from '../peers/peer.ts'
import type { Host, Opened, Remote } from '../run/protocol.ts'
import type { Prepared } from '../subject/prepared.ts'
import { compareAnswers } from './agreement.ts'
import { type Effort, runsOfTurn, turnsOf } from './effort.ts'

/** Runtimes that are measured beside each other: the same network, place and number of threads. */
export interface Group {
  readonly prepared: Prepared
  readonly where: Where
  readonly threads: number
  readonly runtimes: readonly Runtime[]
}

/** What one runtime of a group did, session by session. */
export interface Measurement {
  readonly runtime: Runtime
  readonly group: Group
  readonly threads: number
  readonly sessions: readonly (readonly number[])[]
  readonly starts: readonly Opened[]
  /** Peak resident memory of each session, where the place can tell. */
  readonly peakMB: readonly number[]
  readonly maxAbsDiff: number
  readonly sameTop: boolean
}

/** A row that isn't there, and why. */
export interface Stopped {
  readonly runtime: Runtime
  readonly group: Group
  readonly reason: string
}

export type Outcome = Measurement | Stopped

/** One runtime within a session, with the time of its last warm run. */
interface Player {
  readonly track: Track
  readonly remote: Remote
  readonly times: number[]
  readonly lastMs: number
}

interface Track {
  readonly runtime: Runtime
  readonly sessions: (readonly number[])[]
  readonly starts: Opened[]
  readonly peakMB: number[]
  maxAbsDiff: number
  sameTop: boolean
  stopped: string | null
}

/**
 * Measures a group: in each session every runtime is opened in a process or page of its own and its first answer checked;
 * then they take turns, A B C A B C, one beginning after the other has been held still. The order moves on by one each
 * turn, so that nobody always follows the same neighbour.
 */
export async function measureGroup(group: Group, host: Host, effort: Effort): Promise<readonly Outcome[]> {
  const tracks = group.runtimes.map(
    (runtime): Track => ({
      runtime,
      sessions: [],
      starts: [],
      peakMB: [],
      maxAbsDiff: 0,
      sameTop: true,
      stopped: null,
    }),
  )
  for (let session = 0; session < effort.sessions; session += 1) await playSession(group, host, effort, tracks)
  return tracks.map(track => outcomeOf(track, group))
}

function outcomeOf({ stopped, ...track }: Track, group: Group): Outcome {
  const { runtime } = track
  if (stopped !== null) return { runtime, group, reason: stopped }
  return { ...track, group, threads: track.starts[0]?.threads ?? group.threads }
}

async function playSession(group: Group, host: Host, effort: Effort, tracks: readonly Track[]): Promise<void> {
  const players: Player[] = []
  try {
    for (const track of tracks) {
      if (track.stopped !== null) continue
      const player = await enter(group, host, effort, track)
      if (player) players.push(player)
    }
    for (let turn = 0; turn < effort.turns; turn += 1) {
      for (const player of rotated(players, turn)) await takeTurn(player, turn, effort)
    }
    for (const { track, remote, times } of players) {
      if (track.stopped !== null) continue
      remote.resume()
      const { peakMB } = await remote.ask({ kind: 'memory' })
      if (peakMB !== null) track.peakMB.push(peakMB)
      track.sessions.push(times)
    }
  } finally {
    await Promise.all(players.map(({ remote }) => remote.close()))
  }
}

/** Opens a runtime, checks its answer and warms it up; leaves it held still. */
async function enter(group: Group, host: Host, effort: Effort, track: Track): Promise<Player | null> {
  const { prepared, threads } = group
  const remote = await host.open()
  try {
    const opened = await remote.ask({ kind: 'open', runtime: track.runtime, key: prepared.key, threads })
    if (opened.threads !== threads) throw new Error(`took ${opened.threads} thread(s) where ${threads} were asked for`)
    const { precision } = prepared.subject
    const answer = inReals(opened.output, prepared.quantization)
    const agreement = compareAnswers(answer, prepared.expected, precision)
    track.maxAbsDiff = Math.max(track.maxAbsDiff, agreement.maxAbsDiff)
    track.sameTop &&= agreement.sameTop
    if (agreement.objection) throw new Error(`disagrees with the reference: ${agreement.objection}`)
    track.starts.push(opened)
    const { lastMs } = await remote.ask(warming(effort, opened))
    remote.pause()
    return { track, remote, times: [], lastMs }
  } catch (error) {
    track.stopped = firstLine(error)
    await remote.close()
    return null
  }
}

/** Runtimes give the bytes of a quantised output as they are stored. */
function inReals(output: readonly number[], quantization: Quantization | undefined): readonly number[] {
  if (!quantization || !isPerTensor(quantization)) return output
  return output.map(stored => (stored - quantization.zeroPoint) * quantization.scale)
}

/** A runtime whose whole start took very long is not kept busy warming up. */
function warming({ warmMilliseconds, warmRuns, slowMilliseconds }: Effort, { stages }: Opened) {
  const firstRun = stages.at(-1)?.milliseconds ?? 0
  const atLeast = firstRun > 4 * slowMilliseconds ? 1 : warmRuns
  return { kind: 'warm', milliseconds: warmMilliseconds, atLeast } as const
}

async function takeTurn(player: Player, turn: number, effort: Effort): Promise<void> {
  const { track, remote, times, lastMs } = player
  if (track.stopped !== null || turn >= turnsOf(effort, lastMs)) return
  remote.resume()
  try {
    times.push(...(await remote.ask({ kind: 'turn', runs: runsOfTurn(effort, lastMs) })).times)
  } catch (error) {
    track.stopped = firstLine(error)
  }
  remote.pause()
}

function rotated<T>(list: readonly T[], by: number): readonly T[] {
  const at = list.length === 0 ? 0 : by % list.length
  return [...list.slice(at), ...list.slice(0, at)]
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] as string
}
