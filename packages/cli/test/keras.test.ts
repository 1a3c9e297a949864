import { readFileSync } from 'node:fs'
import { depthwise, jsonLines } from '@depthwise/testing/command'
import { checkpoint, describeShared, photo, shared } from '@depthwise/testing/shared-folder'
import { expect, test } from 'vitest'
import type { Line } from './classified.ts'

describeShared('networks of Keras', () => {
  const classify = async (...args: string[]): Promise<Line> => {
    const { code, stdout, stderr } = await depthwise('classify', photo('cat.png'), '--json', ...args)
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    return jsonLines<Line>(stdout)[0] as Line
  }

  test('.h5 says what its TFLite twin says', async () => {
    const normalize = ['--normalize', 'unit']
    const h5 = await classify('--checkpoint', checkpoint('visual_wake_words/vww_96.h5'), ...normalize)
    const twin = await classify('--checkpoint', checkpoint('visual_wake_words/vww_96_float.tflite'), ...normalize)
    expect(h5.predictions.map(({ index }) => index)).toEqual(twin.predictions.map(({ index }) => index))
    for (const [i, { probability }] of h5.predictions.entries()) {
      expect(probability).toBeCloseTo(twin.predictions[i]?.probability as number, 5)
    }
  })

  test("Teachable Machine's folder sees what its own library sees: the centre square", async () => {
    const known: Readonly<Record<string, readonly number[]>> = JSON.parse(
      readFileSync(`${shared}cases/teachable.expected`, 'utf8'),
    )
    const photos = Object.keys(known).map(photo)
    const args = ['classify', ...photos, '--checkpoint', checkpoint('teachable_machine'), '--json']
    const { code, stdout, stderr } = await depthwise(...args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const odds = (probability = 0): number => Math.log(probability / (1 - probability))
    for (const [at, [first]] of Object.values(known).entries()) {
      const found = jsonLines<Line>(stdout)[at]?.predictions.find(({ index }) => index === 0)?.probability
      // Hosts resample differently; the whole image squeezed is up to 2.1 away.
      expect(Math.abs(odds(found) - odds(first))).toBeLessThan(0.9)
    }
  })

  test.each(['teachable_machine', 'teachable_machine/model.json'])('%s, with its labels', async path => {
    const { predictions } = await classify('--checkpoint', checkpoint(path))
    expect(predictions.map(({ label }) => label).sort()).toEqual(['Class 1', 'Class 2'])
    expect(predictions.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5)
  })
})
