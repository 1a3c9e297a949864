import type { Network } from '../graph/graph.ts'
import type { Op } from '../ops/table.ts'
import type { Padding } from '../ops/window.ts'
import { fuseIntoReader } from './fuse.ts'

/** Moves zero padding of height and width into the convolution that reads it (Keras' ZeroPadding2D before a stride 2). */
export function foldPadding({ graph, params }: Network): Network {
  const fused = fuseIntoReader(graph, (producer, { op, inputs }) => {
    const added = zeroPadding(producer.op)
    // Only the first operand is convolved; a fused residual is not.
    if (!added || (op.kind !== 'conv2d' && op.kind !== 'depthwiseConv2d') || inputs[0] !== producer.id) return null
    const padding: Padding = {
      top: op.padding.top + added.top,
      bottom: op.padding.bottom + added.bottom,
      left: op.padding.left + added.left,
      right: op.padding.right + added.right,
    }
    return { op: { ...op, padding }, inputs: [producer.inputs[0] as number, ...inputs.slice(1)] }
  })
  return { graph: fused, params }
}

function zeroPadding(op: Op): Padding | null {
  if (op.kind !== 'pad' || op.value !== 0 || op.pads.length !== 4) return null
  const [n, h, w, c] = op.pads as readonly [Pair, Pair, Pair, Pair]
  if ([...n, ...c].some(amount => amount !== 0)) return null
  return { top: h[0], bottom: h[1], left: w[0], right: w[1] }
}

type Pair = readonly [number, number]
