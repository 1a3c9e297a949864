import { load } from 'depthwise'
import { expect, it, vi } from 'vitest'
import { depthwise } from '../../packages/cli/test/command.ts'
import { checkpoint, describeShared, photo } from '../shared/data.ts'

// The same file and image give the same answer wherever they are asked for: here in the library and on the command line.

const checkpoints = [
  'mobilenet_v1_0.25_128_quant.tflite',
  'mobilenet_v1_0.25_224_1_default_1.tflite',
  'mobilenet_v1_0.25_224_quant.tflite',
  'mobilenet_v2_1.0_224_float',
  'mobilenet_v2_1.0_224_quant.tflite',
  'tf2_mobilenet_v2_1.0_224_ptq.tflite',
  'teachable_machine',
  'torchvision_random/mobilenet_v2_0.35_96_10classes.safetensors',
  'visual_wake_words/vww_96.h5',
  'visual_wake_words/vww_96_int8.tflite',
]
const photos = ['bird.png', 'burger.jpg', 'cat.png', 'dragonfly.png', 'grace_hopper.png', 'parrot.jpg'].map(photo)

describeShared('library and command line', () => {
  it.each(checkpoints)('agree on every class of %s', async name => {
    // Both say what they guess; here it is the answers that count.
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const net = await load(checkpoint(name))
    const { code, stdout } = await depthwise(
      'classify',
      ...photos,
      '--checkpoint',
      checkpoint(name),
      '--json',
      '--top',
      '2000',
    )
    expect(code).toBe(0)
    const answers = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(answers.map(({ image }) => image)).toEqual(photos)
    for (const [i, path] of photos.entries()) {
      const expected = await net.probabilities(path)
      const found = new Float32Array(expected.length)
      for (const { index, probability } of answers[i].predictions) found[index] = probability
      expect(answers[i].predictions).toHaveLength(expected.length)
      const worst = expected.reduce(
        (most, value, index) => Math.max(most, Math.abs(value - (found[index] as number))),
        0,
      )
      expect(worst).toBeLessThanOrEqual(1e-6)
      // Where classes have no names the command line gives their index.
      const [best] = await net.classify(path)
      const label = net.info.labels.length > 0 ? best.label : `${best.index}`
      expect(answers[i].predictions[0]).toMatchObject({ index: best.index, label })
    }
    await net.close()
    warn.mockRestore()
  })
})
