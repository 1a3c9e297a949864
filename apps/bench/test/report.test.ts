import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FormatError } from '@depthwise/core'
import type { TuningJSON } from '@depthwise/ops-webgpu/tune'
import { expect, test } from 'vitest'
import { growthOf } from '../src/report/growth.ts'
import { htmlReport } from '../src/report/html.ts'
import { layerClasses } from '../src/report/layer-classes.ts'
import { markdownReport, withGenerated } from '../src/report/markdown.ts'
import { put } from '../src/report/put.ts'
import { readReport } from '../src/report/read.ts'
import { terminalReport } from '../src/report/terminal.ts'
import { report, row } from './reports.ts'

const litert = row({ runtime: 'litert', medianMs: 16.5, minMs: 16, downloadBytes: 2_300_000 })
const small = row({ alpha: 0.5, minMs: 4, medianMs: 4.4 })
const whole = report([row(), litert, row({ threads: 2, minMs: 5, medianMs: 5.5 }), small])

test('the table sets a peer beside ours, medians with medians and minima with minima', () => {
  const line = terminalReport(whole)
    .split('\n')
    .find(text => text.startsWith('│ litert'))
  expect(line?.split('│').map(cell => cell.trim())).toEqual([
    '',
    'litert',
    '16.5',
    '16.0',
    '12.0',
    '1.50',
    '1.60',
    // 300 MMACs, twice, in 16 ms; of 60 GFLOP/s.
    '37.5',
    '63 %',
    '70',
    '80',
    '2.3 MB',
    '1.0e-6',
    '',
  ])
})

test('two threads are held against two ceilings, and rows that are not there say why', () => {
  const text = terminalReport(whole)
  expect(text).toMatch(/depthwise-wasm\s+│ 5\.50\s+│ 5\.00\s+│ 12\.0 │ 1\.00\s+│ 1\.00\s+│ 120\.0\s+│ 100 %/)
  expect(text).toMatch(/tfjs found no WebGPU adapter/)
  expect(text).toMatch(/quick: fewer sessions/)
})

test('layers add up by kind', () => {
  const [pointwise, depthwise] = layerClasses(whole.profiles[0] as never, 60)
  expect(pointwise).toMatchObject({ category: 'pointwise', layers: 2, ms: 3, share: 0.75, macs: 75e6, gflops: 50 })
  expect(pointwise?.ofCeiling).toBeCloseTo(50 / 60)
  expect(depthwise).toMatchObject({ category: 'depthwise', gflops: 20, gigabytes: 2 })
})

test('growth tells what a MAC costs, and how far from flat that is', () => {
  const [overAlpha] = growthOf(whole)
  expect(overAlpha).toMatchObject({ model: 'v2', axis: 'alpha' })
  expect(overAlpha?.points.map(({ row, nsPerKiloMac }) => [row.alpha, Math.round(nsPerKiloMac * 10) / 10])).toEqual([
    [0.5, 40],
    [1, 33.3],
  ])
  expect(overAlpha?.unevenness).toBeCloseTo(0.2)
})

