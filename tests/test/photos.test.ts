import { readFile } from 'node:fs/promises'
import { type Backend, chainNetworks, type Model } from '@depthwise/core'
import { readManifest, readTFLite } from '@depthwise/formats'
import { createClassifier, createEmbedder, type PixelImage } from '@depthwise/models'
import { imagenetLabels1001 } from '@depthwise/models/labels'
import { manifestGraph } from '@depthwise/models/weights'
import { reference, wasm } from '@depthwise/ops-cpu'
import { describeShared, shared } from '@depthwise/testing/shared-folder'
import sharp from 'sharp'
import { expect, it } from 'vitest'

// What a program sees that joins the packages by their public names: files in, classes out, no command line between.

const soak = Boolean(process.env['DEPTHWISE_SOAK'])
const checkpoint = (name: string): Promise<Uint8Array> => readFile(`${shared}checkpoints/${name}`)

async function photo(name: string): Promise<PixelImage> {
  const image = sharp(`${shared}photos/${name}`).removeAlpha().toColourspace('srgb').raw()
  const { data, info } = await image.toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, channels: 3, data }
}

const models: Readonly<Record<string, () => Promise<Model>>> = {
  'V2 1.0 float, a manifest folder': () =>
    readManifest(file => checkpoint(`mobilenet_v2_1.0_224_float/${file}`), manifestGraph),
  'V2 1.0 quantised': async () => readTFLite(await checkpoint('mobilenet_v2_1.0_224_quant.tflite')),
  'V1 1.0, extractor and head chained': async () => {
    const first = await readTFLite(await checkpoint('mobilenet_v1_1.0_224_quant_embedding_extractor.tflite'))
    const second = await readTFLite(await checkpoint('mobilenet_quant_v1_224_head_layers.tflite'))
    return { ...chainNetworks(first, second), metadata: first.metadata }
  },
}

const classes = {
  'bird.png': /^chickadee$/,
  'cat.png': /^(Egyptian cat|tabby)$/,
  'parrot.jpg': /^macaw$/,
  'burger.jpg': /^cheeseburger$/,
  'burger-224.png': /^cheeseburger$/,
  'dragonfly.png': /^dragonfly$/,
}

const v1Knows = ['bird.png', 'cat.png', 'parrot.jpg', 'burger.jpg']

async function expectClasses(model: Model, backend: Backend, photos: readonly string[]): Promise<void> {
  await using classifier = await createClassifier(model, { backends: [backend], labels: imagenetLabels1001 })
  expect(classifier.session.backend).toBe(backend.name)
  for (const name of photos) {
    const [best] = await classifier.classify(await photo(name))
    expect(best?.label, name).toMatch(classes[name as keyof typeof classes])
  }
}

describeShared('photos through the packages alone', () => {
  it.each(Object.keys(models))('%s, on the wasm backend', async name => {
    const model = await models[name]!()
    await expectClasses(model, wasm(), name.startsWith('V1') ? v1Knows : Object.keys(classes))
  })

  it.each(Object.keys(models))('%s, on the reference backend', async name => {
    const model = await models[name]!()
    const photos = name.startsWith('V1') ? v1Knows : Object.keys(classes)
    await expectClasses(model, reference(), soak ? photos : photos.slice(0, 1))
  })

  it('embeddings of one thing lie closer than embeddings of two', async () => {
    const model = await models['V2 1.0 float, a manifest folder']!()
    await using embedder = await createEmbedder(model, { backends: [wasm(), reference()] })
    const embed = async (name: string) => embedder.embed(await photo(name))
    const [burger, same, bird] = [await embed('burger.jpg'), await embed('burger-224.png'), await embed('bird.png')]
    const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
    expect(cosine(burger, burger)).toBeCloseTo(1, 5)
    expect(cosine(burger, same)).toBeGreaterThan(0.8)
    expect(cosine(burger, bird)).toBeLessThan(0.6)
  })

  it('a session moves between backends under way, and answers alike', async () => {
    const model = await models['V2 1.0 quantised']!()
    const backends = [wasm(), reference()]
    await using classifier = await createClassifier(model, { backends, labels: imagenetLabels1001 })
    const image = await photo('burger-224.png')
    const first = classifier.classify(image)
    await classifier.session.use('reference')
    const second = await classifier.classify(image)
    expect(classifier.session.backend).toBe('reference')
    expect((await first).map(({ label }) => label)).toEqual(second.map(({ label }) => label))
    expect((await first)[0]?.probability).toBeCloseTo(second[0]?.probability as number, 4)
  })
})
