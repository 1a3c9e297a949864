import { chainNetworks, type Model } from '@depthwise/core'
import { describeShared, sharedBytes } from '@depthwise/testing/shared-folder'
import { expect, it } from 'vitest'
import { createClassifier, createEmbedder } from '../src/index.ts'
import { imagenetLabels1001 } from '../src/labels.ts'
import { readTFLite, reference } from './neighbours.ts'
import { readPhoto } from './pixels-golden.ts'

const backends = [reference()]
const load = (file: string): Promise<Model> => readTFLite(sharedBytes(`checkpoints/${file}`))

describeShared('photos through imported networks', () => {
  it.each([
    ['bird', 'chickadee'],
    ['burger', 'cheeseburger'],
    ['cat', 'Egyptian cat'],
    ['parrot', 'macaw'],
  ])('V1 0.25 float sees in %s: %s', async (photo, label) => {
    const model = await load('mobilenet_v1_0.25_224_1_default_1.tflite')
    await using classifier = await createClassifier(model, { backends, labels: imagenetLabels1001 })
    // The file says nothing of images.
    expect(classifier.assumed).toEqual(['crop', 'resampling', 'normalization'])
    expect((await classifier.classify(await readPhoto(photo)))[0]?.label).toBe(label)
  })

  it('V1 0.25 of integers knows its labels and its normalization', async () => {
    await using classifier = await createClassifier(await load('mobilenet_v1_0.25_128_quant.tflite'), { backends })
    expect(classifier.assumed).toEqual(['crop', 'resampling'])
    expect(await classifier.classify(await readPhoto('burger'), { top: 1 })).toMatchObject([{ label: 'cheeseburger' }])
  })

  it('embeddings are the pooled features, and one photo in two sizes is one point, nearly', async () => {
    await using embedder = await createEmbedder(await load('mobilenet_v1_0.25_224_1_default_1.tflite'), { backends })
    expect([embedder.dimensions, embedder.session.graph.nodes.at(-1)?.name]).toEqual([
      256,
      'MobilenetV1/Logits/AvgPool_1a/AvgPool',
    ])
    const points: Float32Array[] = []
    for (const photo of ['burger', 'burger-224', 'cat']) points.push(await embedder.embed(await readPhoto(photo)))
    const [large, small, cat] = points as [Float32Array, Float32Array, Float32Array]
    const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
    expect(cosine(large, small)).toBeGreaterThan(0.9)
    expect(cosine(large, cat)).toBeLessThan(0.7)
  })

  it('an extractor is kept, a head of two dense classes is cut', async () => {
    await using vww = await createEmbedder(await load('visual_wake_words/vww_96_float.tflite'), { backends })
    expect([vww.dimensions, vww.session.graph.nodes.at(-1)?.name]).toEqual([256, 'model/flatten/Reshape'])
    const extractor = await load('mobilenet_v1_1.0_224_quant_embedding_extractor.tflite')
    await using whole = await createEmbedder(extractor, { backends })
    expect([whole.dimensions, whole.session.graph.nodes.length]).toEqual([1024, extractor.graph.nodes.length + 1])
    // Its bytes, as the reals they stand for.
    expect(whole.session.graph.nodes.at(-1)?.op.kind).toBe('dequantize')
  })

  it('an extractor and its head, chained, are one classifier and one embedder', async () => {
    const [first, second] = [
      await load('mobilenet_v1_1.0_224_quant_embedding_extractor.tflite'),
      await load('mobilenet_quant_v1_224_head_layers.tflite'),
    ]
    const model: Model = { ...first, ...chainNetworks(first, second) }
    await using classifier = await createClassifier(model, { backends, labels: imagenetLabels1001 })
    const photo = await readPhoto('parrot')
    expect((await classifier.classify(photo, { top: 1 }))[0]?.label).toBe('macaw')
    await using whole = await createEmbedder(model, { backends })
    await using bare = await createEmbedder(first, { backends })
    expect(await whole.embed(photo)).toEqual(await bare.embed(photo))
  })
})
