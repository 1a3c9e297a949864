import { normalizationAffine } from '@depthwise/models'
import { expect, test } from 'vitest'
import { parseCrop, parseNormalization } from '../src/preprocessing-options.ts'

test.each([
  ['slim', 'slim'],
  ['centre', { kind: 'centre', fraction: 1 }],
  ['centre:0.9', { kind: 'centre', fraction: 0.9 }],
  ['center:.875', { kind: 'centre', fraction: 0.875 }],
])('--crop %s', (text, expected) => {
  expect(parseCrop(text)).toEqual(expected)
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
  expect(parseNormalization(text)).toEqual(expected)
})

test.each(['signed', 'unit', 'imagenet', 'raw'] as const)('%s means the same by its name and by its figures', name => {
  const { scale, offset } = normalizationAffine(parseNormalization(`${name},order=rgb`))
  const known = normalizationAffine(name)
  for (const c of [0, 1, 2]) {
    expect(scale[c]).toBeCloseTo(known.scale[c] as number, 8)
    expect(offset[c]).toBeCloseTo(known.offset[c] as number, 8)
  }
})
