import { readFileSync } from 'node:fs'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { describe, expect, it, vi } from 'vitest'
import { cost, operationConventions } from '../src/index.ts'
import { residualNet, separableNet, v1Rows, v2Rows } from './nets.ts'

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8')
const readme = read('../README.md')

describe('README.md', () => {
  it('shows the example that is tested here', () => {
    const [, block] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
    expect(block).toBe(read('./readme-example.ts'))
  })

  it('an example that prints what its comments say', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    await import('./readme-example.ts')
    const printed = log.mock.calls.map(values => values.join(' '))
    log.mockRestore()
    const promised = [...readme.matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map(([, comment]) => comment)
    expect(promised.length).toBeGreaterThan(2)
    expect(printed).toEqual(promised)
  })

  it('lists every convention, with its numbers, which builders and nets written by hand agree on', () => {
    const [v1, v2] = [cost(mobileNetV1({ preset: 'torch' })).total, cost(mobileNetV2({ preset: 'torch' })).total]
    const byHand = [cost(separableNet(v1Rows)).total, cost(residualNet(v2Rows)).total]
    const numbers = ({ paramsBy, operationsBy }: typeof v1) => ({ paramsBy, operationsBy })
    expect([v1, v2].map(numbers)).toEqual(byHand.map(numbers))
    const number = (value: number | undefined): string => (value ?? NaN).toLocaleString('en')
    const rows = [...readme.matchAll(/^\| `(\w+)` *\|.*\| *([\d,]+) \| *([\d,]+) \|$/gm)]
    const names = [...Object.keys(v1.paramsBy), ...Object.keys(operationConventions)]
    expect(rows.map(([, name]) => name).sort()).toEqual(names.sort())
    for (const [, name = '', first, second] of rows) {
      const counts = ({ paramsBy, operationsBy }: typeof v1): Readonly<Record<string, number>> => ({
        ...paramsBy,
        ...operationsBy,
      })
      expect([name, first, second]).toEqual([name, number(counts(v1)[name]), number(counts(v2)[name])])
    }
  })
})
