import { checkParams, FormatError, graphFromJSON, type Model, paramSpecs, type Tensor } from '@depthwise/core'
import { parseJsonText } from '../json.ts'
import { readSafetensors } from '../safetensors/read.ts'
import { within } from '../within.ts'
import { decodeMetadata, graphKey, metadataKey } from './metadata.ts'

/**
 * Reads a file that `writeModel` wrote. Halves become float32.
 * @throws FormatError for bytes that are no such file: the graph is verified whole, and has all its parameters
 */
export function readModel(bytes: Uint8Array): Model {
  const { tensors, metadata } = readSafetensors(bytes)
  const text = metadata[graphKey]
  if (text === undefined) {
    throw new FormatError({ where: 'safetensors, __metadata__', expected: graphKey, found: 'no such key' })
  }
  const graph = within(graphKey, () => graphFromJSON(parseJsonText(text, graphKey)))
  within(graphKey, () => checkParams(graph, tensors))
  const params = new Map(paramSpecs(graph).map(({ name }) => [name, tensors.get(name) as Tensor]))
  const described = decodeMetadata(metadata[metadataKey] ?? '{}')
  return { graph, params, metadata: { ...described, format: 'depthwise' } }
}
