import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { didYouMean, editDistance, nearest } from '../src/nearest.ts'

describe('editDistance', () => {
  test.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', 'ABC', 0],
    ['abc', 'abd', 1],
    ['abc', 'ab', 1],
    ['abc', 'abcd', 1],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
    ['', 'four', 4],
    ['ca', 'abc', 3],
  ])('%s, %s: %i', (a, b, distance) => expect(editDistance(a, b)).toBe(distance))

  test('is symmetrical, at most the longer length, and at least the difference of lengths', () => {
    const text = fc.string({ maxLength: 12 })
    fc.assert(
      fc.property(text, text, (a, b) => {
        const distance = editDistance(a, b)
        expect(distance).toBe(editDistance(b, a))
        expect(editDistance(a, a)).toBe(0)
        const [from, to] = [a.toLowerCase().length, b.toLowerCase().length]
        expect(distance).toBeLessThanOrEqual(Math.max(from, to))
        expect(distance).toBeGreaterThanOrEqual(Math.abs(from - to))
      }),
    )
  })
})

describe('nearest', () => {
  const names = ['classify', 'embed', 'inspect', 'checkpoints', 'cost', '0', '1']
  test.each([
    ['clasify', 'classify'],
    ['clsasify', 'classify'],
    ['EMBED', 'embed'],
    ['inspct', 'inspect'],
    ['check', 'checkpoints'],
    ['cots', 'cost'],
  ])('%s: %s', (text, name) => expect(nearest(text, names)).toBe(name))
  test.each(['', 'x', '10', 'bogus', 'c', 'co', 'something else'])('none for "%s"', text =>
    expect(nearest(text, names)).toBeUndefined(),
  )
  test('none where a beginning is that of several', () =>
    expect(nearest('mobile', ['mobilenet_v1_a', 'mobilenet_v2_a'])).toBeUndefined())
})

test('didYouMean is a sentence, or empty', () => {
  expect(didYouMean('wsam', ['wasm'])).toBe(' Did you mean wasm?')
  expect(didYouMean('metal', ['wasm'])).toBe('')
})
