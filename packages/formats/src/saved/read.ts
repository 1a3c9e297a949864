import {
  type BytesLike,
  FormatError,
  type Graph,
  graphFromJSON,
  type Model,
  type Tail,
  type Tensor,
} from '@depthwise/core'
import { checkParams, paramSpecs, toBytes } from '@depthwise/core/backend'
import { parseJsonText } from '../json.ts'
import { startsHeader } from '../magic.ts'
import { decodeSafetensors } from '../safetensors/decode.ts'
import { within } from '../within.ts'
import { decodeMetadata, graphKey, metadataKey, tailKey } from './metadata.ts'
import { withQuantizations } from './quantizations.ts'

/**
 * Reads a file that `writeModel` wrote. Halves become float32.
 * @throws FormatError for bytes that are no such file: graph and tail are verified whole, and all parameters are there
 */
export async function readModel(source: BytesLike): Promise<Model> {
  const bytes = toBytes(source)
  if (!startsHeader(bytes)) {
    const { refuseOthers } = await import('../identify/index.ts')
    refuseOthers(bytes, 'model', 'a model that writeModel saved', ['depthwise'])
  }
  const { tensors, metadata } = decodeSafetensors(bytes)
  const text = metadata[graphKey]
  if (text === undefined) {
    const found = 'a safetensors file of weights alone: use readSafetensors'
    throw new FormatError({ where: 'model', expected: `a model that writeModel saved, with ${graphKey}`, found })
  }
  const graph = within(graphKey, () => graphFromJSON(parseJsonText(text, graphKey)))
  const quantized = withQuantizations(tensors, metadata)
  within(graphKey, () => checkParams(graph, quantized))
  const params = new Map(paramSpecs(graph).map(({ name }) => [name, quantized.get(name) as Tensor]))
  const described = decodeMetadata(metadata[metadataKey] ?? '{}')
  const tail = await readTail(metadata[tailKey], graph)
  return { graph, params, metadata: { ...described, format: 'depthwise' }, ...(tail && { tail }) }
}

/** Few networks have a tail; what checks one is loaded for those. */
async function readTail(text: string | undefined, graph: Graph): Promise<Tail | null> {
  if (text === undefined) return null
  const { checkTail, tailFromJSON } = await import('@depthwise/core/tail')
  return within(tailKey, () => {
    const tail = tailFromJSON(parseJsonText(text, tailKey))
    checkTail(tail, graph)
    return tail
  })
}
