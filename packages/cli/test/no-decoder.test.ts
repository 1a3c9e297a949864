import { depthwise } from '@depthwise/testing/command'
import { checkpoint, describeShared, photo } from '@depthwise/testing/shared-folder'
import { expect, it, vi } from 'vitest'

vi.mock('sharp', () => {
  throw new Error('not installed')
})

describeShared('without a decoder of images', () => {
  it('says once what to install, however many images there are', async () => {
    const photos = ['cat.png', 'bird.png', 'burger.jpg'].map(photo)
    const { code, stdout, stderr } = await depthwise(
      'classify',
      ...photos,
      '--jobs',
      '1',
      '--checkpoint',
      checkpoint('mobilenet_v1_0.25_128_quant.tflite'),
    )
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('npm i sharp')])
  })
})
