import {
  FormatError,
  type Graph,
  graphFromJSON,
  graphToJSON,
  type Network,
  type Params,
  type Shape,
  type Tensor,
  tensor,
} from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'

/** A network as a JSON index and one run of float32 values, to be read in a process or page of its own. */
export interface Packed {
  readonly index: string
  readonly values: Uint8Array
}

interface Entry {
  readonly name: string
  readonly shape: Shape
}

export function packNetwork({ graph, params }: Network): Packed {
  const entries = [...params].map(([name, { shape }]): Entry => ({ name, shape }))
  const values = new Float32Array(entries.reduce((sum, { shape }) => sum + elementCount(shape), 0))
  let at = 0
  for (const [name, { data }] of params) {
    if (!(data instanceof Float32Array)) {
      throw new FormatError({ where: `parameter "${name}"`, expected: 'float32', found: data.constructor.name })
    }
    values.set(data, at)
    at += data.length
  }
  return { index: JSON.stringify({ graph: graphToJSON(graph), entries }), values: new Uint8Array(values.buffer) }
}

export function unpackNetwork({ index, values }: Packed): Network {
  const { graph, entries } = JSON.parse(index) as { graph: unknown; entries: readonly Entry[] }
  return { graph: graphFromJSON(graph) as Graph, params: unpackParams(entries, values) }
}

/** Views of the values, not copies: a checkpoint that lies in memory. */
function unpackParams(entries: readonly Entry[], bytes: Uint8Array): Params {
  const values = new Float32Array(bytes.slice().buffer)
  const params = new Map<string, Tensor>()
  let at = 0
  for (const { name, shape } of entries) {
    const length = elementCount(shape)
    params.set(name, tensor(shape, values.subarray(at, at + length)))
    at += length
  }
  return params
}
