import { type Graph, type Network, type Params, type Tensor, tensor } from '@depthwise/core'
import { fromHalf, optimize, paramSpecs, prepare, toHalf } from '@depthwise/core/backend'

/** The bits of the half that is exactly this number, or -1 where there is none; NaN and infinities count as none. */
export function exactHalf(value: number): number {
  const bits = toHalf(value)
  return Number.isFinite(value) && Object.is(fromHalf(bits), value) ? bits : -1
}

/** A network whose weights are exact as halves, and the names of those that would have overflowed. */
export interface Halved extends Network {
  readonly beyondHalf: readonly string[]
}

/**
 * Rounds the weights of products to half precision, after the passes: what is rounded is what is multiplied with, batch
 * norm folded in.
 */
export function halveWeights(graph: Graph, params: Params): Halved {
  const network = optimize(prepare(graph, params, { batch: 1 }))
  const weights = new Set(paramSpecs(network.graph).flatMap(({ role, name }) => (role === 'weights' ? [name] : [])))
  const beyondHalf: string[] = []
  const halved = [...network.params].map(([name, value]): [string, Tensor] => {
    if (!weights.has(name)) return [name, value]
    const rounded = roundToHalves(value.data)
    if (rounded.every(Number.isFinite)) return [name, tensor(value.shape, rounded)]
    beyondHalf.push(name)
    return [name, value]
  })
  return { graph: network.graph, params: new Map(halved), beyondHalf }
}

function roundToHalves(values: Tensor['data']): Float32Array {
  const rounded = new Float32Array(values.length)
  for (let i = 0; i < rounded.length; i++) rounded[i] = fromHalf(toHalf(values[i] as number))
  return rounded
}
