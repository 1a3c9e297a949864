import type { Network } from '../graph/graph.ts'
import { type Activation, isActivation } from '../ops/activation.ts'
import { clampedBounds, clampTo } from '../ops/clamp.ts'
import { fuseIntoReader, isProduct } from './fuse.ts'

/** Moves activations into the store of the product before them; two clamps in a row become one. */
export function fuseActivation({ graph, params }: Network): Network {
  const fused = fuseIntoReader(graph, ({ op, inputs }, reader) => {
    const outer = reader.op
    if (!isActivation(outer)) return null
    if (isProduct(op)) {
      const activation = op.activation ? compose(op.activation, outer) : outer
      return activation && { op: { ...op, activation }, inputs }
    }
    const both = isActivation(op) ? compose(op, outer) : null
    return both && { op: both, inputs }
  })
  return { graph: fused, params }
}

/** One activation that does what `inner` and then `outer` do, or null where there is none. */
function compose(inner: Activation, outer: Activation): Activation | null {
  return inner.kind === 'clamp' && outer.kind === 'clamp' ? clampTo(clampedBounds(inner, outer)) : null
}
