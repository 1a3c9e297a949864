import {
  createSession,
  DisposedError,
  type Graph,
  GraphBuilder,
  type Metadata,
  type Model,
  OptionError,
  ShapeError,
  tensor,
  WeightsError,
} from '@depthwise/core'
import { randomParams, randomReals } from '@depthwise/testing/random-params'
import { describe, expect, it } from 'vitest'
import {
  createClassifier,
  createEmbedder,
  mobileNetV1,
  mobileNetV2,
  type PixelImage,
  preprocess,
  presets,
  settlePreprocessing,
} from '../src/index.ts'
import { reference } from './neighbours.ts'

const backends = [reference()]
const tiny = { alpha: 0.25, inputShape: [40, 72, 3], classes: 6 } as const

function modelOf(graph: Graph, metadata: Metadata = {}): Model {
  return { graph, params: randomParams(graph), metadata }
}

/** Noise: something for networks with random weights to disagree on. */
function noise(width: number, height: number, channels: 3 | 4 = 3): PixelImage {
  const real = randomReals(width * height)
  return { width, height, channels, data: Uint8Array.from({ length: width * height * channels }, () => 256 * real()) }
}
const picture = noise(60, 50)

describe('classifier', () => {
  it('answers with the probabilities that the graph gives for the prepared picture', async () => {
    const model = modelOf(mobileNetV2(tiny))
    await using classifier = await createClassifier(model, { backends })
    const probabilities = await classifier.probabilities(picture)
    const { preprocessing } = presets.keras
    const input = tensor([1, 40, 72, 3], preprocess(picture, preprocessing, [40, 72]))
    await using session = await createSession(model.graph, model.params, { backends })
    const { predictions_softmax: expected } = await session.run({ input })
    expect(probabilities).toEqual(expected?.data)
    const predictions = await classifier.classify(picture)
    expect(predictions).toHaveLength(5)
    const best = probabilities.indexOf(Math.max(...probabilities))
    expect(predictions[0]).toEqual({ index: best, label: `class ${best}`, probability: probabilities[best] })
    expect(classifier.session.backend).toBe('reference')
  })

  it('adds the softmax that a graph of logits lacks', async () => {
    const whole = modelOf(mobileNetV1(tiny))
    const logits: Model = { ...whole, graph: mobileNetV1({ ...tiny, classifierActivation: null }) }
    await using a = await createClassifier(whole, { backends })
    await using b = await createClassifier(logits, { backends })
    expect(await b.probabilities(picture)).toEqual(await a.probabilities(picture))
  })

  it('takes labels from the caller, else from the file, and counts them', async () => {
    const own = ['a', 'b', 'c', 'd', 'e', 'f']
    const model = modelOf(mobileNetV1(tiny), { labels: own })
    await using bare = await createClassifier(model, { backends, top: 6 })
    expect((await bare.classify(picture)).map(({ label }) => label).sort()).toEqual(own)
    await using named = await createClassifier(model, { backends, labels: own.map(label => label.toUpperCase()) })
    expect((await named.classify(picture, { top: 1 }))[0]?.label).toMatch(/^[A-F]$/)
    await expect(createClassifier(model, { backends, labels: ['a'] })).rejects.toThrow(
      'option labels: expected 6, one a class, found 1',
    )
    await using other = await createClassifier({ ...model, metadata: { labels: ['a'] } }, { backends })
    expect(other.labels).toEqual([])
  })

  it('prepares pictures as caller and file say, and tells what it had to guess', async () => {
    const model = modelOf(mobileNetV1(tiny), { preprocessing: { normalization: 'unit' } })
    await using one = await createClassifier(model, { backends })
    expect(one.preprocessing).toEqual({ ...presets.keras.preprocessing, normalization: 'unit' })
    expect(one.assumed).toEqual(['crop', 'resampling'])
    const preprocessing = presets.torch.preprocessing
    await using two = await createClassifier(model, { backends, preprocessing })
    expect([two.preprocessing, two.assumed]).toEqual([preprocessing, []])
    expect(await two.probabilities(picture)).not.toEqual(await one.probabilities(picture))
    expect(settlePreprocessing({ crop: 'slim' }, model.metadata).preprocessing).toEqual({
      ...presets.keras.preprocessing,
      crop: 'slim',
      normalization: 'unit',
    })
  })

  it('answers overlapping calls in order, each for its own picture', async () => {
    await using classifier = await createClassifier(modelOf(mobileNetV2(tiny)), { backends })
    const pictures = [noise(30, 30), noise(31, 40, 4), noise(50, 20)]
    const together = await Promise.all(pictures.map(image => classifier.probabilities(image)))
    for (const [i, image] of pictures.entries()) expect(await classifier.probabilities(image)).toEqual(together[i])
    expect(together[0]).not.toEqual(together[1])
  })

  it('refuses what cannot be answered', async () => {
    const model = modelOf(mobileNetV1(tiny))
    const make = (change: object, graph = model.graph) => createClassifier({ ...model, graph }, { backends, ...change })
    await expect(make({ top: 0 })).rejects.toThrow(OptionError)
    await expect(make({ preprocessing: { normalization: 'mean' } })).rejects.toThrow(OptionError)
    await expect(make({ preprocessing: { crop: 'face' } })).rejects.toThrow(OptionError)
    await expect(make({ preprocessing: { resampling: { filter: 'lanczos', antialias: true } } })).rejects.toThrow(
      OptionError,
    )
    await expect(make({}, mobileNetV1({ ...tiny, includeTop: false }))).rejects.toThrow(ShapeError)
    await expect(make({}, mobileNetV1({ ...tiny, alpha: 0.5 }))).rejects.toThrow(WeightsError)
    await expect(make({ signal: AbortSignal.abort() })).rejects.toThrow('aborted')
    const classifier = await make({})
    await expect(classifier.classify({ ...picture, width: 61 })).rejects.toThrow(ShapeError)
    await expect(classifier.classify(picture, { top: Number.NaN })).rejects.toThrow(OptionError)
    await expect(classifier.classify(picture, { signal: AbortSignal.abort() })).rejects.toThrow('aborted')
    await classifier.dispose()
    await classifier.dispose()
    await expect(classifier.classify(picture)).rejects.toThrow(DisposedError)
  })
})

