import type { Network } from '../graph/graph.ts'
import { paramSpecs } from '../graph/params.ts'
import { withoutDeadNodes } from '../graph/rewrite.ts'
import { dropIdentities } from './drop-identities.ts'
import { foldBatchNorm } from './fold-batch-norm.ts'
import { foldPadding } from './fold-padding.ts'
import { fuseActivation } from './fuse-activation.ts'
import { fuseResidual } from './fuse-residual.ts'

/** A rewriting of a network that leaves the values of its outputs as they are, up to rounding. */
export type Pass = (network: Network) => Network

function dropDeadNodes({ graph, params }: Network): Network {
  return { graph: withoutDeadNodes(graph), params }
}

function dropUnused(network: Network): Network {
  const { graph, params } = dropDeadNodes(network)
  const read = new Set(paramSpecs(graph).map(spec => spec.name))
  return { graph, params: new Map([...params].filter(([name]) => read.has(name))) }
}

/** The standard order; activations are fused on both sides of the residual, which comes between them in some networks. */
export const standardPasses: readonly Pass[] = [
  dropDeadNodes,
  dropIdentities,
  foldPadding,
  foldBatchNorm,
  fuseActivation,
  fuseResidual,
  fuseActivation,
  dropUnused,
]

/** Folds and fuses everything a backend profits from. Outputs, with their ids and names, survive every pass. */
export function optimize(network: Network, passes: readonly Pass[] = standardPasses): Network {
  return passes.reduce((current, pass) => pass(current), network)
}
