import { graphToJSON, type Model, type ParamName, type Params, paramSpecs, prepare, type Tensor } from '@depthwise/core'
import { type WriteSafetensorsOptions, writeSafetensors } from '../safetensors/write.ts'
import { canonicalJson } from './canonical.ts'
import { encodeMetadata, graphKey, metadataKey } from './metadata.ts'

/** How a model is stored. */
export interface WriteModelOptions {
  /** How parameters are stored; default `float32`. `float16` halves the file: numbers are rounded to the nearest half. */
  readonly storage?: WriteSafetensorsOptions['storage']
  /** Told of each parameter that stays float32, since a number of it is beyond the halves. */
  readonly onOverflow?: (name: ParamName) => void
}

/**
 * Writes a model as one file: a safetensors file whose metadata holds the graph and what is known of it. Only parameters
 * that the graph reads are written. Equal models make equal bytes.
 *
 * @throws GraphError, ShapeError or WeightsError for a model that is none
 */
export function writeModel({ graph, params, metadata }: Model, options: WriteModelOptions = {}): Uint8Array {
  const { storage = 'float32', onOverflow } = options
  prepare(graph, params)
  const read = readParams(graph, params)
  if (storage === 'float16' && onOverflow) {
    for (const [name, { data }] of read) if (data.some(isBeyondHalves)) onOverflow(name)
  }
  return writeSafetensors(read, {
    storage,
    metadata: { [graphKey]: canonicalJson(graphToJSON(graph)), [metadataKey]: encodeMetadata(metadata) },
  })
}

function readParams(graph: Model['graph'], params: Params): Params {
  return new Map(paramSpecs(graph).map(({ name }) => [name, params.get(name) as Tensor]))
}

/** From 65520 on, half way between the largest half and what would follow it, numbers round to infinity. */
function isBeyondHalves(value: number): boolean {
  return Number.isFinite(value) && Math.abs(value) >= 65520
}
