import { type Graph, graphFromJSON, graphToJSON, type Network, type Params, type Tensor, zeros } from '@depthwise/core'
import { bytesPerElement, elementCount, type ValueType } from '@depthwise/core/backend'

/**
 * A network as a JSON index and the bytes of its parameters, to be read in a process or page of its own: as it is, where the saved
 * form would fold its batch norms.
 */
export interface Packed {
  readonly index: string
  readonly values: Uint8Array
}

interface Entry extends ValueType {
  readonly name: string
}

/** Parameters begin at multiples of what any element wants. */
const bytesOf = ({ dtype, shape }: Entry): number => Math.ceil((elementCount(shape) * bytesPerElement(dtype)) / 8) * 8

export function packNetwork({ graph, params }: Network): Packed {
  const entries = [...params].map(([name, { dtype, shape, quantization }]): Entry => {
    return { name, dtype, shape, ...(quantization && { quantization }) }
  })
  const values = new Uint8Array(entries.reduce((sum, entry) => sum + bytesOf(entry), 0))
  let at = 0
  for (const entry of entries) {
    values.set(viewOf(params.get(entry.name) as Tensor), at)
    at += bytesOf(entry)
  }
  return { index: JSON.stringify({ graph: graphToJSON(graph), entries }), values }
}

export function unpackNetwork({ index, values }: Packed): Network {
  const { graph, entries } = JSON.parse(index) as { graph: unknown; entries: readonly Entry[] }
  return { graph: graphFromJSON(graph) as Graph, params: unpackParams(entries, values) }
}

function unpackParams(entries: readonly Entry[], values: Uint8Array): Params {
  const params = new Map<string, Tensor>()
  let at = 0
  for (const entry of entries) {
    const { name, dtype, shape, quantization } = entry
    const param = zeros(shape, dtype)
    const view = viewOf(param)
    view.set(values.subarray(at, at + view.length))
    params.set(name, quantization ? { ...param, quantization } : param)
    at += bytesOf(entry)
  }
  return params
}

const viewOf = ({ data: { buffer, byteOffset, byteLength } }: Tensor): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
