import { type BytesLike, checkParams, elementCount, type Metadata, type Model, toBytes, verify } from '@depthwise/core'
import { refuse } from '../identify/index.ts'
import { has } from '../identify/signatures.ts'
import { within } from '../within.ts'
import { TFLiteFile } from './file.ts'
import { GraphImport } from './graph.ts'
import { readDescription } from './metadata.ts'
import { isPicture, normalizationOfQuantization } from './normalization.ts'

/**
 * Reads a TFLite file as a float graph. Weights are dequantised to float32; activations that the file stores as integers
 * run as reals, clamped to the range those integers can hold (which is how most quantised nets do their ReLU6). Inputs and
 * outputs have the names of the file's tensors and inputs the file's shapes, NHWC; all are float32, and
 * `metadata.inputQuantization` tells how raw bytes of an input become reals. Labels and normalisation come from TFLite
 * Metadata where the file has it.
 *
 * @throws FormatError for bytes that are not what the format says, UnsupportedOpError for networks the importer does not
 * know (other operators, several subgraphs, batches that are mixed); both name the operator, or the field and its byte
 */
export function readTFLite(source: BytesLike): Model {
  const bytes = toBytes(source)
  if (!has(bytes, 4, 'TFL3')) refuse(bytes, 'tflite', 'a TFLite file')
  const file = new TFLiteFile(bytes)
  const network = within('subgraph', () => new GraphImport(file))
  for (const index of file.inputs) within('subgraph inputs', () => network.addInput(index))
  for (const operator of file.operators()) within(operator.label, () => network.addOperator(operator))
  const graph = within('subgraph outputs', () => network.finish())
  within('subgraph', () => {
    verify(graph)
    checkParams(graph, network.params)
  })
  return { graph, params: network.params, metadata: readMetadata(bytes, file, network) }
}

function readMetadata(bytes: Uint8Array, file: TFLiteFile, network: GraphImport): Metadata {
  const attached = file.attachment('TFLITE_METADATA')
  const output = file.tensor(file.outputs[0] as number, 'subgraph outputs')
  const classes = elementCount(output.shape.slice(1))
  const described = attached && within('TFLITE_METADATA', () => readDescription(attached, bytes, classes))
  const { normalization: declared, ...rest } = described ?? {}
  const normalization = impliedNormalization(file, network) ?? declared
  const quantized = network.inputQuantization.size > 0
  return {
    format: 'tflite',
    ...rest,
    ...(normalization && { preprocessing: { normalization } }),
    ...(quantized && { inputQuantization: Object.fromEntries(network.inputQuantization) }),
  }
}

/** What scale and zero point of the only input say: more than a description, since the net was trained with them. */
function impliedNormalization(file: TFLiteFile, network: GraphImport) {
  const [quantization, ...others] = network.inputQuantization.values()
  const input = file.tensor(file.inputs[0] as number, 'subgraph inputs')
  if (!quantization || others.length > 0 || !isPicture(input.shape)) return undefined
  return normalizationOfQuantization(quantization, input.type === 'INT8' ? 'INT8' : 'UINT8')
}
