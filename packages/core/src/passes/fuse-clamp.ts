import type { Network } from '../graph/graph.ts'
import type { Bounds, Op } from '../graph/op.ts'
import { fuseIntoReader, isProduct } from './fuse.ts'

/** The interval an activation clamps to, or null for any other op. */
export function boundsOf(op: Op): Bounds | null {
  if (op.kind === 'relu') return { min: 0, max: Infinity }
  if (op.kind === 'relu6') return { min: 0, max: 6 }
  return op.kind === 'clamp' ? { min: op.min, max: op.max } : null
}

/** Moves ReLU, ReLU6 and clamp into the store of the product before them; two clamps in a row become one. */
export function fuseClamp({ graph, params }: Network): Network {
  const fused = fuseIntoReader(graph, (producer, reader) => {
    const outer = boundsOf(reader.op)
    if (!outer) return null
    const op = producer.op
    if (isProduct(op)) return { op: { ...op, clamp: compose(op.clamp, outer) }, inputs: producer.inputs }
    const inner = boundsOf(op)
    return inner && { op: { kind: 'clamp', ...compose(inner, outer) }, inputs: producer.inputs }
  })
  return { graph: fused, params }
}

/** One interval that does what `inner` and then `outer` do. */
function compose(inner: Bounds | null, outer: Bounds): Bounds {
  const within = (value: number): number => Math.min(Math.max(value, outer.min), outer.max)
  return inner ? { min: within(inner.min), max: within(inner.max) } : outer
}
