import {
  type BytesLike,
  checkParams,
  elementCount,
  type Graph,
  type Metadata,
  type Model,
  type NodeId,
  type Shape,
  toBytes,
  verify,
} from '@depthwise/core'
import { refuse } from '../identify/index.ts'
import { has } from '../identify/signatures.ts'
import { imageChannels } from '../image-channels.ts'
import type { InputShapes } from '../input-shapes.ts'
import { within } from '../within.ts'
import { TFLiteFile } from './file.ts'
import { GraphImport } from './graph.ts'
import { readDescription } from './metadata.ts'
import { normalizationOfQuantization } from './normalization.ts'

/** What a TFLite file may leave open. */
export interface ReadTFLiteOptions {
  /**
   * Shapes of inputs, as the file has their axes, where it leaves extents open: by name, or by a function that is asked for
   * each input of which more than the batch is open, whether the file states a size for it or not. -1, or nothing from the
   * function, keeps that of the file. An open batch is the file's, which is 1 mostly.
   */
  readonly inputShapes?: InputShapes
}

/**
 * Reads a TFLite file as a float graph. Weights are dequantised to float32; activations that the file stores as integers
 * run as reals, clamped to the range those integers can hold (which is how most quantised nets do their ReLU6). Inputs and
 * outputs have the names of the file's tensors and the file's shapes, NHWC; channels-first images that the file transposes
 * are NHWC too. All are float32, and `metadata.inputQuantization` says how raw bytes of an input become reals; bytes
 * without a scale are the reals they are. Labels and normalisation come from TFLite Metadata where the file has it.
 *
 * @throws FormatError for bytes that are not what the format says, UnsupportedOpError for networks the importer does not
 * know (other operators, several subgraphs, batches that are mixed); both name the operator, or the field and its byte;
 * OptionError for `inputShapes` that do not fit the file
 */
export function readTFLite(source: BytesLike, options: ReadTFLiteOptions = {}): Model {
  const bytes = toBytes(source)
  if (!has(bytes, 4, 'TFL3')) refuse(bytes, 'tflite', 'a TFLite file')
  const file = new TFLiteFile(bytes)
  const operators = [...file.operators()]
  const network = within('subgraph', () => new GraphImport(file, operators, options.inputShapes ?? {}))
  for (const index of file.inputs) within('subgraph inputs', () => network.addInput(index))
  for (const operator of operators) network.addOperator(operator)
  const graph = within('subgraph outputs', () => network.finish())
  within('subgraph', () => {
    verify(graph)
    checkParams(graph, network.params)
  })
  return { graph, params: network.params, metadata: readMetadata(bytes, file, network, graph) }
}

function readMetadata(bytes: Uint8Array, file: TFLiteFile, network: GraphImport, graph: Graph): Metadata {
  const attached = file.attachment('TFLITE_METADATA')
  const shapeOf = (id: NodeId | undefined): Shape => graph.nodes.find(node => node.id === id)?.shape ?? []
  const classes = elementCount(shapeOf(graph.outputs[0]).slice(1))
  const channels = imageChannels(shapeOf(graph.inputs[0]))
  const described = attached && within('TFLITE_METADATA', () => readDescription(attached, bytes, classes, channels))
  const { normalization: declared, ...rest } = described ?? {}
  const implied = channels === null ? null : impliedNormalization(file, network)
  const normalization = implied?.name ?? declared ?? implied?.exact
  const quantized = network.inputQuantization.size > 0
  return {
    format: 'tflite',
    ...rest,
    ...(normalization && { preprocessing: { normalization } }),
    ...(quantized && { inputQuantization: Object.fromEntries(network.inputQuantization) }),
  }
}

/**
 * What scale and zero point of the only input say. A convention counts for more than a description, since the net was
 * trained with it; other numbers for less, since they may only be the range of some pictures.
 */
function impliedNormalization(file: TFLiteFile, network: GraphImport) {
  const [quantization, ...others] = network.inputQuantization.values()
  const input = file.tensor(file.inputs[0] as number, 'subgraph inputs')
  if (!quantization || others.length > 0) return null
  return normalizationOfQuantization(quantization, input.type === 'INT8' ? 'INT8' : 'UINT8')
}
