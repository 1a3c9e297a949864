import { checkParams, type Metadata, type Model, type Shape, verify } from '@depthwise/core'
import { decodeMetadata, metadataKey } from '../../saved/metadata.ts'
import { within } from '../../within.ts'
import { Budget } from './budget.ts'
import { OnnxFile, quote } from './file.ts'
import { GraphImport } from './graph.ts'

/** What an ONNX file may leave open. */
export interface ReadOnnxOptions {
  /** Shapes of inputs by name, as the file has their axes, where it leaves more than the batch open. */
  readonly inputShapes?: Readonly<Record<string, Shape>>
}

/**
 * Reads an ONNX file (operator sets 7 to 26) as a graph of ours: images NHWC, transpositions undone rather than kept, what
 * is computed about shapes folded, quantised networks as reals clamped to what their integers can hold. Inputs that the file
 * takes as NCHW are NHWC here, outputs likewise; names are the file's. An open batch is 1.
 *
 * @throws FormatError for bytes that are not what the format says, naming the field and its byte or the node;
 * UnsupportedOpError for networks that have no counterpart here, naming the node
 */
export function readOnnx(bytes: Uint8Array, options: ReadOnnxOptions = {}): Model {
  const file = new OnnxFile(bytes)
  const network = new GraphImport(file, new Budget(bytes.length), options.inputShapes ?? {})
  for (const input of file.inputs) within(`input ${quote(input.name ?? '')}`, () => network.addInput(input))
  for (const node of file.nodes) within(node.label, () => network.addNode(node))
  const graph = within('graph, outputs', () => network.finish())
  within('graph', () => {
    verify(graph)
    checkParams(graph, network.params)
  })
  return { graph, params: network.params, metadata: readMetadata(file) }
}

/** What a file of ours says of its model; of others only the name is known. */
function readMetadata({ properties, graphName }: OnnxFile): Metadata {
  const own = properties.get(metadataKey)
  if (own !== undefined) return { ...decodeMetadata(own), format: 'onnx' }
  return { format: 'onnx', ...(graphName !== '' && { name: graphName }) }
}
