import { type DimensionMessage, denotations } from '../schema.ts'
import type { FileNode, OnnxFile } from './file.ts'
import { identity, isSameOrder, type Order } from './order.ts'

/** Operators that take images as NCHW. */
const planarOperators: ReadonlySet<string> = new Set([
  'Conv',
  'BatchNormalization',
  'AveragePool',
  'MaxPool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'InstanceNormalization',
])
/** Operators that read elements in the order of ONNX. */
const sequentialOperators: ReadonlySet<string> = new Set(['Reshape', 'Flatten', 'MatMul', 'Gemm'])

/** How far a value is followed: the operators in question are the first of a network. */
const furthest = 100

const planar: Order = [0, 2, 3, 1]

/**
 * In which order our graph takes an input of rank 4. NHWC for the operators that read it: for an input that the file has as
 * NCHW its axes move, for one that the file has as NHWC and transposes first they stay as they are.
 */
export function entryOrder(file: OnnxFile, name: string, dims: readonly DimensionMessage[]): Order {
  const marked = dims.findIndex(({ denotation }) => denotation === denotations.channel)
  if (marked === 1 || marked === 3) return marked === 1 ? planar : identity(4)
  // `axes`: which axis of the input each axis of the value is.
  const queue: { readonly name: string; readonly axes: Order }[] = [{ name, axes: identity(4) }]
  for (let i = 0; i < Math.min(queue.length, furthest); i += 1) {
    const { name, axes } = queue[i] as (typeof queue)[number]
    for (const node of file.readers(name)) {
      if (planarOperators.has(node.opType)) return planar.map(axis => axes[axis] as number)
      if (sequentialOperators.has(node.opType)) return axes
      queue.push({ name: node.output, axes: node.opType === 'Transpose' ? throughTranspose(node, axes) : axes })
    }
  }
  // No operator decides: a file that brings the last axis forward has it hold channels.
  const forward = queue.some(({ axes }) => isSameOrder(axes, [0, 3, 1, 2]))
  return forward ? identity(4) : planar
}

function throughTranspose({ message }: FileNode, axes: Order): Order {
  const permutation = message.attribute?.find(({ name }) => name === 'perm')?.ints ?? []
  return permutation.length === 4 ? permutation.map(axis => axes[axis] ?? 0) : axes
}
