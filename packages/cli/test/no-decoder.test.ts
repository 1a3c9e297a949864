import { checkpoint, describeShared, photo } from '@depthwise/testing/shared-folder'
import { afterAll, expect, it, vi } from 'vitest'

afterAll(() => {
  vi.doUnmock('sharp')
  vi.resetModules()
})

describeShared('without a decoder of images', () => {
  it('says once what to install, however many images there are', async () => {
    vi.resetModules()
    vi.doMock('sharp', () => {
      throw new Error('not installed')
    })
    const { depthwise } = await import('@depthwise/testing/command')
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
