import { readFileSync } from 'node:fs'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { describe, expect, it, vi } from 'vitest'
import { cost, operationConventions } from '../src/index.ts'
import { residualNet, separableNet, v1Rows, v2Rows } from './nets.ts'

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8')
const readme = read('../README.md')

describe('README.md', () => {
  const examples = ['./readme-example.ts', './readme-family.ts']
  const promises = (text: string) => [...text.matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map(([, comment]) => comment)

  it('shows the examples that are tested here, and no others', () => {
    expect([...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block)).toEqual(examples.map(read))
  })

  it.each(examples)('%s prints what its comments say', async file => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    await import(file)
    const printed = log.mock.calls.map(values => values.join(' '))
    log.mockRestore()
    expect(printed.length).toBeGreaterThan(1)
    expect(printed).toEqual(promises(read(file)))
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
