import type { DType, Graph, Node, NodeId, Shape } from '@depthwise/core'
import { bytesPerElement, elementCount, elementsOf, freshId, freshName, nodeIndex } from '@depthwise/core/backend'
import type { Port } from '../wasm/ports.ts'

/** Where the module takes its input, or leaves its output: dense values in its memory, NHWC, batch of one. */
export interface ModuleEnd {
  /** As the graph calls it. */
  readonly name: string
  readonly dtype: DType
  readonly shape: Shape
  readonly address: number
  readonly bytes: number
}

/** An end at its place in memory, in the shape that the graph knows it by. */
export function moduleEnd({ address, layout: { dtype } }: Port, { name, shape }: Port): ModuleEnd {
  return { name, dtype, shape, address, bytes: elementCount(shape) * bytesPerElement(dtype) }
}

/** Whether a value lies in memory as a caller would write it: nothing between its pixels. */
export function isDense({ layout: { pixels, channels, step } }: Port): boolean {
  return pixels === 1 || channels === step
}

/** The graph with its only input, or its only output, as one run of values that is reshaped inside. */
export function denseEnds(graph: Graph, wanted: { readonly input: boolean; readonly output: boolean }): Graph {
  const flat = wanted.input ? flatInput(graph) : graph
  return wanted.output ? flatOutput(flat) : flat
}

const itemOf = ({ shape }: Node): readonly number[] => shape.slice(1)
const flatShape = (node: Node): readonly number[] => [node.shape[0] as number, elementCount(itemOf(node))]

function flatInput(graph: Graph): Graph {
  const input = nodeIndex(graph).get(graph.inputs[0] as NodeId) as Node
  const flat: Node = { ...input, id: freshId(graph), shape: flatShape(input), name: freshName(graph, 'flat_input') }
  const shaped: Node = { ...input, op: { kind: 'reshape', target: itemOf(input) }, inputs: [flat.id] }
  const nodes = graph.nodes.flatMap(node => (node.id === input.id ? [flat, shaped] : [node]))
  return { ...graph, nodes, inputs: [flat.id] }
}

function flatOutput(graph: Graph): Graph {
  const output = nodeIndex(graph).get(graph.outputs[0] as NodeId) as Node
  const shape = flatShape(output)
  const flat: Node = {
    id: freshId(graph),
    op: { kind: 'reshape', target: shape.slice(1) },
    inputs: [output.id],
    shape,
    ...elementsOf(output),
    name: freshName(graph, 'flat_output'),
  }
  return { ...graph, nodes: [...graph.nodes, flat], outputs: [flat.id] }
}
