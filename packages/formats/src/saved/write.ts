import { graphToJSON, type Model, type Params, type Tensor } from '@depthwise/core'
import { paramSpecs, prepare, tailToJSON } from '@depthwise/core/backend'
import { type WriteSafetensorsOptions, writeSafetensors } from '../safetensors/write.ts'
import { canonicalJson } from './canonical.ts'
import { encodeMetadata, graphKey, metadataKey, tailKey } from './metadata.ts'
import { encodeQuantizations } from './quantizations.ts'

/** What parameters are stored as; default `float32`. `float16` halves the file: numbers are rounded to the nearest half. */
export type WriteModelOptions = Pick<WriteSafetensorsOptions, 'dtype' | 'onOverflow'>

/**
 * Writes a model as one file: a safetensors file whose metadata holds the graph and what is known of it. Only parameters
 * that the graph reads are written. Equal models make equal bytes. Quantized parameters keep their integers; their scales and
 * zero points stand in the metadata, as does a tail, whose constants stay as they are whatever parameters are stored as.
 *
 * @throws GraphError, ShapeError or WeightsError for a model that is none
 */
export function writeModel({ graph, params, metadata, tail }: Model, options: WriteModelOptions = {}): Uint8Array {
  prepare(graph, params)
  const read = readParams(graph, params)
  return writeSafetensors(read, {
    ...options,
    metadata: {
      [graphKey]: canonicalJson(graphToJSON(graph)),
      [metadataKey]: encodeMetadata(metadata),
      ...(tail && { [tailKey]: canonicalJson(tailToJSON(tail)) }),
      ...encodeQuantizations(read),
    },
  })
}

function readParams(graph: Model['graph'], params: Params): Params {
  return new Map(paramSpecs(graph).map(({ name }) => [name, params.get(name) as Tensor]))
}
