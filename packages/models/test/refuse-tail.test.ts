import { GraphBuilder, type Model, ShapeError, type Tail } from '@depthwise/core'
import type { TailOp, TailResult } from '@depthwise/core/backend'
import { describe, expect, test } from 'vitest'
import { createClassifier, createEmbedder } from '../src/index.ts'
import { reference } from './neighbours.ts'

const options = { backends: [reference()] }

/** A network of one value a class, and a map before that, with one step behind the output of that name. */
function model(output: 'map' | 'logits', op: TailOp, results: readonly TailResult[]): Model {
  const b = new GraphBuilder()
  const map = b.relu(b.input([1, 8, 8, 3], { name: 'image' }), { name: 'map' })
  const graph = b.build([output === 'map' ? map : b.reshape(b.globalAveragePool(map), [3], { name: 'logits' })])
  const shape = output === 'map' ? [1, 8, 8, 3] : [1, 3]
  const tail: Tail = {
    inputs: [{ name: output, dtype: 'float32', shape }],
    constants: [],
    steps: [{ op, operands: [0], results }],
    outputs: results.map(({ name }, at) => ({ name, value: 1 + at })),
  }
  const preprocessing = { crop: 'squeeze', normalization: 'signed' } as const
  return { graph, params: new Map(), metadata: { preprocessing }, tail }
}

describe('a network whose file decodes its outputs', () => {
  const decoded = model('map', { kind: 'argMax', axis: 3 }, [{ name: 'classes', dtype: 'int32', shape: [1, 8, 8] }])

  test('neither classifies nor embeds: what it gives, and what to use, are named', async () => {
    for (const create of [createClassifier, createEmbedder]) {
      const creation = create(decoded, options)
      await expect(creation).rejects.toThrow(ShapeError)
      await expect(creation).rejects.toThrow(
        'network: expected one list of classes or features, found classes 1x8x8: use a detector, segmenter',
      )
    }
  })

  test('embeds by features that are named', async () => {
    await using embedder = await createEmbedder(decoded, { ...options, features: 'map' })
    expect(embedder.dimensions).toBe(3)
  })

  test('classifies where its file only looks for the best of a list', async () => {
    const best = model('logits', { kind: 'argMax', axis: 1 }, [{ name: 'best', dtype: 'int32', shape: [1] }])
    await using classifier = await createClassifier(best, options)
    const image = { width: 8, height: 8, channels: 3, data: new Uint8Array(192).fill(255) } as const
    const probabilities = await classifier.probabilities(image)
    expect([...probabilities].map(each => Math.round(300 * each))).toEqual([100, 100, 100])
  })
})
