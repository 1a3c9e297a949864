import { expect, test } from 'vitest'
import { resolvePreprocessing } from '../src/preprocessing.ts'

const plain = { filter: 'bilinear', antialias: false } as const
const antialiased = { filter: 'bilinear', antialias: true } as const

test('nobody says anything: the whole picture, [-1, 1], and it is said', () => {
  const { preprocessing, assumed } = resolvePreprocessing([undefined, {}])
  expect(preprocessing).toEqual({ crop: 'squeeze', resampling: antialiased, normalization: 'signed' })
  expect(assumed.join()).toContain('--crop')
  expect(assumed.join()).toContain('--normalize')
})

test('each part comes from the first who states it', () => {
  const { preprocessing, assumed } = resolvePreprocessing([
    { normalization: 'unit' },
    { normalization: 'raw', crop: 'torch' },
    { normalization: 'imagenet', crop: 'slim', resampling: plain },
  ])
  expect(preprocessing).toEqual({ crop: 'torch', resampling: antialiased, normalization: 'unit' })
  expect(assumed).toEqual([])
})

test('only what was assumed is told', () => {
  const { assumed } = resolvePreprocessing([{ normalization: 'signed' }])
  expect(assumed).toHaveLength(1)
  expect(assumed[0]).toContain('--crop')
})

test("a crop is resampled as its own pipeline does, unless the crop's source says otherwise", () => {
  const bicubic = { filter: 'bicubic', antialias: true } as const
  const resampling = (sources: Parameters<typeof resolvePreprocessing>[0]) =>
    resolvePreprocessing(sources).preprocessing.resampling
  expect(resampling([{ crop: 'slim' }])).toEqual(plain)
  expect(resampling([{ crop: 'torch' }])).toEqual(antialiased)
  expect(resampling([{ crop: 'torch', resampling: bicubic }])).toEqual(bicubic)
  expect(resampling([{ crop: 'slim' }, { crop: 'torch', resampling: bicubic }])).toEqual(plain)
  expect(resampling([{}, { resampling: bicubic }])).toEqual(bicubic)
})
