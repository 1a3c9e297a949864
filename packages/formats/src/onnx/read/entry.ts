import { oursFromPlanar } from '../layout.ts'
import { type DimensionMessage, denotations, type ValueInfoMessage } from '../schema.ts'
import type { FileNode, OnnxFile } from './file.ts'
import { identity, isSameOrder, type Order } from './order.ts'

/** Operators that take images as NCHW. */
const planarOperators: ReadonlySet<string> = new Set([
  'Conv',
  'ConvInteger',
  'QLinearConv',
  'com.microsoft.QLinearAveragePool',
  'com.microsoft.QLinearGlobalAveragePool',
  'BatchNormalization',
  'AveragePool',
  'MaxPool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'InstanceNormalization',
])
/** Operators that read elements in the order of ONNX. */
const sequentialOperators: ReadonlySet<string> = new Set([
  'Reshape',
  'Flatten',
  'MatMul',
  'MatMulInteger',
  'QLinearMatMul',
  'Gemm',
  'com.microsoft.QGemm',
  'com.microsoft.DynamicQuantizeMatMul',
])

/** How far a value is followed: the operators in question are the first of a network. */
const furthest = 100

/**
 * In which order our graph takes an input of rank 4. NHWC for the operators that read it: for an input that the file has as
 * NCHW its axes move, for one that the file has as NHWC and transposes first they stay as they are.
 */
export function entryOrder(file: OnnxFile, name: string, dims: readonly DimensionMessage[]): Order {
  const marked = markedOrder(dims)
  if (marked) return marked
  // `axes`: which axis of the input each axis of the value is.
  const queue: { readonly name: string; readonly axes: Order }[] = [{ name, axes: identity(4) }]
  for (let i = 0; i < Math.min(queue.length, furthest); i += 1) {
    const { name, axes } = queue[i] as (typeof queue)[number]
    for (const node of file.readers(name)) {
      if (planarOperators.has(node.opType)) return oursFromPlanar.map(axis => axes[axis] as number)
      if (sequentialOperators.has(node.opType)) return axes
      queue.push({ name: node.output, axes: node.opType === 'Transpose' ? throughTranspose(node, axes) : axes })
    }
  }
  // No operator decides: a file that brings the last axis forward has it hold channels.
  const forward = queue.some(({ axes }) => isSameOrder(axes, [0, 3, 1, 2]))
  return forward ? identity(4) : oursFromPlanar
}

/** In which orders our graph may give an output, the best first: as the file marks its axes, else as they are held. */
export function outputOrders(info: ValueInfoMessage, held: Order): readonly Order[] {
  const plain = identity(held.length)
  const marked = markedOrder(info.type?.tensorType?.shape?.dim ?? [])
  const others = [held, oursFromPlanar, plain].filter(
    each => isSameOrder(each, oursFromPlanar) || isSameOrder(each, plain),
  )
  return marked ? [marked, ...others] : others
}

/** What a file says by itself: which axis holds the channels. */
function markedOrder(dims: readonly DimensionMessage[]): Order | null {
  if (dims.length !== 4) return null
  const channel = dims.findIndex(({ denotation }) => denotation === denotations.channel)
  return channel === 1 ? oursFromPlanar : channel === 3 ? identity(4) : null
}

function throughTranspose({ message }: FileNode, axes: Order): Order {
  const permutation = message.attribute?.find(({ name }) => name === 'perm')?.ints ?? []
  return permutation.length === 4 ? permutation.map(axis => axes[axis] ?? 0) : axes
}
