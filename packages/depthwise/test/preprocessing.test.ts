import { GraphBuilder, type Model, type Normalization, type Preprocessing } from '@depthwise/core'
import { expect, test } from 'vitest'
import type { StatedPreprocessing } from '../src/checkpoint/origin.ts'
import { settlePreprocessing } from '../src/preprocessing.ts'

const plain = { filter: 'bilinear', antialias: false } as const
const antialiased = { filter: 'bilinear', antialias: true } as const
const bicubic = { filter: 'bicubic', antialias: true } as const

/** A network that does nothing to its input. */
function model(dtype: 'float32' | 'uint8', normalization?: Normalization): Model {
  const b = new GraphBuilder()
  const graph = b.build([b.affine(b.input([1, 4, 4, 3], { dtype }), { scale: [1, 1, 1], offset: [0, 0, 0] })])
  return { graph, params: new Map(), metadata: normalization ? { preprocessing: { normalization } } : {} }
}

const settle = (given?: Partial<Preprocessing>, stated: StatedPreprocessing = {}) =>
  settlePreprocessing(model('float32'), given, stated)

test('where nothing is stated, the whole image is squeezed to [-1, 1], as a guess', () => {
  const { preprocessing, by } = settle()
  expect(preprocessing).toEqual({ crop: 'squeeze', resampling: antialiased, normalization: 'signed' })
  expect(by).toEqual({ crop: 'guess', resampling: 'guess', normalization: 'guess' })
})

test('each part comes from the first that states it', () => {
  const { preprocessing, by } = settle(
    { normalization: 'unit' },
    {
      file: { normalization: 'raw', crop: 'torch' },
      'known file': { normalization: 'imagenet', crop: 'slim', resampling: plain },
    },
  )
  expect(preprocessing).toEqual({ crop: 'torch', resampling: antialiased, normalization: 'unit' })
  expect(by).toEqual({ crop: 'file', resampling: 'file', normalization: 'options' })
})

test("a crop is resampled as its own pipeline does, unless the crop's source states otherwise", () => {
  const resampling = (given: Partial<Preprocessing>, stated?: StatedPreprocessing) =>
    settle(given, stated).preprocessing.resampling
  expect(resampling({ crop: 'slim' })).toEqual(plain)
  expect(resampling({ crop: 'torch' })).toEqual(antialiased)
  expect(resampling({ crop: { kind: 'centre', fraction: 0.9 } })).toEqual(antialiased)
  expect(resampling({ crop: 'torch', resampling: bicubic })).toEqual(bicubic)
  expect(resampling({ crop: 'slim' }, { file: { crop: 'torch', resampling: bicubic } })).toEqual(plain)
  expect(resampling({}, { download: { resampling: bicubic } })).toEqual(bicubic)
})

test('a graph that takes bytes normalises them itself, but not the order that its file states', () => {
  const of = (stated?: Normalization) => settlePreprocessing(model('uint8', stated)).preprocessing.normalization
  expect(of()).toBe('raw')
  expect(of('signed')).toBe('raw')
  expect(of({ mean: 1, std: 2, order: 'bgr' })).toEqual({ mean: 0, std: 1, order: 'bgr' })
  expect(settlePreprocessing(model('uint8')).by.normalization).toBe('graph')
})
