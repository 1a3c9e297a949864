import { DepthwiseError } from '@depthwise/core'
import { randomIntegers } from '@depthwise/testing/random-integers'
import { describeShared, sharedBytes } from '@depthwise/testing/shared-folder'
import { share } from '@depthwise/testing/soak'
import { expect, test } from 'vitest'
import { readTFLite } from '../src/index.ts'

describeShared('files with a tail whose bytes are changed', () => {
  const files = ['detection_postprocess_regular_u8', 'detection_postprocess_few', 'arg_max_u8_axis1_int64']

  test('are read, or refused by a typed error', async () => {
    const below = randomIntegers(29)
    const outcomes = { read: 0, refused: 0 }
    for (let i = 0; i < share(300, 20_000); i++) {
      const bytes = sharedBytes(`heads/ops/${files[below(files.length)]}.tflite`).slice()
      for (let changes = 1 + below(3); changes > 0; changes--) bytes[below(bytes.length)] = below(256)
      try {
        await readTFLite(bytes)
        outcomes.read += 1
      } catch (error) {
        expect(error).toBeInstanceOf(DepthwiseError)
        outcomes.refused += 1
      }
    }
    expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(20)
  })
})
