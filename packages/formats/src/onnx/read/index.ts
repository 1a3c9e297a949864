import type { Metadata, Model, Node } from '@depthwise/core'
import { checkParams, isPerTensor, nodeIndex, verify } from '@depthwise/core/backend'
import { type ArithmeticName, keepsIntegers } from '../../arithmetic.ts'
import type { InputShapes } from '../../input-shapes.ts'
import { quote } from '../../quote.ts'
import { realNodes } from '../../real-nodes.ts'
import { decodeMetadata, metadataKey } from '../../saved/metadata.ts'
import { within } from '../../within.ts'
import { Budget } from './budget.ts'
import type { ExternalData } from './external-data.ts'
import { OnnxFile } from './file.ts'
import { GraphImport } from './graph.ts'
import { InputSizes } from './input-shapes.ts'
import { type KeptIntegers, keepIntegers } from './keep-integers.ts'

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
  /**
   * What becomes of values that the file quantizes. `integer`, the default: quantized values with the file's scales and zero
   * points, weights and biases as they are stored; what has no quantized op here is computed in reals between `dequantize` and
   * `quantize`, and `metadata.realNodes` says why. `real`: reals that are clamped to what those bytes can hold, which every
   * backend computes.
   */
  readonly arithmetic?: ArithmeticName
}

/** Reads an ONNX file. `readOnnx` says what comes out, and what is thrown. */
export function readOnnxFile(source: Uint8Array, options: ReadOnnxOptions): Model {
  const isInteger = keepsIntegers(options.arithmetic)
  const file = new OnnxFile(source, options.externalData)
  const budget = new Budget(source.length + file.externalFiles.size)
  const network = new GraphImport(file, budget, new InputSizes(file, options.inputShapes), isInteger)
  for (const input of file.inputs) within(`input ${quote(input.name ?? '')}`, () => network.addInput(input))
  for (const node of file.nodes) within(node.label, () => network.addNode(node))
  const plain = within('graph, outputs', () => network.finish())
  const kept = isInteger ? within('graph', () => keepIntegers(plain, network.params)) : null
  const graph = kept?.graph ?? plain
  within('graph', () => {
    verify(graph)
    checkParams(graph, network.params)
  })
  return { graph, params: network.params, metadata: { ...readMetadata(file), ...(kept && quantizationOf(kept)) } }
}

/** How inputs of bytes stand for reals, and which nodes compute reals. */
function quantizationOf({ graph, realProducts }: KeptIntegers): Metadata {
  const nodes = nodeIndex(graph)
  const inputs = graph.inputs.flatMap(id => {
    const { name, quantization } = nodes.get(id) as Node
    return quantization && isPerTensor(quantization) ? [[name, quantization] as const] : []
  })
  const reals = realNodes(graph, realProducts)
  return {
    ...(inputs.length > 0 && { inputQuantization: Object.fromEntries(inputs) }),
    ...(Object.keys(reals).length > 0 && { realNodes: reals }),
  }
}

/** What a file of ours says of its model; of others only the name is known. */
function readMetadata({ properties, graphName }: OnnxFile): Metadata {
  const own = properties.get(metadataKey)
  if (own !== undefined) return { ...decodeMetadata(own), format: 'onnx' }
  return { format: 'onnx', ...(graphName !== '' && { name: graphName }) }
}
