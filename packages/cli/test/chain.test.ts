import { createSession, GraphBuilder, GraphError, type Model, type Tail, tensor } from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
import { expect, test } from 'vitest'
import { chainModels } from '../src/checkpoint/chain.ts'

/** `factor * x + offset` over two features, with names that every such model shares. */
function affine(factor: number, offset: number, metadata: Model['metadata'] = {}): Model {
  const b = new GraphBuilder()
  const graph = b.build([b.dense(b.input([1, 2], { name: 'x' }), { name: 'y', units: 2 })])
  const params = new Map([
    ['y/weights', tensor([2, 2], [factor, 0, 0, factor])],
    ['y/bias', tensor([2], [offset, offset])],
  ])
  return { graph, params, metadata }
}

async function answer({ graph, params }: Model): Promise<number[]> {
  await using session = await createSession(graph, params, { backends: [reference()] })
  const [output] = Object.values(await session.run({ x: tensor([1, 2], [1, 2]) }))
  return [...(output?.data ?? [])]
}

test('networks that use the same names keep their own numbers', async () => {
  expect(await answer(chainModels(affine(2, 1), affine(10, 3)))).toEqual([33, 53])
  expect(await answer([affine(2, 1), affine(10, 3), affine(-1, 0)].reduce(chainModels))).toEqual([-33, -53])
})

test('the first describes the input, the last the output', () => {
  const quantization = { x: { scale: 0.5, zeroPoint: 3 } }
  const first = affine(1, 0, { name: 'first', labels: ['a'], inputQuantization: quantization })
  const second = affine(1, 0, { name: 'second', labels: ['b', 'c'], preprocessing: { crop: 'slim' } })
  expect(chainModels(first, second).metadata).toEqual({
    name: 'first',
    labels: ['b', 'c'],
    inputQuantization: quantization,
  })
  expect(chainModels(first, affine(1, 0)).metadata.labels).toBeUndefined()
})

test('networks that do not meet are refused', () => {
  const b = new GraphBuilder()
  const three = b.build([b.relu(b.input([1, 3], { name: 'x' }))])
  expect(() => chainModels(affine(1, 0), { graph: three, params: new Map(), metadata: {} })).toThrow(GraphError)
})

test('what follows the last stays, and what would follow another is refused', async () => {
  const tail: Tail = {
    inputs: [{ name: 'y', dtype: 'float32', shape: [1, 2] }],
    constants: [],
    steps: [
      { op: { kind: 'argMax', axis: 1 }, operands: [0], results: [{ name: 'best', dtype: 'int32', shape: [1] }] },
    ],
    outputs: [{ name: 'best', value: 1 }],
  }
  const chained = chainModels(affine(2, 1), { ...affine(-10, 3), tail })
  const { graph, params } = chained
  await using session = await createSession(graph, params, { backends: [reference()], tail: chained.tail as Tail })
  expect((await session.run({ x: tensor([1, 2], [1, 2]) }))['best']?.data).toEqual(Int32Array.of(0))
  expect(() => chainModels({ ...affine(2, 1), tail }, affine(1, 0))).toThrow(GraphError)
})
