import { type Network, nodeIndex } from '../graph/graph.ts'
import { sameShape } from '../tensor.ts'
import { fuseIntoReader, isProduct } from './fuse.ts'

/** Moves the add of an inverted residual's shortcut into the store of the linear projection before it (V2 paper, section 3.3). */
export function fuseResidual({ graph, params }: Network): Network {
  const nodes = nodeIndex(graph)
  const fused = fuseIntoReader(graph, (producer, reader) => {
    const { op } = producer
    if (reader.op.kind !== 'binary' || reader.op.operator !== 'add' || !isProduct(op) || op.activation || op.residual)
      return null
    const shortcut = reader.inputs.find(id => id !== producer.id)
    const shape = shortcut === undefined ? undefined : nodes.get(shortcut)?.shape
    if (shortcut === undefined || !shape || !sameShape(shape, producer.shape)) return null
    return { op: { ...op, residual: true }, inputs: [producer.inputs[0] as number, shortcut] }
  })
  return { graph: fused, params }
}
