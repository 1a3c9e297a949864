import { GraphBuilder, type Normalization } from '@depthwise/core'
import { normalizationAffine } from '@depthwise/models'
import { expect, test } from 'vitest'
import { preprocessingOf, resolvePreprocessing } from '../src/preprocessing.ts'
import { crop, normalization } from '../src/preprocessing-options.ts'

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

test.each([
  ['slim', 'slim'],
  ['centre', { kind: 'centre', fraction: 1 }],
  ['centre:0.9', { kind: 'centre', fraction: 0.9 }],
  ['center:.875', { kind: 'centre', fraction: 0.875 }],
])('--crop %s', (text, expected) => {
  expect(crop(text)).toEqual(expected)
})

test.each([
  ['imagenet', 'imagenet'],
  ['mean=120,std=70', { mean: 120, std: 70 }],
  ['std=58:57:57,mean=124:117:104', { mean: [124, 117, 104], std: [58, 57, 57] }],
  ['mean=104:117:123,order=bgr', { mean: [104, 117, 123], std: 1, order: 'bgr' }],
  ['mean=-1e-2,std=-2', { mean: -0.01, std: -2 }],
  ['signed,order=bgr', { mean: 127.5, std: 127.5, order: 'bgr' }],
  ['imagenet,order=bgr', { mean: [103.53, 116.28, 123.675], std: [57.375, 57.12, 58.395], order: 'bgr' }],
  ['raw,order=rgb', { mean: 0, std: 1, order: 'rgb' }],
])('--normalize %s', (text, expected) => {
  expect(normalization(text)).toEqual(expected)
})

test.each(['signed', 'unit', 'imagenet', 'raw'] as const)('%s means the same by its name and by its figures', name => {
  const { scale, offset } = normalizationAffine(normalization(`${name},order=rgb`))
  const known = normalizationAffine(name)
  for (const c of [0, 1, 2]) {
    expect(scale[c]).toBeCloseTo(known.scale[c] as number, 8)
    expect(offset[c]).toBeCloseTo(known.offset[c] as number, 8)
  }
})

test('a graph that takes bytes normalises them itself, but not the order that its file states', () => {
  const b = new GraphBuilder()
  const graph = b.build([
    b.normalize(b.input([1, 4, 4, 3], { dtype: 'uint8' }), { scale: [1, 1, 1], offset: [0, 0, 0] }),
  ])
  const of = (stated?: Normalization) =>
    preprocessingOf(
      { graph, params: new Map(), metadata: stated ? { preprocessing: { normalization: stated } } : {} },
      {},
    ).preprocessing.normalization
  expect(of()).toBe('raw')
  expect(of('signed')).toBe('raw')
  expect(of({ mean: 1, std: 2, order: 'bgr' })).toEqual({ mean: 0, std: 1, order: 'bgr' })
})
