import type { NodeId, Tensor } from '@depthwise/core'
import { isProduct, nodeIndex } from '@depthwise/core/backend'
import { biasShifts } from './bias-correction.ts'
import type { FloatNetwork } from './float-network.ts'
import type { Observation } from './observe.ts'
import { layoutOf } from './product-layout.ts'
import { type RoundedWeights, roundByCovariance, roundNearest } from './rounding.ts'

/** The weights of a product as integers, and by how much that shifts its channels on average. */
export interface RoundedProduct extends RoundedWeights {
  readonly shifts: Float64Array
}

/** Which integers weights become: the nearest, or those whose sums vary as the real ones do. */
export type Rounding = 'nearest' | 'covariance'

/** The weights of all products of a network as integers. */
export function roundProducts(
  { graph, params }: FloatNetwork,
  { operands }: Observation,
  rounding: Rounding,
): ReadonlyMap<NodeId, RoundedProduct> {
  const nodes = nodeIndex(graph)
  return new Map(
    graph.nodes.flatMap(({ id, op, inputs }) => {
      const statistics = operands.get(id)
      if (!isProduct(op) || !statistics) return []
      const { data } = params.get(op.weights) as Tensor
      const layout = layoutOf(op, nodes.get(inputs[0] as NodeId)?.shape.at(-1) as number)
      const rounded =
        rounding === 'covariance' ? roundByCovariance(data, layout, statistics) : roundNearest(data, layout)
      return [[id, { ...rounded, shifts: biasShifts(data, rounded, layout, statistics) }] as const]
    }),
  )
}