describe('inputs', () => {
  it('of bytes are fed as they are, and normalised by the graph', async () => {
    const tail = (b: GraphBuilder, x: ReturnType<GraphBuilder['input']>) =>
      b.build([b.dense(b.flatten(x), { name: 'fc', units: 4 })])
    const b = new GraphBuilder()
    const bytes = b.input([1, 5, 7, 3], { name: 'bytes', dtype: 'uint8' })
    const scale = [1 / 127.5, 1 / 127.5, 1 / 127.5]
    const own = modelOf(tail(b, b.affine(bytes, { scale, offset: [-1, -1, -1] })), {
      preprocessing: { normalization: 'unit' },
    })
    const c = new GraphBuilder()
    const reals: Model = { ...own, graph: tail(c, c.input([1, 5, 7, 3])), metadata: {} }
    const resampling = { filter: 'bicubic', antialias: true } as const
    await using first = await createClassifier(own, { backends, preprocessing: { resampling } })
    await using second = await createClassifier(reals, { backends, preprocessing: { resampling } })
    expect([first.preprocessing.normalization, first.assumed]).toEqual(['raw', ['crop']])
    const [found, expected] = [await first.probabilities(picture), await second.probabilities(picture)]
    for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5)
    // Without antialias pixels are reals, which bytes round.
    const rough = { filter: 'bicubic', antialias: false } as const
    await using third = await createClassifier(own, { backends, preprocessing: { resampling: rough } })
    expect((await third.probabilities(picture)).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
    await expect(createClassifier(own, { backends, preprocessing: { normalization: 'signed' } })).rejects.toThrow(
      'option preprocessing.normalization: expected raw',
    )
  })

  it('of bytes are fed in the order that the graph takes, where its file states one', async () => {
    const b = new GraphBuilder()
    const bytes = b.input([1, 1, 1, 3], { dtype: 'uint8' })
    const graph = b.build([b.flatten(b.affine(bytes, { scale: [1, 1, 1], offset: [0, 0, 0] }))])
    const blueFirst = { mean: 128, std: 1, order: 'bgr' } as const
    const colour: PixelImage = { width: 1, height: 1, channels: 3, data: Uint8Array.of(3, 0, 4) }
    const points = [
      [{ normalization: blueFirst }, {}, [0.8, 0, 0.6]],
      [{ normalization: blueFirst }, { normalization: 'raw' }, [0.6, 0, 0.8]],
      [{}, { normalization: { mean: [0], std: [1, 1, 1], order: 'bgr' } }, [0.8, 0, 0.6]],
    ] as const
    for (const [stated, preprocessing, expected] of points) {
      await using embedder = await createEmbedder(modelOf(graph, { preprocessing: stated }), {
        backends,
        preprocessing,
      })
      const point = await embedder.embed(colour)
      for (const [i, value] of expected.entries()) expect(point[i]).toBeCloseTo(value, 6)
    }
    const preprocessing = { normalization: blueFirst }
    await expect(createEmbedder(modelOf(graph), { backends, preprocessing })).rejects.toThrow('expected raw')
  })

  it('of one channel get grey levels', async () => {
    const b = new GraphBuilder()
    const model = modelOf(b.build([b.flatten(b.input([1, 1, 2, 1]))]))
    const colours: PixelImage = { width: 2, height: 1, channels: 3, data: Uint8Array.of(255, 0, 0, 0, 0, 255) }
    await using embedder = await createEmbedder(model, { backends, preprocessing: { normalization: 'raw' } })
    const length = Math.hypot(76, 29)
    const point = await embedder.embed(colours)
    expect(point[0]).toBeCloseTo(76 / length, 6)
    expect(point[1]).toBeCloseTo(29 / length, 6)
    await expect(createEmbedder(model, { backends, preprocessing: { normalization: 'imagenet' } })).rejects.toThrow(
      OptionError,
    )
  })

  it('of other forms are refused by name', async () => {
    const graphOf = (shape: readonly number[], dtype: 'float32' | 'int8' = 'float32') => {
      const b = new GraphBuilder()
      const input = b.input(shape, { name: 'x', dtype })
      const x = dtype === 'int8' ? b.affine(input, { scale: [1, 1, 1], offset: [0, 0, 0] }) : input
      return b.build([b.flatten(x)])
    }
    for (const graph of [graphOf([1, 9]), graphOf([1, 4, 4, 4]), graphOf([1, 4, 4, 3], 'int8')]) {
      await expect(createEmbedder(modelOf(graph), { backends })).rejects.toThrow(
        'node 0 "x" (input): expected float32 or',
      )
    }
    const b = new GraphBuilder()
    const two = b.build([b.flatten(b.add(b.input([1, 4, 4, 3]), b.input([1, 4, 4, 3])))])
    await expect(createEmbedder(modelOf(two), { backends })).rejects.toThrow('network: expected one input')
  })

  it('of a larger batch are run one at a time', async () => {
    const b = new GraphBuilder()
    const graph = b.build([b.softmax(b.globalAveragePool(b.input([4, 6, 6, 3])))])
    await using classifier = await createClassifier(modelOf(graph), { backends })
    expect(await classifier.probabilities(picture)).toHaveLength(3)
  })
})

