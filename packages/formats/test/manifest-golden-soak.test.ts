import { describeShared, sharedBytes } from '@depthwise/testing/shared-folder'
import { expect, test } from 'vitest'
import { readNpy } from '../src/index.ts'
import { readManifestNetwork } from './manifest-network.ts'
import { run } from './tflite-run.ts'

const name = 'checkpoints/mobilenet_v2_1.0_224_float'
const shared = () => readManifestNetwork(async file => sharedBytes(`${name}/${file}`))
const floats = (path: string): Float32Array => readNpy(sharedBytes(path)).data as Float32Array

describeShared('V2 1.0 in float (all photos in the soak)', () => {
  const photos = ['bird', 'burger-224', 'cat', 'dragonfly', 'grace_hopper', 'parrot_jpg']
  test.each(process.env['DEPTHWISE_SOAK'] ? photos : photos.slice(0, 1))(
    '%s: the logits of an independent runtime, to 1e-4 of the largest',
    async photo => {
      const pixels = floats(`golden/${photo}.slim_central_224.npy`)
      const logits = await run(
        await shared(),
        Float32Array.from(pixels, value => value / 127.5 - 1),
      )
      const expected = floats(`golden/${photo}.v2_float_logits.npy`)
      const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
      const furthest = logits.reduce((max, value, i) => Math.max(max, Math.abs(value - (expected[i] as number))), 0)
      expect(logits).toHaveLength(expected.length)
      expect(furthest / largest).toBeLessThan(1e-4)
    },
  )

  test('the probabilities that others recorded, to 0.003: this classifier is rounded to 8 bits', async () => {
    const logits = await run(await shared(), floats(`${name}/webnn_input_0.npy`))
    const exponentials = Array.from(logits, value => Math.exp(value - Math.max(...logits)))
    const sum = exponentials.reduce((a, b) => a + b)
    const ours = exponentials.map(value => value / sum)
    const theirs = Array.from(floats(`${name}/webnn_output_0.npy`))
    const top3 = (values: readonly number[]) => [...values.keys()].sort((a, b) => values[b]! - values[a]!).slice(0, 3)
    expect(top3(ours)).toEqual(top3(theirs))
    expect(ours.reduce((max, value, i) => Math.max(max, Math.abs(value - theirs[i]!)), 0)).toBeLessThan(0.003)
  })
})
