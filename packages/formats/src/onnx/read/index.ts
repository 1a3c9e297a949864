import type { Metadata, Model } from '@depthwise/core'
import { checkParams, verify } from '@depthwise/core/backend'
import type { InputShapes } from '../../input-shapes.ts'
import { quote } from '../../quote.ts'
import { decodeMetadata, metadataKey } from '../../saved/metadata.ts'
import { within } from '../../within.ts'
import { Budget } from './budget.ts'
import type { ExternalData } from './external-data.ts'
import { OnnxFile } from './file.ts'
import { GraphImport } from './graph.ts'
import { InputSizes } from './input-shapes.ts'

/** What an ONNX file may leave open, or outside of it. */
export interface ReadOnnxOptions {
  /**
   * Shapes of inputs, as the file has their axes, where it leaves more than the batch open: by name, or by a function that is
   * asked for each such input. -1 stands for the file's own extent.
   */
  readonly inputShapes?: InputShapes
  /**
   * The files beside the model that hold its weights, by the names the model has for them, as torch writes them:
   * `{ 'model.onnx.data': bytes }`. `externalDataFiles` lists these names.
   */
  readonly externalData?: ExternalData
}

/** Reads an ONNX file. `readOnnx` says what comes out, and what is thrown. */
export function readOnnxFile(source: Uint8Array, options: ReadOnnxOptions): Model {
  const file = new OnnxFile(source, options.externalData)
  const budget = new Budget(source.length + file.externalFiles.size)
  const network = new GraphImport(file, budget, new InputSizes(file, options.inputShapes))
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
