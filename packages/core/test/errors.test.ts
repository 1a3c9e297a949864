import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import * as errors from '../src/errors.ts'
import { show } from '../src/show.ts'

type ErrorClass = new (details: errors.ErrorDetails) => errors.DepthwiseError
const classes = Object.entries(errors) as readonly [string, ErrorClass][]

describe('errors', () => {
  it.each(classes)('%s says where, what was expected and what was found', (name, Class) => {
    const cause = new Error('deeper')
    const error = new Class({ where: 'byte 12', expected: 'a length', found: '-1', cause })
    expect(error).toBeInstanceOf(errors.DepthwiseError)
    expect(error).toMatchObject({ where: 'byte 12', expected: 'a length', found: '-1', cause, name })
    expect(`${error}`).toBe(`${name}: byte 12: expected a length, found -1`)
  })

  it('have no cause unless they are given one', () => {
    expect('cause' in new errors.ShapeError({ where: 'a', expected: 'b', found: 'c' })).toBe(false)
  })

  it('keep their names when a bundler renames the classes', async () => {
    const contents = "import { ShapeError } from './errors.ts'; export const made = new ShapeError({})"
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: fileURLToPath(new URL('../src', import.meta.url)) },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
    })
    const code = outputFiles[0]?.text ?? ''
    expect(code).not.toMatch(/class ShapeError/)
    const { made } = await import(`data:text/javascript,${encodeURIComponent(code)}`)
    expect(made.name).toBe('ShapeError')
  })
})

describe('show', () => {
  it.each<[unknown, string]>([
    [undefined, 'nothing'],
    [null, 'null'],
    [Number.NaN, 'NaN'],
    [-Infinity, '-Infinity'],
    [10n, '10'],
    [Symbol('x'), 'Symbol(x)'],
    ['a "word"', '"a \\"word\\""'],
    [[1, [2, 'x'], undefined], '[1,[2,"x"],nothing]'],
    [{ min: Number.NaN, max: [] }, '{"min":NaN,"max":[]}'],
    [() => 1, 'a function'],
  ])('%o reads %s', (value, text) => {
    expect(show(value)).toBe(text)
  })

  it('stays short, whatever it is given', () => {
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`)
    for (const value of [
      circle,
      deep,
      'x'.repeat(1e6),
      new Array(1e5).fill(7),
      Object.fromEntries(Array(500).entries()),
    ])
      expect(show(value).length).toBeLessThan(90)
  })
})
