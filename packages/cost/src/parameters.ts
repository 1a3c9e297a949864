import { type Graph, WeightsError } from '@depthwise/core'
import { elementCount, formatShape, type ParamSpec, paramSpecs, sameShape } from '@depthwise/core/backend'
import { foldedParams } from './folding.ts'
import { mapRecord } from './records.ts'

/**
 * Which parameters each convention counts. Numbers in brackets: V2 1.0 with 1000 classes.
 *
 * - `weights`: those of convolutions and dense layers only, as the V1 paper counts [3,469,760].
 * - `weightsAndBiases`: and their biases, which in an unfolded MobileNet only the classifier has. The V2 README of TensorFlow
 *   slim: 3.47 M [3,470,760].
 * - `slimV1`: and three of the four vectors of each batch norm, without gamma: the rule that fits slim's V1 README (V1 1.0:
 *   4.24 M) [3,521,928].
 * - `trainable`: weights, biases, gamma and beta. What torch lists, and Keras calls trainable [3,504,872].
 * - `total`: and the moving mean and variance of each batch norm, and the numbers of constants. What Keras' `count_params` prints
 *   of a network without constants [3,538,984].
 */
const countedRoles = {
  weights: ['weights'],
  weightsAndBiases: ['weights', 'bias'],
  slimV1: ['weights', 'bias', 'beta', 'mean', 'variance'],
  trainable: ['weights', 'bias', 'gamma', 'beta'],
  total: ['weights', 'bias', 'gamma', 'beta', 'mean', 'variance', 'value'],
} as const satisfies Readonly<Record<string, readonly ParamSpec['role'][]>>

/** A way to count the parameters of one layer. */
export type LayerParamConvention = keyof typeof countedRoles

/**
 * A way to count the parameters of a network. `folded` is what is left once every batch norm that follows a product is folded
 * into it, one bias a channel; it does not change when the graph is folded [V2 1.0: 3,487,816].
 */
export type ParamConvention = LayerParamConvention | 'folded'

/** Number of parameters some layers read, under each convention. `specs` must name each parameter once. */
export function countByRole(specs: readonly ParamSpec[]): Readonly<Record<LayerParamConvention, number>> {
  return mapRecord(countedRoles, (roles: readonly ParamSpec['role'][]) =>
    specs.reduce((sum, { role, shape }) => sum + (roles.includes(role) ? elementCount(shape) : 0), 0),
  )
}

/** Number of parameters of a graph under each convention; one that several nodes share counts once. */
export function countParams(graph: Graph): Readonly<Record<ParamConvention, number>> {
  return { ...countByRole(uniqueParams(paramSpecs(graph))), folded: foldedParams(graph) }
}

/**
 * Each parameter once, though several nodes may read it.
 * @throws WeightsError when two nodes want one parameter in two shapes
 */
export function uniqueParams(specs: readonly ParamSpec[]): readonly ParamSpec[] {
  const unique = new Map<string, ParamSpec>()
  for (const spec of specs) {
    const first = unique.get(spec.name) ?? spec
    if (!sameShape(first.shape, spec.shape)) {
      throw new WeightsError({
        where: `parameter "${spec.name}" of node "${spec.node.name}"`,
        expected: `${formatShape(first.shape)}, as node "${first.node.name}" reads it`,
        found: formatShape(spec.shape),
      })
    }
    unique.set(spec.name, first)
  }
  return [...unique.values()]
}