test('what is written by hand around the generated part stays', () => {
  const first = withGenerated('# Performance\n\nWhat we expected.\n', 'one')
  expect(first).toMatch(/^# Performance\n\nWhat we expected\.\n\n<!-- generated [^\n]*\n\none\n\n<!-- end/)
  const second = withGenerated(`${first}\nWhat we learnt.\n`, 'two')
  expect(second).toBe(`${first.replace('\none\n', '\ntwo\n')}\nWhat we learnt.\n`)
  expect(withGenerated(second, 'two')).toBe(second)
})

test('Markdown has one heading a table and no cell that breaks it', () => {
  const text = markdownReport(whole)
  const tables = text.split('\n### ').slice(1)
  expect(tables.length).toBeGreaterThan(4)
  for (const table of tables) {
    const widths = table
      .split('\n')
      .filter(line => line.startsWith('|'))
      .map(line => line.split(' | ').length)
    expect(new Set(widths).size, table).toBe(1)
  }
})

test('the page holds its own data and pictures, and fetches nothing', () => {
  const html = htmlReport(whole)
  expect(html.match(/<svg/g)?.length).toBeGreaterThanOrEqual(5)
  expect(html).not.toMatch(/(src|href)="http/)
  expect(html).toContain('Test CPU &lt;1 &amp; 2&gt;')
  const data = /<script type="application\/json" id="report">(.*)<\/script>/.exec(html)?.[1] as string
  expect(readReport(data, 'page')).toEqual(whole)
})

test('a report that is not whole says so, and is read all the same', () => {
  const cut = { ...whole, unfinished: { done: 3, of: 12 } }
  expect(terminalReport(cut)).toMatch(/^Not whole: 3 of 12 groups were measured\./)
  expect(terminalReport(whole)).not.toContain('Not whole')
  expect(readReport(JSON.stringify(cut), 'a.json')).toEqual(cut)
})

test('a report is written whole, in a folder of its own if need be, and nothing is left beside it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'depthwise-put-'))
  try {
    const file = join(folder, 'reports', 'now.json')
    for (const text of ['a longer first', 'second']) {
      put(file, text)
      expect(readFileSync(file, 'utf8')).toBe(text)
    }
    expect(readdirSync(join(folder, 'reports'))).toEqual(['now.json'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('layers on a GPU are held to no ceiling of the processor', () => {
  const [profile] = whole.profiles
  const gpu = { ...whole, profiles: [{ ...profile, runtime: 'depthwise-webgpu' }] } as typeof whole
  const text = terminalReport(gpu)
  expect(text).toMatch(
    /depthwise-webgpu by kind of layer[\s\S]*│ pointwise │ 2 +│ 3\.00 │ 75 % +│ 75\.0 +│ 50\.0 +│ - /,
  )
  expect(text).not.toContain('every kind of layer')
  // Where there is no browser, it is Node that has the adapter.
  expect(terminalReport({ ...gpu, machine: { ...gpu.machine, adapter: 'Some GPU' } })).toContain(
    'Node 24.0.0 (WebGPU adapter: Some GPU).',
  )
  expect(terminalReport(whole)).toContain('every kind of layer')
})

test('tiles are told by candidate, with what was chosen and what was refused', () => {
  const tile = { pixels: 4, groups: 2, split: 1, workgroup: 64 }
  const other = { ...tile, workgroup: 128 }
  const tuning: TuningJSON = {
    format: 'depthwise-tuning',
    version: 1,
    adapter: 'Some GPU',
    precision: 'f32',
    tiles: { late: other },
    separable: false,
    trials: [
      { layer: 'late', tile, milliseconds: 1.5 },
      { layer: 'late', tile: other, milliseconds: 1.25 },
      { layer: 'separable', tile, milliseconds: 3, apart: 2 },
      { layer: 'separable', tile: other, milliseconds: null, refused: 'no memory' },
    ],
  }
  const tuned = { ...whole, tunings: [{ model: 'v2', alpha: 1, resolution: 224, tuning } as const] }
  const text = markdownReport(tuned)
  expect(text).toContain('### depthwise-webgpu by tile: MobileNet V2 1/224, Some GPU')
  expect(text).toMatch(/\| late +\| 4x2 +\| 1 +\| 64 +\| 1\.500 +\| +\| +\|/)
  expect(text).toMatch(/\| late +\| 4x2 +\| 1 +\| 128 +\| 1\.250 +\| +\| chosen +\|/)
  expect(text).toMatch(/\| separable +\| 4x2 +\| 1 +\| 64 +\| 3\.000 +\| 2\.000 +\| +\|/)
  expect(text).toMatch(/\| separable +\| 4x2 +\| 1 +\| 128 +\| - +\| +\| no memory +\|/)
  expect(readReport(JSON.stringify(tuned), 'a.json')).toEqual(tuned)
})

test('other JSON is not taken for a report', () => {
  expect(() => readReport('{}', 'a.json')).toThrow(FormatError)
  expect(() => readReport('nonsense', 'a.json')).toThrow(/a\.json: expected a report/)
  expect(() => readReport(JSON.stringify({ ...whole, rows: 1 }), 'a.json')).toThrow(/field rows/)
})
