import { createSession, type Graph, GraphBuilder, type Model, ShapeError, tensor, type Value } from '@depthwise/core'
import { verify } from '@depthwise/core/backend'
import { describe, expect, it } from 'vitest'
import {
  classesNamed,
  countClasses,
  createClassifier,
  createEmbedder,
  endInProbabilities,
  labelsOfClasses,
  type PixelImage,
  topAmong,
} from '../src/index.ts'
import { reference, wasm } from './neighbours.ts'

type Head = (b: GraphBuilder, logit: Value) => Value

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const hard = (x: number): number => Math.min(Math.max(x / 6 + 0.5, 0), 1)

/** Graphs that end in one value, and the probability that each means by the number its last product gives. */
const heads: Readonly<Record<string, readonly [head: Head, probability: (product: number) => number]>> = {
  'a logit': [(_, x) => x, sigmoid],
  'a logit behind dropout': [(b, x) => b.dropout(x, 0.2), sigmoid],
  'a logit of [1, 1, 1, 1]': [(b, x) => b.reshape(x, [1, 1, 1]), sigmoid],
  'a logit that was squeezed': [(b, x) => b.reshape(x, []), sigmoid],
  'a logit scaled by the exporter': [(b, x) => b.affine(x, { scale: [2], offset: [-1] }), x => sigmoid(2 * x - 1)],
  'a sigmoid': [(b, x) => b.sigmoid(x), sigmoid],
  'a sigmoid of [1, 1, 1, 1]': [(b, x) => b.sigmoid(b.reshape(x, [1, 1, 1])), sigmoid],
  'a sigmoid that was squeezed': [(b, x) => b.reshape(b.sigmoid(x), []), sigmoid],
  'a sigmoid, clamped': [(b, x) => b.clamp(b.sigmoid(x), { min: 1e-7, max: 1 - 1e-7 }), sigmoid],
  'the other probability': [(b, x) => b.affine(b.sigmoid(x), { scale: [-1], offset: [1] }), x => sigmoid(-x)],
  'a clamp to 0 and 1': [(b, x) => b.clamp(x, { min: 0, max: 1 }), x => Math.min(Math.max(x, 0), 1)],
  'a hard sigmoid by clamp': [
    (b, x) => b.clamp(b.affine(x, { scale: [1 / 6], offset: [0.5] }), { min: 0, max: 1 }),
    hard,
  ],
  'a hard sigmoid by relu6': [
    (b, x) => b.affine(b.relu6(b.affine(x, { scale: [1], offset: [3] })), { scale: [1 / 6], offset: [0] }),
    hard,
  ],
}

const weights = { weights: tensor([3, 1], [0.01, -0.02, 0.005]), bias: tensor([1], [0.25]) }
const params = new Map([
  ['fc/weights', weights.weights],
  ['fc/bias', weights.bias],
])

function modelOf(head: Head, labels?: readonly string[]): Model {
  const b = new GraphBuilder()
  const x = b.input([1, 2, 2, 3], { name: 'input' })
  const graph = b.build([head(b, b.dense(b.globalAveragePool(x), { name: 'fc', units: 1 }))])
  return { graph, params, metadata: { preprocessing: { normalization: 'raw' }, ...(labels && { labels }) } }
}

const plain = (...colour: [number, number, number]): PixelImage => ({
  width: 2,
  height: 2,
  channels: 3,
  data: Uint8Array.from({ length: 12 }, (_, i) => colour[i % 3] as number),
})
const images = [plain(0, 0, 0), plain(255, 0, 0), plain(0, 255, 0), plain(90, 10, 200), plain(60, 50, 40)]
const productOf = ({ data: [r = 0, g = 0, b = 0] }: PixelImage): number => 0.01 * r - 0.02 * g + 0.005 * b + 0.25

