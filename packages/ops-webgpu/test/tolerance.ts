import { type Graph, nodeIndex, type Params, type Tensor } from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
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

/** The numbers out of tolerance, and other names or shapes, in words; nothing where all is well. */
export function deviations(actual: Values, { expected, scale, tolerance }: Expectation): readonly string[] {
  return Object.entries(expected).flatMap(([name, { shape, data }]) => {
    const value = actual[name]
    if (value?.shape.join() !== shape.join() || value.data.length !== data.length) {
      return [`${name}: ${value?.shape.join('x')} where ${shape.join('x')} was expected`]
    }
    const scales = scale[name]?.data ?? new Float32Array()
    return Array.from(data.keys())
      .filter(i => !(Math.abs(data[i]! - value.data[i]!) <= tolerance * Math.abs(scales[i]!) + 1e-30))
      .slice(0, 3)
      .map(i => `${name}[${i}]: ${value.data[i]} where ${data[i]} was expected`)
  })
}
