import { expect } from 'vitest'
import { nodeIndex } from '../../core/src/backend.ts'
import type { Inputs, Network, NodeId, Outputs, Shape } from '../../core/src/index.ts'
import { reference } from '../../ops-cpu/src/index.ts'
import { randomReals, randomTensor } from './random-params.ts'

/** Seeded values for every input of a graph: reals in [-1, 1), or bytes. */
export function randomInputs({ graph }: Network, seed: number): Inputs {
  const nodes = nodeIndex(graph)
  const values = (shape: Shape, dtype: string, id: NodeId) => {
    const reals = randomTensor(shape, seed + id)
    if (dtype === 'float32') return reals
    const byte = randomReals(seed + id)
    if (dtype === 'uint8') return Uint8Array.from(reals.data, () => byte() * 256)
    if (dtype === 'int8') return Int8Array.from(reals.data, () => byte() * 256 - 128)
    return Int32Array.from(reals.data, () => byte() * 2000 - 1000)
  }
  return Object.fromEntries(
    graph.inputs.map(id => {
      const node = nodes.get(id)
      return [node?.name, values(node?.shape ?? [], node?.dtype ?? 'float32', id)]
    }),
  )
}

/** What the reference makes of a network as it stands. */
export async function evaluated({ graph, params }: Network, inputs: Inputs): Promise<Outputs> {
  await using executable = await reference().compile(graph, params)
  return await executable.run(inputs)
}

/** Largest difference of any value, in units of the largest expected magnitude; infinite where a special value differs. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity
  let scale = 0
  let worst = 0
  for (let i = 0; i < expected.length; i++) {
    const value = expected[i]!
    if (Number.isFinite(value)) {
      scale = Math.max(scale, Math.abs(value))
      worst = Math.max(worst, Math.abs(actual[i]! - value))
      if (!Number.isFinite(actual[i]!)) return Infinity
    } else if (!Object.is(actual[i], value)) return Infinity
  }
  return worst === 0 ? 0 : worst / scale
}

/** Same names, same shapes, values within `tolerance` of the largest magnitude of their output. */
export function expectAgreement(actual: Outputs, expected: Outputs, tolerance: number): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected))
  for (const [name, { shape, data }] of Object.entries(expected)) {
    expect(actual[name]?.shape).toEqual(shape)
    expect(largestDifference(actual[name]?.data ?? [], data), `output ${name}`).toBeLessThanOrEqual(tolerance)
  }
}
