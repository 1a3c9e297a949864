import { describe, expect, test } from 'vitest'
import { rebatch } from '../../src/backend.ts'
import { createSession, GraphError, ShapeError, type Tail, tensor } from '../../src/index.ts'
import { graph, x } from '../echo.ts'
import { planted } from '../planted-backend.ts'
import { float, int } from './one-step.ts'

const params = new Map()
const backends = [planted()]

/** Doubles y, and gives where its largest element is. */
const tail: Tail = {
  inputs: [{ name: 'y', ...float(1, 2) }],
  constants: [tensor([], [2])],
  steps: [
    { op: { kind: 'binary', operator: 'mul' }, operands: [0, 1], results: [{ name: 'twice', ...float(1, 2) }] },
    { op: { kind: 'argMax', axis: 1 }, operands: [2], results: [{ name: 'best', ...int(1) }] },
  ],
  outputs: [
    { name: 'best', value: 3 },
    { name: 'heads', value: 0 },
  ],
}

describe('a session with a tail', () => {
  test('gives its outputs in the place of those of the graph', async () => {
    await using session = await createSession(graph, params, { backends, tail })
    expect(await session.run(x(-7))).toEqual({
      best: { dtype: 'int32', shape: [1], data: Int32Array.of(1) },
      heads: { dtype: 'float32', shape: [1, 2], data: Float32Array.of(-7, 0) },
    })
  })

  test('gives all values where all are exposed, and those of the graph that are asked for', async () => {
    await using all = await createSession(graph, params, { backends, tail, expose: 'all' })
    const values = await all.run(x(3))
    expect(Object.keys(values).toSorted()).toEqual(['best', 'heads', 'twice', 'y'])
    expect(values['twice']?.data).toEqual(Float32Array.of(6, 0))
    const expose = graph.outputs
    await using some = await createSession(graph, params, { backends, tail, expose })
    expect(Object.keys(await some.run(x(3))).toSorted()).toEqual(['best', 'heads', 'y'])
  })

  test('computes each item of a batch by itself', async () => {
    await using session = await createSession(graph, params, { backends, tail, batch: 3, expose: 'all' })
    const { best, heads, twice } = await session.run({ x: tensor([3, 2], [1, 0, 0, 1, 5, 4]) })
    expect(best).toEqual({ dtype: 'int32', shape: [3], data: Int32Array.of(0, 1, 0) })
    expect(heads).toEqual({ dtype: 'float32', shape: [3, 2], data: Float32Array.of(1, 0, 0, 1, 5, 4) })
    expect(twice?.shape).toEqual([3, 2])
  })

  test('refuses a batch that its outputs have no room for, before anything is compiled', async () => {
    const backend = planted()
    const scalar: Tail = { ...tail, outputs: [{ name: 'factor', value: 1 }] }
    const creation = createSession(graph, params, { backends: [backend], tail: scalar, batch: 2 })
    await expect(creation).rejects.toThrow(ShapeError)
    await expect(creation).rejects.toThrow('tail, output "factor": expected a batch of 1')
    expect(backend.log).toEqual([])
  })

  test('refuses another batch than that of a file that has several', async () => {
    const pairs: Tail = {
      ...tail,
      inputs: [{ name: 'y', ...float(2, 2) }],
      steps: [],
      outputs: [{ name: 'y', value: 0 }],
    }
    const two = rebatch(graph, 2)
    await using session = await createSession(two, params, { backends, tail: pairs })
    expect((await session.run({ x: tensor([2, 2], [1, 2, 3, 4]) }))['y']?.shape).toEqual([2, 2])
    for (const batch of [1, 4]) {
      const creation = createSession(two, params, { backends, tail: pairs, batch })
      await expect(creation).rejects.toThrow(`expected a batch of 2, for which the file is written, found ${batch}`)
    }
  })

  test('refuses a tail of another graph', async () => {
    const other: Tail = { ...tail, inputs: [{ name: 'logits', ...float(1, 2) }] }
    const creation = createSession(graph, params, { backends, tail: other })
    await expect(creation).rejects.toThrow(GraphError)
    await expect(creation).rejects.toThrow('tail, input "logits": expected an output of the graph')
  })

  test('quantizes what its file has as bytes and the backend gives as reals', async () => {
    const quantization = { scale: 0.5, zeroPoint: 1 }
    const bytes: Tail = {
      inputs: [{ name: 'y', dtype: 'int8', shape: [2], quantization }],
      constants: [],
      steps: [],
      outputs: [{ name: 'y', value: 0 }],
    }
    await using session = await createSession(graph, params, { backends, tail: bytes })
    expect(await session.run(x(900))).toEqual({
      y: { dtype: 'int8', shape: [2], data: Int8Array.of(127, 1), quantization },
    })
  })
})
