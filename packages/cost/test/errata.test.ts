import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { errata, tables } from './errata.ts'

const folder = new URL('./', import.meta.url)
const tests = readdirSync(folder).filter(file => file.endsWith('.test.ts'))
const source = tests.map(file => readFileSync(new URL(file, folder), 'utf8')).join('\n')

describe('the list of errata', () => {
  it('is all in use: some test holds each table against arithmetic', () => {
    const unused = tables.filter(table => !source.includes(`expectTable('${table}',`))
    expect(unused).toEqual([])
  })

  it('names each figure once, with a reason', () => {
    const names = errata.map(({ table, figure }) => `${table}: ${figure}`)
    expect(new Set(names).size).toBe(names.length)
    expect(errata.filter(({ reason }) => reason.length < 5)).toEqual([])
  })
})
