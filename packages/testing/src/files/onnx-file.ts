import { elementCount } from '../../../core/src/backend.ts'
import type { Shape } from '../../../core/src/index.ts'
import { encode } from '../../../formats/src/onnx/proto/encode.ts'
import {
  type AttributeMessage,
  attributeTypes,
  type DimensionMessage,
  dataTypes,
  modelSchema,
  type NodeMessage,
  type TensorMessage,
} from '../../../formats/src/onnx/schema.ts'
import { randomIntegers } from '../random-integers.ts'

// Small ONNX files as exporters write them, put together by hand.

type AttributeValue =
  | number
  | string
  | readonly number[]
  | TensorMessage
  | { readonly real: number }
  | { readonly reals: readonly number[] }

/** An operator, its operands, its result (or several), its attributes. */
export type NodeSpec = readonly [
  opType: string,
  inputs: readonly string[],
  output: string | readonly string[],
  attributes?: Readonly<Record<string, AttributeValue>>,
]

export interface FileSpec {
  /** Default 17. */
  readonly opset?: number
  readonly irVersion?: number
  /** Extents, or words for open ones; float32, or the type after a colon in the name: `image:UINT8`. */
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>
  /** float32, or the type after a colon. */
  readonly outputs: readonly string[]
  readonly constants?: Readonly<Record<string, TensorMessage>>
  readonly nodes: readonly NodeSpec[]
  /** Whether the inputs list the initializers too, as files of version 3 do. */
  readonly listConstants?: boolean
}

export function onnxFile(spec: FileSpec): Uint8Array {
  return encode(modelSchema, onnxModel(spec))
}

export function onnxModel({
  opset = 17,
  irVersion = 8,
  inputs,
  outputs,
  constants = {},
  nodes,
  listConstants,
}: FileSpec) {
  const value = (name: string, dims: readonly (number | string)[], type = 'FLOAT') => ({
    name,
    type: { tensorType: { elemType: dataTypes[type as 'FLOAT'], shape: { dim: dims.map(dimension) } } },
  })
  const typed = Object.entries(inputs).map(([name, dims]) => {
    const [plain = '', type] = name.split(':')
    return value(plain, dims, type)
  })
  const contributed = nodes.some(([opType]) => opType.startsWith('com.microsoft.'))
  const listed = Object.entries(constants).map(([name, { dims = [] }]) => value(name, dims))
  return {
    irVersion,
    opsetImport: [{ version: opset }, ...(contributed ? [{ domain: 'com.microsoft', version: 1 }] : [])],
    graph: {
      name: 'test',
      node: nodes.map(nodeMessage),
      initializer: Object.entries(constants).map(([name, tensor]) => ({ ...tensor, name })),
      input: listConstants ? [...typed, ...listed] : typed,
      output: outputs.map(output => {
        const [name = '', type = 'FLOAT'] = output.split(':')
        return { name, type: { tensorType: { elemType: dataTypes[type as 'FLOAT'] } } }
      }),
    },
  }
}

function dimension(extent: number | string): DimensionMessage {
  return typeof extent === 'number' ? { value: extent } : { param: extent }
}

function nodeMessage([opType, input, output, attributes = {}]: NodeSpec, index: number): NodeMessage {
  const [domain, type] = opType.includes('.') ? opType.split(/\.(?=[^.]+$)/) : ['', opType]
  return {
    input,
    output: typeof output === 'string' ? [output] : output,
    name: `${type}_${index}`,
    opType: type as string,
    ...(domain && { domain }),
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  }
}

function attribute(name: string, value: AttributeValue): AttributeMessage {
  if (typeof value === 'number') return { name, i: value, type: attributeTypes.INT }
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: attributeTypes.STRING }
  if (Array.isArray(value)) return { name, ints: value as readonly number[], type: attributeTypes.INTS }
  if ('real' in value) return { name, f: value.real, type: attributeTypes.FLOAT }
  if ('reals' in value) return { name, floats: value.reals, type: attributeTypes.FLOATS }
  return { name, t: value as TensorMessage, type: attributeTypes.TENSOR }
}

/** Floats of a shape, seeded: of order one where sums of `fanIn` products are to be. */
export function reals(dims: Shape, seed = 1, spread = 1): TensorMessage {
  const random = randomIntegers(seed)
  const values = Float32Array.from({ length: elementCount(dims) }, () => (random(2 ** 20) / 2 ** 19 - 1) * spread)
  return { dims, dataType: dataTypes.FLOAT, rawData: new Uint8Array(values.buffer) }
}

/** Floats given one by one; a scalar where the shape is empty. */
export function floats(values: readonly number[], dims: Shape = [values.length]): TensorMessage {
  return { dims, dataType: dataTypes.FLOAT, floatData: values }
}

export function ints(values: readonly number[], dims: Shape = [values.length]): TensorMessage {
  return { dims, dataType: dataTypes.INT64, int64Data: values }
}

/** Integers of a narrow type. */
export function narrow(
  type: 'UINT8' | 'INT8' | 'INT32',
  values: readonly number[],
  dims: Shape = [values.length],
): TensorMessage {
  return { dims, dataType: dataTypes[type], int32Data: values }
}
