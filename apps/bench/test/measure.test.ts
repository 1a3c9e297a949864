import { describe, expect, test } from 'vitest'
import { compareAnswers } from '../src/measure/agreement.ts'
import { efforts, runsOfTurn, turnsOf } from '../src/measure/effort.ts'
import { type Group, type Measurement, measureGroup } from '../src/measure/group.ts'
import { sessionSpread, summarize } from '../src/measure/statistics.ts'
import { detailOf, rowOf, stoppedRowOf } from '../src/report/rows.ts'
import type { Host, Remote } from '../src/run/protocol.ts'

describe('statistics', () => {
  test('minimum, median and p90 of all sessions together', () => {
    const times = Array.from({ length: 101 }, (_, i) => 10 + i)
    expect(summarize(times.toReversed())).toEqual({ minMs: 10, medianMs: 60, p90Ms: 100 })
    expect(() => summarize([])).toThrow(/without a single/)
  })

  test('the spread is between the medians of the sessions', () => {
    expect(sessionSpread([[9, 10, 11], [11], [12, 12.5, 13]])).toBeCloseTo(0.25)
    expect(sessionSpread([[10]])).toBe(0)
  })
})

describe('agreement', () => {
  const expected = Float32Array.of(-4, 2, 10)

  test('floats may differ by 1e-3 of the largest logit', () => {
    expect(compareAnswers([-4, 2.009, 10], expected, 'float32').objection).toBeNull()
    expect(compareAnswers([-4, 2.011, 10], expected, 'float32').objection).toMatch(/off by 0\.011/)
    expect(compareAnswers([-4, 2.009, 10], expected, 'float32').maxAbsDiff).toBeCloseTo(0.009)
  })

  test('NaN and a wrong count never agree', () => {
    expect(compareAnswers([Number.NaN, 2, 10], expected, 'float32').objection).not.toBeNull()
    expect(compareAnswers([-4, 2, Number.NaN], expected, 'float32').objection).not.toBeNull()
    expect(compareAnswers([-4, 2], expected, 'float32').objection).toMatch(/2 outputs instead of 3/)
  })

  test('integers are told, not stopped', () => {
    expect(compareAnswers([-4, 12, 10], expected, 'int8')).toMatchObject({
      maxAbsDiff: 10,
      sameTop: false,
      objection: null,
    })
  })
})

describe('effort', () => {
  test('turns hold a few fast runs, one slow one, and slow runtimes get fewer turns', () => {
    expect(runsOfTurn(efforts.full, 20)).toBe(4)
    expect(runsOfTurn(efforts.full, 0.1)).toBe(10)
    expect(runsOfTurn(efforts.full, 4000)).toBe(1)
    expect(turnsOf(efforts.full, 20)).toBe(efforts.full.turns)
    expect(turnsOf(efforts.full, 4000)).toBe(2)
  })

  test('a full run has the three sessions that a claim needs', () => {
    expect(efforts.full.sessions).toBeGreaterThanOrEqual(3)
  })
})

/** A place whose runtimes answer at once, and note what they were asked. */
function pretend(
  log: string[],
  behave: (runtime: string) => Partial<{ threads: number; output: number[] }> = () => ({}),
) {
  let opened = 0
  const host: Host = {
    async open() {
      let name = ''
      const answer = async (request: { kind: string; runtime?: string }) => {
        if (request.kind === 'open') {
          name = request.runtime as string
          opened += 1
          const stages = [{ name: 'first run', milliseconds: 5 }]
          const { threads = 1, output = [1, 2] } = behave(name)
          return { threads, coldMs: 100 + opened, stages, spans: [], output }
        }
        if (request.kind === 'warm') return { runs: 5, lastMs: 20 }
        if (request.kind === 'memory') return { peakMB: 64 }
        log.push(name)
        return { times: [10, 20] }
      }
      const mark = (what: string) => () => void log.push(`${what} ${name}`)
      return { ask: answer, pause: mark('pause'), resume: mark('resume'), close: async () => mark('close')() } as Remote
    },
    async [Symbol.asyncDispose]() {},
  }
  return host
}

const group: Group = {
  prepared: {
    subject: { model: 'v2', alpha: 1, resolution: 224, precision: 'float32' },
    key: 'v2-1-224-float32',
    expected: Float32Array.of(1, 2),
    network: { graph: { nodes: [], inputs: [], outputs: [] }, params: new Map() },
  },
  where: 'node',
  threads: 1,
  runtimes: ['depthwise-wasm', 'ort-web', 'litert'],
}
const effort = { ...efforts.full, sessions: 2, turns: 3 }

describe('a group', () => {
  test('takes turns, everyone else held still, and the order moves on', async () => {
    const log: string[] = []
    await measureGroup(group, pretend(log), { ...effort, sessions: 1 })
    const turns = log.filter(entry => !entry.includes(' '))
    const [a, b, c] = group.runtimes
    expect(turns).toEqual([a, b, c, b, c, a, c, a, b])
    const start = log.indexOf(`resume ${a}`)
    expect(log.slice(start, start + 6)).toEqual([`resume ${a}`, a, `pause ${a}`, `resume ${b}`, b, `pause ${b}`])
    expect(log.filter(entry => entry.startsWith('close'))).toHaveLength(3)
  })

  test('becomes rows with exactly the fields that scripts rely on', async () => {
    const [outcome] = await measureGroup(group, pretend([]), effort)
    const row = rowOf(outcome as Measurement, 33_000)
    expect(row).toEqual({
      runtime: 'depthwise-wasm',
      model: 'v2',
      alpha: 1,
      resolution: 224,
      precision: 'float32',
      threads: 1,
      where: 'node',
      minMs: 10,
      medianMs: 15,
      p90Ms: 20,
      coldMs: 102.5,
      rssMB: 64,
      downloadBytes: 33_000,
      maxAbsDiff: 0,
    })
    expect(detailOf(outcome as Measurement)).toMatchObject({ sessionMs: [15, 15], spread: 0, runs: 12, sameTop: true })
  })

  test('stops a runtime that disagrees or has other threads than it was asked for; the others go on', async () => {
    const host = pretend([], runtime => {
      if (runtime === 'ort-web') return { output: [1, 2.1] }
      return runtime === 'litert' ? { threads: 4 } : {}
    })
    const [ours, ort, litert] = await measureGroup(group, host, effort)
    expect(ours).toHaveProperty('sessions')
    expect(stoppedRowOf(ort as never)).toMatchObject({ runtime: 'ort-web', threads: 1, where: 'node' })
    expect(ort).toMatchObject({ reason: expect.stringMatching(/disagrees with the reference: off by 0\.1/) })
    expect(litert).toMatchObject({ reason: 'took 4 thread(s) where 1 were asked for' })
  })
})
