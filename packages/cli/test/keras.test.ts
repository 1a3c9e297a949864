import { expect, test } from 'vitest'
import type { Line } from './classified.ts'
import { depthwise, jsonLines } from './command.ts'
import { checkpoint, describeShared, photo } from './shared.ts'

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

  test.each(['teachable_machine', 'teachable_machine/model.json'])('%s, with its labels', async path => {
    const { predictions } = await classify('--checkpoint', checkpoint(path))
    expect(predictions.map(({ label }) => label).sort()).toEqual(['Class 1', 'Class 2'])
    expect(predictions.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5)
  })
})
