import type { Graph, Node, NodeId } from '@depthwise/core'
import { nodeIndex, originsOf } from '@depthwise/core/backend'
import { costOfLayer, type LayerCost } from '../layer.ts'

/** Kinds of kernels that run at rates of their own. A `stem` is a convolution of an image, which has few channels. */
export type KernelClass =
  | 'stem'
  | 'convolution'
  | 'pointwise'
  | 'depthwise'
  | 'dense'
  | 'element'
  | 'sigmoid'
  | 'softmax'
  | 'pool'
  | 'globalPool'
  | 'pad'
  | 'concat'

/** Fewer input channels than this leave lanes of a vector empty, whatever the backend. */
const fewChannels = 8

/** Kinds without products that run at rates of their own; all others are `element`. */
const ownClass: Readonly<Partial<Record<Node['op']['kind'], KernelClass>>> = {
  sigmoid: 'sigmoid',
  softmax: 'softmax',
  averagePool: 'pool',
  maxPool: 'pool',
  globalAveragePool: 'globalPool',
  pad: 'pad',
  concat: 'concat',
}

/** What the time of a layer is made of. */
export interface Workload {
  /** FLOPs: 2 a multiply-accumulate; element operations as `flopWeights` has them. */
  readonly operations: number
  readonly readBytes: number
  readonly writtenBytes: number
  readonly weightBytes: number
}

/** One layer of a folded graph, as a machine sees it. */
export interface KernelLayer extends Workload {
  readonly id: NodeId
  readonly name: string
  readonly kind: Node['op']['kind']
  /** Authored nodes it computes. */
  readonly nodes: readonly NodeId[]
  /** Null where no class has kernels for it; then `reason` says why. */
  readonly class: KernelClass | null
  readonly reason?: string
}

/** The layers of a folded graph that take time: all but inputs and views. */
export function kernelLayers(folded: Graph): readonly KernelLayer[] {
  const nodes = nodeIndex(folded)
  return folded.nodes.flatMap(node => {
    const operands = node.inputs.map(id => nodes.get(id) as Node)
    const layer = costOfLayer(node, operands, { dtype: 'float32', convention: 'paper' })
    if (layer.category === 'view') return []
    const { id, name, kind, flops, weightBytes, activationBytes } = layer
    return [
      {
        id,
        name,
        kind,
        nodes: originsOf(node),
        operations: flops,
        readBytes: activationBytes.read,
        writtenBytes: activationBytes.written,
        weightBytes,
        ...classOf(node, layer),
      },
    ]
  })
}

function classOf({ op }: Node, { category, inputs }: LayerCost): Pick<KernelLayer, 'class' | 'reason'> {
  switch (category) {
    case 'convolution':
    case 'pointwise':
      if (op.kind === 'conv2d' && op.groups > 1) {
        return { class: null, reason: `a convolution of ${op.groups} groups, which backends run at no one rate` }
      }
      if (category === 'pointwise') return { class: category }
      return { class: (inputs[0]?.at(-1) ?? 0) < fewChannels ? 'stem' : category }
    case 'depthwise':
    case 'dense':
      return { class: category }
    default:
      return { class: ownClass[op.kind] ?? 'element' }
  }
}
