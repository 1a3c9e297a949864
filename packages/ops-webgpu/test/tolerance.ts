import { type Graph, nodeIndex, type Params, type Tensor } from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
import { expect } from 'vitest'
import { randomTensor } from '../../ops-cpu/test/random-params.ts'

export type Values = Readonly<Record<string, Tensor<'float32'>>>

/** Seeded reals in [-1, 1) for every input of a graph. */
export function randomInputs(graph: Graph): Values {
  const nodes = nodeIndex(graph)
  return Object.fromEntries(
    graph.inputs.map((id, i) => {
      const { name = '', shape = [] } = nodes.get(id) ?? {}
      return [name, randomTensor(shape, 7 + i)]
    }),
  )
}

const mapped = (value: Tensor, f: (x: number) => number): Tensor<'float32'> => ({
  dtype: 'float32',
  shape: value.shape,
  data: Float32Array.from(value.data, f),
})

/**
 * The sum of the absolute terms behind every number of the outputs: the same graph on absolute values, without its clamps.
 * A mean is subtracted, so it must be negative to add to the sum.
 */
async function termSums(graph: Graph, params: Params, inputs: Values): Promise<Values> {
  const nodes = graph.nodes.map(node =>
    node.op.kind === 'clamp' || node.op.kind === 'relu6'
      ? { ...node, op: { kind: 'dropout' as const, rate: 0 } }
      : node,
  )
  const positive = [...params].map(([name, value]) => {
    const sign = name.endsWith('/mean') ? -1 : 1
    return [name, mapped(value, x => sign * Math.abs(x))] as const
  })
  await using executable = await reference().compile({ ...graph, nodes }, new Map(positive))
  const absolute = Object.entries(inputs).map(([name, value]) => [name, mapped(value, Math.abs)])
  return await executable.run(Object.fromEntries(absolute))
}

/** What an output may differ by from the reference: a share of the sum of its absolute terms, or of itself. */
export interface Expectation {
  readonly expected: Values
  readonly scale: Values
  readonly tolerance: number
}

/** `sums`: whether the outputs are sums of products, where rounding goes with the terms and not with the result. */
export async function expectation(graph: Graph, params: Params, inputs: Values, sums: boolean): Promise<Expectation> {
  await using executable = await reference().compile(graph, params)
  const expected = await executable.run(inputs)
  if (sums) return { expected, scale: await termSums(graph, params, inputs), tolerance: 2e-5 }
  return { expected, scale: expected, tolerance: 1e-6 }
}

/** Same names and shapes, every number within its tolerance. */
export function expectWithin(actual: Values, { expected, scale, tolerance }: Expectation): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected))
  for (const [name, { shape, data }] of Object.entries(expected)) {
    const values = actual[name]?.data ?? new Float32Array()
    const scales = scale[name]?.data ?? new Float32Array()
    expect(actual[name]?.shape).toEqual(shape)
    expect(values).toHaveLength(data.length)
    const worst = data.findIndex(
      (value, i) => !(Math.abs(value - values[i]!) <= tolerance * Math.abs(scales[i]!) + 1e-30),
    )
    expect(worst, `${name}[${worst}]: ${values[worst]} where ${data[worst]} was expected`).toBe(-1)
  }
}
