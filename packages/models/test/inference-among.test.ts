import { OptionError } from '@depthwise/core'
import { describe, expect, it } from 'vitest'
import { classesNamed, topAmong } from '../src/index.ts'
import { imagenetLabels1000 } from '../src/labels.ts'

describe('classesNamed', () => {
  const labels = ['0', '1', 'tench, Tinca tinca', 'crane', 'crane', '1, one']

  it('finds whole labels and single names of them, ascending, each once', () => {
    expect(classesNamed(['Tinca tinca', '0', 'tench'], labels)).toEqual([0, 2])
    expect(classesNamed(['tench, Tinca tinca'], labels)).toEqual([2])
  })

  it('takes a whole label before a part of one, and all classes of a name', () => {
    expect(classesNamed(['1'], labels)).toEqual([1])
    expect(classesNamed(['crane'], labels)).toEqual([3, 4])
    expect(classesNamed(['crane', 'Egyptian cat'], imagenetLabels1000)).toEqual([134, 285, 517])
  })

  it.each([
    [['2'], 'option among: expected labels out of 0, 1, tench, Tinca tinca, crane, crane, 1, one, found "2"'],
    [['0', ''], 'found ""'],
    [[], 'at least one label, found none'],
  ])('refuses %j', (names, message) => {
    expect(() => classesNamed(names, labels)).toThrow(OptionError)
    expect(() => classesNamed(names, labels)).toThrow(message)
  })

  it('does not list a thousand labels', () => {
    expect(() => classesNamed(['zero'], imagenetLabels1000)).toThrow('some of the 1000 labels, found "zero"')
  })
})

describe('topAmong', () => {
  const probabilities = Float32Array.of(0.5, 0.125, 0.25, 0.0625, 0.0625)

  it('scales the probabilities of some classes to a sum of one, best first', () => {
    expect(topAmong(probabilities, [1, 3, 4], 2, ['a', 'b', 'c', 'd', 'e'])).toEqual([
      { index: 1, label: 'b', probability: 0.5 },
      { index: 3, label: 'd', probability: 0.25 },
    ])
  })

  it('gives all there are where fewer than asked for, and names the nameless', () => {
    expect(topAmong(probabilities, [4], 5)).toEqual([{ index: 4, label: 'class 4', probability: 1 }])
  })

  it('leaves zeros zero', () => {
    expect(topAmong(Float32Array.of(1, 0, 0), [1, 2], 1)).toEqual([{ index: 1, label: 'class 1', probability: 0 }])
  })

  it('refuses a bad count', () => expect(() => topAmong(probabilities, [0], 0)).toThrow(OptionError))
})
