import type { Normalization, Resampling } from '@depthwise/core'
import { listGolden, readGolden } from '@depthwise/testing/recordings'
import { describeShared } from '@depthwise/testing/shared-folder'
import { expect, it } from 'vitest'
import { preprocess, resize } from '../src/pixels/index.ts'
import { largestDifference, readPhoto } from './pixels-golden.ts'

// Pillow and this package agree to the bit. JPEG decoders may not, and two levels are what the recordings' notes
// allow them.
const allowance = (name: string): number => (name.endsWith('_jpg') || name === 'parrot' ? 2 : 0)
const photoOf = (name: string): string => name.replace('_jpg', '')

describeShared("Pillow's resize of the whole picture", () => {
  const files = [...listGolden('golden', '.npy')].filter(file => file.includes('.pillow_'))

  it('has recordings of both filters', () => {
    expect(files.some(file => file.includes('bilinear')) && files.some(file => file.includes('bicubic'))).toBe(true)
  })

  it.each(files)('%s', async file => {
    const [name = '', kind = ''] = file.split('.')
    const { shape, data } = readGolden(`golden/${file}`)
    const filter = kind.split('_')[1] as Resampling['filter']
    const pixels = resize(await readPhoto(photoOf(name)), [shape[0]!, shape[1]!], { filter, antialias: true })
    expect(largestDifference(pixels, data)).toBeLessThanOrEqual(allowance(name))
  })
})

describeShared('the evaluation pipelines of torchvision and TensorFlow slim', () => {
  const torch = { crop: 'torch', resampling: { filter: 'bilinear', antialias: true }, normalization: 'raw' } as const
  const slim = { crop: 'slim', resampling: { filter: 'bilinear', antialias: false }, normalization: 'raw' } as const

  it.each(listGolden('golden', '.torch_256_224.npy'))('%s', async file => {
    const [name = ''] = file.split('.')
    const pixels = preprocess(await readPhoto(photoOf(name)), torch, [224, 224])
    expect(largestDifference(pixels, readGolden(`golden/${file}`).data)).toBeLessThanOrEqual(allowance(name))
  })

  it.each(listGolden('golden', '.slim_central_224.npy'))('%s', async file => {
    const [name = ''] = file.split('.')
    const pixels = preprocess(await readPhoto(photoOf(name)), slim, [224, 224])
    const reals = readGolden(`golden/${file}`).data
    // Unrounded values of 0..255: float32 keeps about five decimals of them.
    expect(largestDifference(pixels, reals)).toBeLessThanOrEqual(allowance(name) || 1e-4)
  })
})

describeShared('inputs recorded from another runtime: the whole picture squeezed by antialiased bilinear', () => {
  const normalizations: Record<string, Normalization> = {
    f11: 'signed',
    f01: 'unit',
    u8: 'raw',
    ptq: 'raw',
    i8: { mean: 128, std: 1 },
  }
  const resampling: Resampling = { filter: 'bilinear', antialias: true }

  it.each(listGolden('golden/litert', '.input.npy'))('%s', async file => {
    const [name = '', , kind = ''] = file.split('.')
    const { shape, data } = readGolden(`golden/litert/${file}`)
    const normalization = normalizations[kind]!
    // The burger of these recordings is the image that was shrunk to 224 before.
    const image = await readPhoto(name === 'burger' ? 'burger-224' : name)
    const input = preprocess(image, { crop: 'squeeze', resampling, normalization }, [shape[1]!, shape[2]!])
    const level = normalization === 'signed' ? 2 / 255 : normalization === 'unit' ? 1 / 255 : 1
    expect(largestDifference(input, data)).toBeLessThanOrEqual(allowance(name) * level + 1e-7)
  })
})