describe('backends', () => {
  const opened = modelOf(mobileNetV1(tiny))
  const creators = { createClassifier, createEmbedder }
  it.each(Object.entries(creators))('are asked for by %s where they are not listed', async (_name, create) => {
    for (const options of [undefined, null, {}, backends, { backends: reference() }, { backends: [reference] }]) {
      const creation = create(opened, options as never)
      await expect(creation).rejects.toThrow(OptionError)
      await expect(creation).rejects.toThrow('option backends: expected a list of backends')
    }
  })
})

describe('embedder', () => {
  it('gives the features that the classifier reads, of length 1', async () => {
    for (const network of [mobileNetV1, mobileNetV2]) {
      const model = modelOf(network(tiny))
      await using embedder = await createEmbedder(model, { backends })
      const point = await embedder.embed(picture)
      const headless: Model = { ...model, graph: network({ ...tiny, includeTop: false, pooling: 'avg' }) }
      await using session = await createSession(headless.graph, headless.params, { backends })
      const input = preprocess(picture, presets.keras.preprocessing, [40, 72])
      const [features] = Object.values(await session.run({ input }))
      const length = Math.hypot(...(features?.data ?? []))
      expect(point).toHaveLength(embedder.dimensions)
      for (const [i, value] of point.entries()) expect(value).toBeCloseTo(features!.data[i]! / length, 6)
      await using map = await createEmbedder({ ...model, graph: network({ ...tiny, includeTop: false }) }, { backends })
      expect(await map.embed(picture)).toEqual(point)
    }
  })

  it('gives other features on demand, and nothing of nothing', async () => {
    const graph = mobileNetV1(tiny)
    await using embedder = await createEmbedder(modelOf(graph), { backends, features: 'conv_pw_3_relu' })
    expect(embedder.dimensions).toBe(32)
    expect(Math.hypot(...(await embedder.embed(picture)))).toBeCloseTo(1, 6)
    const b = new GraphBuilder()
    const empty = modelOf(b.build([b.globalAveragePool(b.clamp(b.input([1, 4, 4, 3]), { min: 0, max: 0 }))]))
    await using blind = await createEmbedder(empty, { backends })
    expect(Array.from(await blind.embed(picture))).toEqual([0, 0, 0])
  })

  it('refuses an unknown node, and work after its end', async () => {
    const model = modelOf(mobileNetV1(tiny))
    await expect(createEmbedder(model, { backends, features: 'pool' })).rejects.toThrow(OptionError)
    const embedder = await createEmbedder(model, { backends })
    await embedder.dispose()
    await expect(embedder.embed(picture)).rejects.toThrow(DisposedError)
  })
})
