import { expect, test } from 'vitest'
import { checkClaims } from '../src/report/claims.ts'
import { report, row } from './reports.ts'

const found = (rows: Parameters<typeof report>[0], part: string) =>
  checkClaims(report(rows)).find(({ claim }) => claim.includes(part))

test('a speed-up must hold by medians and by minima', () => {
  const against = (medianMs: number, minMs: number) =>
    found([row(), row({ runtime: 'litert', medianMs, minMs })], 'V2: as fast as litert')
  // Ours takes 11 ms by the median and 10 at best; 1.5 times is asked for.
  expect(against(17, 15.5)).toMatchObject({ found: '1.55 by medians, 1.55 by minima', holds: true })
  expect(against(17, 14)?.holds).toBe(false)
  expect(against(16, 16)?.holds).toBe(false)
})

test('the share of the ceiling goes by the minimum', () => {
  // 300 MMACs, two operations each, of 60 GFLOP/s.
  expect(found([row({ minMs: 11.4 })], 'over all of V2')).toMatchObject({ found: '88 % (11.4 ms)', holds: true })
  expect(found([row({ minMs: 11.6 })], 'over all of V2')?.holds).toBe(false)
})

test('without relaxed SIMD the fastest peer is the measure', () => {
  const plain = row({ runtime: 'depthwise-wasm-norelaxed', medianMs: 14, minMs: 13 })
  const peers = [
    row({ runtime: 'ort-web', medianMs: 30, minMs: 29 }),
    row({ runtime: 'litert', medianMs: 13.5, minMs: 13 }),
  ]
  expect(found([plain, ...peers], 'without relaxed')).toMatchObject({
    claim: expect.stringContaining('litert'),
    holds: false,
  })
})

test('threads, growth, cold start and size', () => {
  const rows = [row(), row({ threads: 2, medianMs: 6, minMs: 5.5 }), row({ alpha: 0.5, minMs: 3.4 })]
  expect(found(rows, 'two threads')).toMatchObject({ found: '1.83 by medians, 1.82 by minima', holds: true })
  expect(found(rows, 'over alpha')).toMatchObject({ found: '2 %', holds: true })
  expect(found(rows, 'from import')).toMatchObject({ found: '70 ms', holds: true })
  expect(found([row({ coldMs: 81 })], 'from import')?.holds).toBe(false)
  expect(found([row({ downloadBytes: 36_000 })], 'download')?.holds).toBe(false)
})

test('kinds of layers under half of the ceiling are named with what they move', () => {
  expect(found([row()], 'every kind')).toMatchObject({
    found: 'depthwise 33 % (1.00 ms, moves 2.0 GB/s)',
    holds: false,
  })
})

test('what was not measured is not claimed', () => {
  expect(checkClaims({ ...report([row({ where: 'chromium' })]), profiles: [] })).toEqual([])
})
