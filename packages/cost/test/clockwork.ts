import {
  type Backend,
  type Executable,
  type Graph,
  type LayerTiming,
  type Node,
  tensor,
  UnsupportedOpError,
} from '@depthwise/core'
import { elementCount, nodeIndex } from '@depthwise/core/backend'
import { foldedGraph } from '../src/index.ts'
import { kernelLayers } from '../src/roofline/classes.ts'

/** A made-up machine that keeps its promises: milliseconds a FLOP, a byte that passes through, and a call. */
export interface Clockwork {
  readonly operation: number
  readonly byte: number
  readonly call: number
  /** A kind it has no kernel for. */
  readonly without?: Node['op']['kind']
  /** How much longer this layer takes than it should, by name. */
  readonly slow?: Readonly<Record<string, number>>
}

/** A backend that computes nothing and takes exactly the time that its rates say. */
export function clockwork({ operation, byte, call, without, slow = {} }: Clockwork): Backend {
  return {
    name: 'clockwork',
    async probe() {
      return { available: true, features: ['gears'], reasons: [] }
    },
    async compile(graph: Graph): Promise<Executable> {
      const missing = graph.nodes.find(node => node.op.kind === without)
      if (missing) throw new UnsupportedOpError({ where: missing.name, expected: 'other ops', found: missing.op.kind })
      const nodes = nodeIndex(graph)
      const profile = kernelLayers(foldedGraph(graph)).map((layer): LayerTiming => {
        const bytes = layer.readBytes + layer.writtenBytes + layer.weightBytes
        const milliseconds = (layer.operations * operation + bytes * byte + call) * (slow[layer.name] ?? 1)
        return { name: layer.name, nodes: layer.nodes, kernel: 'gear', milliseconds }
      })
      return {
        async run() {
          return Object.fromEntries(
            graph.outputs.map(id => {
              const { name = '', shape = [] } = nodes.get(id) ?? {}
              return [name, tensor(shape, new Float32Array(elementCount(shape)))]
            }),
          )
        },
        profile: async () => profile,
        [Symbol.asyncDispose]: async () => {},
      }
    },
  }
}
