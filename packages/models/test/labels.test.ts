import { describeShared, sharedBytes } from '@depthwise/testing/shared-folder'
import { describe, expect, it } from 'vitest'
import { imagenetLabels1000, imagenetLabels1001 } from '../src/labels.ts'

describe('labels', () => {
  it('are as many as their names say, 1001 being the background and then the others', () => {
    expect(imagenetLabels1000).toHaveLength(1000)
    expect(imagenetLabels1001).toHaveLength(1001)
    expect(imagenetLabels1000[0]).toBe('tench, Tinca tinca')
    expect(imagenetLabels1001.slice(0, 2)).toEqual(['background', 'tench'])
    expect([imagenetLabels1000[933], imagenetLabels1001[934]]).toEqual(['cheeseburger', 'cheeseburger'])
  })
})

describeShared('labels and the files they are from', () => {
  it.each([
    ['labels1000.txt', imagenetLabels1000],
    ['labels1001.txt', imagenetLabels1001],
  ] as const)('%s', (file, labels) => {
    expect(labels.join('\n')).toBe(new TextDecoder().decode(sharedBytes(`checkpoints/${file}`)).trimEnd())
  })
})
