import type { Network, NodeId } from '@depthwise/core'
import { type OpOf, prepare, splitEpilogues } from '@depthwise/core/backend'
import { TFLiteFileWriter } from './file.ts'
import { elementsOf, Step, type Written } from './step.ts'
import { writeNode } from './table.ts'

/** What a file may be made for. */
export interface WriteTFLiteOptions {
  /** Images a run takes at once; default: what the graph's inputs say. */
  readonly batch?: number
}

/**
 * A network as a TFLite file, version 3 of the schema: float32, or quantized with the scales and zero points of its values and
 * weights. Tensors bear the names of nodes; `readTFLite` reads the same network back, and so do TensorFlow Lite and LiteRT. What
 * TFLite's operators do not do at once becomes several: padding other than SAME and VALID, residuals, hard swish, clamps
 * other than its three. What follows the network on the host (`Model.tail`) is left out. The same network makes the same bytes.
 *
 * @throws GraphError, ShapeError or WeightsError for a network that is none; UnsupportedOpError for a pool whose padding is neither
 * SAME nor VALID; OptionError where the file would pass 2 GiB
 */
export function writeTFLite(network: Network, { batch }: WriteTFLiteOptions = {}): Uint8Array {
  const prepared = prepare(network.graph, network.params, batch === undefined ? {} : { batch })
  const { graph, params } = splitEpilogues(prepared)
  const file = new TFLiteFileWriter()
  const taken = new Set(graph.nodes.map(({ name }) => name))
  const unused = (wanted: string): string => {
    let name = wanted
    while (taken.has(name)) name += '_'
    taken.add(name)
    return name
  }
  const written = new Map<NodeId, Written>()
  const at = (id: NodeId): Written => written.get(id) as Written
  for (const node of graph.nodes) {
    const { op, name, shape } = node
    const elements = elementsOf(node)
    if (op.kind === 'input') {
      const index = file.tensor({ name, shape, ...elements })
      written.set(node.id, { index, shape, ...elements })
    } else {
      const step = new Step(node, node.inputs.map(at), file, params, unused)
      written.set(node.id, writeNode(op as OpOf<Exclude<typeof op.kind, 'input'>>, step))
    }
  }
  const indices = (ids: readonly NodeId[]): readonly number[] => ids.map(id => at(id).index)
  return file.encode(indices(graph.inputs), indices(graph.outputs))
}
