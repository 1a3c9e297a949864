import { InvalidArgumentError } from 'commander'
import { describe, expect, test } from 'vitest'
import { collect, parseChoice, parseCount, parseCountOrAuto, parsePositive, parseResolution } from '../src/options.ts'

describe('parseCount', () => {
  test.each([
    ['1', 1],
    ['5', 5],
    ['1001', 1001],
  ])('%s', (text, value) => expect(parseCount(text)).toBe(value))
  test.each(['0', '-1', '1.5', 'NaN', '', ' 5', '5 ', '1e3', '0x10', 'Infinity', '9007199254740993'])(
    'not "%s"',
    text => expect(() => parseCount(text)).toThrow(InvalidArgumentError),
  )
})

describe('parsePositive', () => {
  test.each([
    ['1', 1],
    ['0.25', 0.25],
    ['.35', 0.35],
    ['1.', 1],
  ])('%s', (text, value) => expect(parsePositive(text)).toBe(value))
  test.each(['0', '0.0', '-1', 'NaN', '', 'Infinity', '1e999', '1,4', '.', `1${'0'.repeat(400)}`])('not "%s"', text =>
    expect(() => parsePositive(text)).toThrow(InvalidArgumentError),
  )
})

describe('parseResolution', () => {
  test.each([
    ['224', [224, 224]],
    ['160x224', [160, 224]],
  ])('%s', (text, value) => expect(parseResolution(text)).toEqual(value))
  test.each(['0', '0x224', '224x', 'x224', '224x160x3', '-1', 'NaN', '', '1000000', '2.5'])('not "%s"', text =>
    expect(() => parseResolution(text)).toThrow(InvalidArgumentError),
  )
})

test('collect gathers in the order given', () => {
  expect(collect('b', collect('a'))).toEqual(['a', 'b'])
})

describe('parseCountOrAuto', () => {
  test.each([
    ['auto', 'auto'],
    ['3', 3],
  ])('%s', (text, value) => expect(parseCountOrAuto(text)).toBe(value))
  test.each(['0', 'all', '', '-1'])('not "%s"', text =>
    expect(() => parseCountOrAuto(text)).toThrow('Expected an integer of at least 1, or auto.'),
  )
})

test('parseChoice names the nearest', () => {
  const parse = parseChoice(['reference', 'wasm', 'webgpu'])
  expect(parse('wasm')).toBe('wasm')
  expect(() => parse('wsam')).toThrow('Allowed choices are reference, wasm, webgpu. Did you mean wasm?')
  expect(() => parse('metal')).toThrow(/webgpu\.$/)
})
