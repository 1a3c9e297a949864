import { isDeepStrictEqual } from 'node:util'
import { DepthwiseError, type Graph, type Model, type Params, type Tensor, WeightsError } from '@depthwise/core'
import { paramSpecs, show } from '@depthwise/core/backend'
import { type WriteModelOptions, writeSafetensors } from '@depthwise/formats'
import { buildArchitecture } from '@depthwise/models'
import { type Naming, nameWeights, weightsOf } from '@depthwise/models/weights'
import { inputOf } from '../checkpoint/ends.ts'
import { libraries } from './targets.ts'

/** A file, and whose names its weights have, where it holds nothing else. */
export interface Encoded {
  readonly file: Uint8Array
  readonly names?: Naming
}

/**
 * The weights of a network alone, as safetensors. Without a naming asked for, their names are those of the first library that
 * builds this very network for them: such a file is a checkpoint again. Where none does, they are those of the graph, which no
 * other network is taken for.
 * @throws OptionError or WeightsError where the names that are asked for are not to be had, or belong to another network
 */
export function writeWeights(model: Model, options: WriteModelOptions, asked?: Naming): Encoded {
  const { graph, params } = model
  if (asked !== undefined) {
    const named = nameWeights(model, asked)
    checkLayers(graph, built(named, asked, graph), asked)
    return encode(named, options, asked)
  }
  for (const naming of libraries) {
    const named = attempt(() => nameWeights(model, naming))
    if (
      named &&
      isDeepStrictEqual(
        attempt(() => built(named, naming, graph)),
        graph,
      )
    )
      return encode(named, options, naming)
  }
  return encode(new Map(paramSpecs(graph).map(({ name }) => [name, params.get(name) as Tensor])), options)
}

/** PyTorch's loaders require this format field. */
function encode(tensors: Params, options: WriteModelOptions, names?: Naming): Encoded {
  const torch = names !== undefined && names !== 'keras'
  const file = writeSafetensors(tensors, { ...options, ...(torch && { metadata: { format: 'pt' } }) })
  return { file, ...(names !== undefined && { names }) }
}

/** What a library builds for weights with its names, at the size of a graph. */
function built(tensors: Params, naming: Naming, graph: Graph): Graph {
  const { shape } = inputOf(graph)
  const { architecture } = weightsOf({ tensors }, naming)
  const inputShape = shape.slice(1) as [number, number, number]
  return buildArchitecture(architecture, shape.length === 4 ? { inputShape } : {})
}

/** Throws unless the layers with weights are the same: names alone do not say how a network pads, or its epsilon. */
function checkLayers(graph: Graph, other: Graph, naming: Naming): void {
  const theirs = new Map(paramSpecs(other).map(({ node }) => [node.name, node.op]))
  for (const { node } of paramSpecs(graph)) {
    const op: Readonly<Record<string, unknown>> = { ...theirs.get(node.name) }
    for (const [field, value] of Object.entries(node.op)) {
      if (isDeepStrictEqual(op[field], value)) continue
      throw new WeightsError({
        where: `--names ${naming}, node "${node.name}", ${field}`,
        expected: `${show(op[field])}, as ${naming} builds it`,
        found: show(value),
      })
    }
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof DepthwiseError) return undefined
    throw error
  }
}
