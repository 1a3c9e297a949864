import { GraphBuilder, type Model } from '@depthwise/core'
import { describeShared, sharedBytes } from '@depthwise/testing/shared-folder'
import { describe, expect, it, vi } from 'vitest'
import { createClassifier, knownCheckpoints, withKnownMetadata } from '../src/index.ts'
import { readTFLite, reference } from './neighbours.ts'
import { readPhoto } from './pixels-golden.ts'

describe('files that nobody knows', () => {
  const b = new GraphBuilder()
  const model: Model = { graph: b.build([b.input([1, 2])]), params: new Map(), metadata: { name: 'mine' } }

  it('leave a model as it is, also where nothing can be hashed', async () => {
    expect(await withKnownMetadata(model, Uint8Array.of(1, 2, 3))).toBe(model)
    vi.stubGlobal('crypto', undefined)
    try {
      expect(await withKnownMetadata(model, Uint8Array.of(1, 2, 3))).toBe(model)
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it('the table is of SHA-256 sums', () => {
    for (const sum of Object.keys(knownCheckpoints)) expect(sum).toMatch(/^[0-9a-f]{64}$/)
  })
})

describeShared('files that are known', () => {
  const open = async (file: string): Promise<Model> => {
    const bytes = sharedBytes(`checkpoints/${file}`)
    return withKnownMetadata(await readTFLite(bytes), bytes)
  }

  // The net takes the bird for a person, in Google's own runtime too; the other photos it gets right.
  it.each([
    ['grace_hopper', 'person'],
    ['cat', 'no person'],
    ['parrot', 'no person'],
    ['dragonfly', 'no person'],
  ])('Visual Wake Words, which says nothing of its pixels or classes, sees in %s: %s', async (photo, label) => {
    const model = await open('visual_wake_words/vww_96_float.tflite')
    await using classifier = await createClassifier(model, { backends: [reference()] })
    expect([classifier.preprocessing.normalization, classifier.assumed]).toEqual(['unit', []])
    expect((await classifier.classify(await readPhoto(photo)))[0]?.label).toBe(label)
  })

  it('what a file says of itself goes before', async () => {
    const bytes = sharedBytes('checkpoints/mobilenet_v1_0.25_224_1_default_1.tflite')
    const said: Model = { ...(await readTFLite(bytes)), metadata: { name: 'mine', preprocessing: { crop: 'torch' } } }
    expect((await withKnownMetadata(said, bytes)).metadata).toMatchObject({
      name: 'mine',
      licence: 'Apache-2.0',
      preprocessing: { crop: 'torch', normalization: 'signed' },
    })
  })

  it('every file of the table is the one meant', async () => {
    const files = [
      'mobilenet_v1_1.0_224_quant_embedding_extractor.tflite',
      'mobilenet_quant_v1_224_head_layers.tflite',
      'mobilenet_v1_0.25_224_1_default_1.tflite',
      'mobilenet_v1_0.25_224_quant.tflite',
      'mobilenet_v1_0.25_128_quant.tflite',
      'mobilenet_v2_1.0_224_float/manifest.json',
      'mobilenet_v2_1.0_224_quant.tflite',
      'tf2_mobilenet_v2_1.0_224_ptq.tflite',
      ...['vww_96.h5', 'vww_96_float.tflite', 'vww_96_int8.tflite'].map(file => `visual_wake_words/${file}`),
    ]
    const b = new GraphBuilder()
    const blank: Model = { graph: b.build([b.input([1, 2])]), params: new Map(), metadata: {} }
    const known = new Set<unknown>()
    for (const file of files)
      known.add((await withKnownMetadata(blank, sharedBytes(`checkpoints/${file}`))).metadata.name)
    expect(known.size).toBe(files.length - 2)
    expect(known).not.toContain(undefined)
    expect(Object.keys(knownCheckpoints)).toHaveLength(files.length)
  })
})
