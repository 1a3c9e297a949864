import { expect, test } from 'vitest'
import { compareReports, comparisonText, ratios } from '../src/report/compare.ts'
import { report, row } from './reports.ts'

test('a row is slower when median and minimum both grew beyond the noise of the sessions', () => {
  const then = report([row()])
  const verdict = (changes: Parameters<typeof row>[0], spread = 0.02) =>
    compareReports(report([row(changes)], spread), then).changes[0]?.verdict
  expect(verdict({ minMs: 11, medianMs: 12.1 })).toBe('slower')
  expect(verdict({ minMs: 10, medianMs: 15 })).toBe('same')
  expect(verdict({ minMs: 15, medianMs: 11 })).toBe('same')
  expect(verdict({ minMs: 10.4, medianMs: 11.4 })).toBe('same')
  expect(verdict({ minMs: 11, medianMs: 12.1 }, 0.2)).toBe('same')
  expect(verdict({ minMs: 8, medianMs: 9 })).toBe('faster')
})

test('the noise is the wider of both reports', () => {
  const [change] = compareReports(report([row()], 0.01), report([row()], 0.3)).changes
  expect(change?.noise).toBe(0.3)
})

test('regressions are named, with rows that came or went', () => {
  const then = report([row(), row({ runtime: 'litert' })])
  const now = report([row({ minMs: 20, medianMs: 22 }), row({ runtime: 'ort-web' })])
  const text = comparisonText(compareReports(now, then))
  expect(text).toMatch(/^slower: depthwise-wasm v2 1 224 float32 1 node: median \+100\.0 %/)
  expect(text).toMatch(/gone: litert v2/)
  expect(text).toMatch(/new: ort-web v2/)
})

test('ratios are told by medians within one group', () => {
  const rows = [row(), row({ runtime: 'litert', medianMs: 16.5 }), row({ runtime: 'litert', threads: 2, medianMs: 9 })]
  expect([...ratios(report(rows))]).toEqual([['litert v2 1 224 float32 1 node', 1.5]])
})

test('on the GPU ours on the GPU is the measure', () => {
  const rows = [row(), row({ runtime: 'depthwise-webgpu', medianMs: 4 }), row({ runtime: 'tfjs-webgpu', medianMs: 6 })]
  expect([...ratios(report(rows)).values()]).toEqual([1.5])
})

test('a ratio that moved by more than 15 % is named, in either direction', () => {
  const rows = (medianMs: number) => report([row(), row({ runtime: 'litert', medianMs })])
  const text = (now: number, then: number) => comparisonText(compareReports(rows(now), rows(then)))
  expect(text(16.5, 15)).toMatch(/1 of 1 ratio\(s\) to ours within 15 %/)
  expect(text(20, 16.5)).toMatch(/moved: litert .* by 21 %/)
  expect(text(16.5, 20)).toMatch(/moved: litert .* by 21 %/)
})