describe('a network of one output', () => {
  for (const backend of [reference(), wasm()]) {
    it.each(Object.entries(heads))(
      `answers with two classes on ${backend.name}: %s`,
      async (_, [head, probability]) => {
        await using classifier = await createClassifier(modelOf(head), { backends: [backend] })
        for (const image of images) {
          const expected = probability(productOf(image))
          const found = await classifier.probabilities(image)
          expect(found).toHaveLength(2)
          expect(found[1]).toBeCloseTo(expected, 5)
          expect(found[0]).toBeCloseTo(1 - expected, 5)
          const [best] = await classifier.classify(image)
          expect(best?.index).toBe(expected > 0.5 ? 1 : 0)
          expect(best?.label).toBe(expected > 0.5 ? 'class 1' : 'class 0')
          expect(best?.probability).toBeGreaterThanOrEqual(0.5 - 1e-5)
        }
      },
    )
  }

  it.each(Object.entries(heads))('is a graph like any other, whatever its batch: %s', async (_, [head]) => {
    const graph = endInProbabilities(modelOf(head).graph)
    verify(graph)
    expect(graph.nodes.find(({ id }) => id === graph.outputs[0])?.shape).toEqual([1, 2])
    await using session = await createSession(graph, params, { backends: [reference()], batch: 2 })
    const input = Float32Array.from({ length: 24 }, (_, i) => (i < 12 ? 0 : 100))
    const [output] = Object.values(await session.run({ input }))
    const [a = 0, b = 0, c = 0, d = 0] = (output?.data ?? []) as Float32Array
    expect([a + b, c + d].map(sum => sum.toFixed(5))).toEqual(['1.00000', '1.00000'])
    expect(b).not.toBe(d)
  })

  it('takes two labels, or one, of the caller or the file', async () => {
    const head: Head = (b, x) => b.sigmoid(x)
    const backends = [reference()]
    const labelled = async (own?: readonly string[], labels?: readonly string[]) => {
      await using classifier = await createClassifier(modelOf(head, own), { backends, ...(labels && { labels }) })
      const [best] = await classifier.classify(plain(255, 0, 0))
      return [classifier.labels, best?.label]
    }
    expect(await labelled()).toEqual([[], 'class 1'])
    expect(await labelled(['cat', 'dog'])).toEqual([['cat', 'dog'], 'dog'])
    expect(await labelled(['mask'])).toEqual([['not mask', 'mask'], 'mask'])
    expect(await labelled(['a', 'b', 'c'])).toEqual([[], 'class 1'])
    expect(await labelled(['cat', 'dog'], ['person'])).toEqual([['not person', 'person'], 'person'])
    expect(await labelled(undefined, ['no', 'yes'])).toEqual([['no', 'yes'], 'yes'])
    await expect(createClassifier(modelOf(head), { backends, labels: ['a', 'b', 'c'] })).rejects.toThrow(
      'option labels: expected 2, one a class, or one for the positive class, found 3',
    )
    await expect(createClassifier(modelOf(head), { backends, labels: [] })).rejects.toThrow('option labels')
  })

  it('can be restricted to some classes, and counted', () => {
    const { graph } = modelOf((_, x) => x)
    expect(countClasses(graph)).toBe(2)
    const labels = labelsOfClasses(['mask'], graph) ?? []
    const among = classesNamed(['mask'], labels)
    expect(topAmong([0.75, 0.25], among, 2, labels)).toEqual([{ index: 1, label: 'mask', probability: 1 }])
  })

  it('is refused where a softmax makes every answer 1', async () => {
    const softmaxes: readonly Head[] = [
      (b, x) => b.softmax(x, { name: 'sure' }),
      (b, x) => b.reshape(b.softmax(b.reshape(x, [1, 1, 1]), { name: 'sure' }), [1]),
      (b, x) => b.clamp(b.softmax(x, { name: 'sure' }), { min: 0, max: 1 }),
    ]
    for (const head of softmaxes) {
      expect(() => endInProbabilities(modelOf(head).graph)).toThrow(ShapeError)
      await expect(createClassifier(modelOf(head), { backends: [reference()] })).rejects.toThrow(
        /"sure".*found a softmax over a single value, which is 1 for every picture/,
      )
    }
  })

  it('is embedded as before', async () => {
    await using embedder = await createEmbedder(
      modelOf((b, x) => b.sigmoid(x)),
      { backends: [reference()] },
    )
    expect(embedder.dimensions).toBe(3)
  })
})

describe('several outputs that lie in [0, 1]', () => {
  const graphOf = (head: Head): Graph => {
    const b = new GraphBuilder()
    return b.build([head(b, b.globalAveragePool(b.input([1, 2, 2, 3])))])
  }

  it.each<[string, Head]>([
    ['a hard sigmoid', (b, x) => b.clamp(b.affine(x, { scale: [1, 1, 1], offset: [0, 0, 0] }), { min: 0, max: 1 })],
    ['both probabilities, joined', (b, x) => b.concat([b.sigmoid(x), b.softmax(x)], 1)],
    ['a softmax behind a relu', (b, x) => b.relu(b.softmax(x))],
  ])('are probabilities: %s', (_, head) => {
    const graph = graphOf(head)
    expect(endInProbabilities(graph)).toBe(graph)
  })

  it.each<[string, Head]>([
    ['relu', (b, x) => b.relu(x)],
    ['relu6', (b, x) => b.relu6(x)],
    ['a sigmoid, scaled up', (b, x) => b.affine(b.sigmoid(x), { scale: [1, 2, 1], offset: [0, 0, 0] })],
    ['a sum', (b, x) => b.add(b.sigmoid(x), b.sigmoid(x))],
  ])('are not: %s', (_, head) => {
    expect(endInProbabilities(graphOf(head)).nodes.at(-1)?.op.kind).toBe('softmax')
  })
})
