import { checkpoint, describeShared } from '@depthwise/testing/shared-folder'
import { expect, test } from 'vitest'
import { best, v2 } from './classified.ts'

describeShared('what real networks see on real photos', () => {
  const all = { 'bird.png': 'chickadee', 'dragonfly.png': 'dragonfly', 'parrot.jpg': 'macaw' }
  const burgers = { 'burger.jpg': 'cheeseburger', 'burger-224.png': 'cheeseburger' }

  test.each(['mobilenet_v2_1.0_224_float', 'mobilenet_v2_1.0_224_quant.tflite', 'tf2_mobilenet_v2_1.0_224_ptq.tflite'])(
    '%s',
    async name => {
      const expected = { ...all, ...burgers }
      const photos = [...Object.keys(expected), 'cat.png', 'grace_hopper.png']
      const {
        'cat.png': cat,
        'grace_hopper.png': hopper,
        ...rest
      } = await best(photos, '--checkpoint', checkpoint(name))
      expect(rest).toEqual(expected)
      expect(cat).toMatch(/^(Egyptian cat|tabby)$/)
      expect(hopper).toMatch(/^(military uniform|mortarboard)$/)
    },
  )

  test.each([
    [
      'extractor and head',
      ['mobilenet_v1_1.0_224_quant_embedding_extractor.tflite', 'mobilenet_quant_v1_224_head_layers.tflite'],
    ],
    ['V1 0.25 float', ['mobilenet_v1_0.25_224_1_default_1.tflite']],
    ['V1 0.25 uint8', ['mobilenet_v1_0.25_224_quant.tflite']],
    ['V1 0.25/128 uint8', ['mobilenet_v1_0.25_128_quant.tflite']],
  ])('%s', async (_, names) => {
    const photos = ['burger.jpg', 'cat.png', 'bird.png', 'parrot.jpg']
    const { 'cat.png': cat, ...rest } = await best(photos, ...names.flatMap(name => ['--checkpoint', checkpoint(name)]))
    expect(rest).toEqual({ 'burger.jpg': 'cheeseburger', 'bird.png': 'chickadee', 'parrot.jpg': 'macaw' })
    expect(cat).toMatch(/^(Egyptian cat|tabby|tiger cat)$/)
  })

  test('Hopper wears a uniform on the whole picture, and a mortarboard in its middle', async () => {
    const seen = async (crop: string) =>
      (await best(['grace_hopper.png'], '--checkpoint', v2, '--crop', crop))['grace_hopper.png']
    expect(await seen('squeeze')).toBe('military uniform')
    expect(await seen('torch')).toBe('mortarboard')
  })

  test('a person is on a photo or not, by networks with labels of their own', async () => {
    for (const name of ['vww_96_float', 'vww_96_int8']) {
      const net = checkpoint(`visual_wake_words/${name}.tflite`)
      expect(await best(['grace_hopper.png', 'cat.png'], '--checkpoint', net)).toEqual({
        'grace_hopper.png': 'person',
        'cat.png': 'no person',
      })
    }
  })
})
