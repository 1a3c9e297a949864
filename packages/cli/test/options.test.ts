import { InvalidArgumentError } from 'commander'
import { describe, expect, test } from 'vitest'
import { count, positive, resolution, several } from '../src/options.ts'

describe('count', () => {
  test.each([
    ['1', 1],
    ['5', 5],
    ['1001', 1001],
  ])('%s', (text, value) => expect(count(text)).toBe(value))
  test.each(['0', '-1', '1.5', 'NaN', '', ' 5', '5 ', '1e3', '0x10', 'Infinity', '9007199254740993'])(
    'not "%s"',
    text => expect(() => count(text)).toThrow(InvalidArgumentError),
  )
})

describe('positive', () => {
  test.each([
    ['1', 1],
    ['0.25', 0.25],
    ['.35', 0.35],
    ['1.', 1],
  ])('%s', (text, value) => expect(positive(text)).toBe(value))
  test.each(['0', '0.0', '-1', 'NaN', '', 'Infinity', '1e999', '1,4', '.', `1${'0'.repeat(400)}`])('not "%s"', text =>
    expect(() => positive(text)).toThrow(InvalidArgumentError),
  )
})

describe('resolution', () => {
  test.each([
    ['224', [224, 224]],
    ['160x224', [160, 224]],
  ])('%s', (text, value) => expect(resolution(text)).toEqual(value))
  test.each(['0', '0x224', '224x', 'x224', '224x160x3', '-1', 'NaN', '', '1000000', '2.5'])('not "%s"', text =>
    expect(() => resolution(text)).toThrow(InvalidArgumentError),
  )
})

test('several gathers in the order given', () => {
  expect(several('b', several('a'))).toEqual(['a', 'b'])
})
