import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { agreement } from '../src/measured.ts'
import type { Row } from '../src/sweep-tables.ts'
import { figures, folder, measured } from './figures.ts'

const chapter = readFileSync(new URL('../cost.md', folder), 'utf8')

describe('the figures of docs/cost.md', () => {
  test.each(Object.keys(figures))('%s is what the tools draw, and the chapter shows it', async file => {
    expect(await figures[file]?.()).toBe(readFileSync(new URL(file, folder), 'utf8'))
    expect(chapter).toContain(`(figures/${file})`)
  })

  test('are all made here', () => {
    const files = readdirSync(folder).filter(file => file.endsWith('.svg'))
    expect(files.toSorted()).toEqual(Object.keys(figures).toSorted())
  })

  test('what was measured keeps the promise, and the chapter tells how well', () => {
    const rows = measured.networks.map(network => ({ ...network, milliseconds: network.predicted }) as unknown as Row)
    expect(rows).toHaveLength(38)
    const [, median, worst, correlation] =
      /median error ([\d.]+) %, worst ([\d.]+) %, rank correlation ([\d.]+)$/.exec(agreement(rows)) ?? []
    expect(Number(median)).toBeLessThanOrEqual(15)
    expect(Number(worst)).toBeLessThanOrEqual(30)
    expect(Number(correlation)).toBeGreaterThanOrEqual(0.98)
    expect(chapter).toContain(`median error ${median} %, worst ${worst} %, rank correlation ${correlation}`)
  })
})
