import { isDeepStrictEqual } from 'node:util'
import {
  DepthwiseError,
  type Graph,
  type Model,
  type ParamRole,
  type Params,
  paramSpecs,
  type Tensor,
} from '@depthwise/core'
import { type WriteModelOptions, weightsOf, writeSafetensors } from '@depthwise/formats'
import { buildArchitecture } from '@depthwise/models'
import { inputOf } from '../checkpoint/ends.ts'

/** What Keras calls the variables of a layer. */
const variables: { readonly [R in ParamRole]: string } = {
  weights: 'kernel',
  bias: 'bias',
  gamma: 'gamma',
  beta: 'beta',
  mean: 'moving_mean',
  variance: 'moving_variance',
}

/**
 * The weights of a network alone, as safetensors. Their names are Keras' where `weightsOf` finds the same network by them:
 * such a file is a checkpoint again. Elsewhere they are those of the graph, which no other network is taken for.
 */
export function writeWeights({ graph, params }: Model, options: WriteModelOptions): Uint8Array {
  const specs = paramSpecs(graph)
  const named = (nameOf: (spec: (typeof specs)[number]) => string): Params =>
    new Map(specs.map(spec => [nameOf(spec), params.get(spec.name) as Tensor]))
  const keras = named(({ node, role }) => `${node.name}/${variables[role]}`)
  const tensors = isFoundBy(keras, graph) ? keras : named(({ name }) => name)
  return writeSafetensors(tensors, options)
}

/** Whether the names of these tensors lead back to this very graph. */
function isFoundBy(tensors: Params, graph: Graph): boolean {
  const { shape } = inputOf(graph)
  if (shape.length !== 4) return false
  try {
    const { architecture } = weightsOf({ tensors }, 'keras')
    const built = buildArchitecture(architecture, { inputShape: shape.slice(1) as [number, number, number] })
    return isDeepStrictEqual(built, graph)
  } catch (error) {
    if (error instanceof DepthwiseError) return false
    throw error
  }
}
