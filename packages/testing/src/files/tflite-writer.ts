import { bytes, encode, f32, i8, i32, i64, type Part, table, text, vector } from './tflite-encoder.ts'

// Writes small TFLite files for the tests. Slots, members and codes are those of schema.fbs, spelt out here a second time so
// that the reader's own table is checked against another.

export const types = { f32: 0, f16: 1, i32: 2, u8: 3, i64: 4, string: 5, i16: 7, i8: 9 } as const
export const codes = {
  ADD: 0,
  AVERAGE_POOL_2D: 1,
  CONCATENATION: 2,
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 4,
  DEPTH_TO_SPACE: 5,
  DEQUANTIZE: 6,
  FULLY_CONNECTED: 9,
  LOGISTIC: 14,
  MAX_POOL_2D: 17,
  MUL: 18,
  RELU: 19,
  RELU_N1_TO_1: 20,
  RELU6: 21,
  RESHAPE: 22,
  RESIZE_BILINEAR: 23,
  SOFTMAX: 25,
  TANH: 28,
  CUSTOM: 32,
  PAD: 34,
  GATHER: 36,
  TRANSPOSE: 39,
  MEAN: 40,
  SUB: 41,
  DIV: 42,
  SQUEEZE: 43,
  STRIDED_SLICE: 45,
  EXP: 47,
  TOPK_V2: 48,
  SPLIT: 49,
  CAST: 53,
  PRELU: 54,
  MAXIMUM: 55,
  ARG_MAX: 56,
  MINIMUM: 57,
  NEG: 59,
  PADV2: 60,
  SLICE: 65,
  EXPAND_DIMS: 70,
  SUM: 74,
  TRANSPOSE_CONV: 67,
  SQRT: 75,
  RESIZE_NEAREST_NEIGHBOR: 97,
  SHAPE: 77,
  POW: 78,
  ARG_MIN: 79,
  REDUCE_PROD: 81,
  REDUCE_MAX: 82,
  PACK: 83,
  UNPACK: 88,
  REDUCE_MIN: 89,
  FLOOR_DIV: 90,
  SQUARE: 92,
  FLOOR_MOD: 95,
  LEAKY_RELU: 98,
  SQUARED_DIFFERENCE: 99,
  MIRROR_PAD: 100,
  ABS: 101,
  ADD_N: 106,
  GATHER_ND: 107,
  RANK: 110,
  QUANTIZE: 114,
  HARD_SWISH: 117,
  RELU_0_TO_1: 152,
} as const
export const activation = { none: 0, relu: 1, reluN1To1: 2, relu6: 3, tanh: 4 } as const

export interface TensorSpec {
  readonly name?: string
  readonly shape: readonly number[]
  /** Default f32. */
  readonly type?: keyof typeof types
  /** Values of a constant, in the type's own units (float16 as its bits); raw bytes are taken as they are. */
  readonly data?: readonly number[] | Uint8Array
  readonly scale?: number | readonly number[]
  readonly zeroPoint?: number | readonly number[]
  readonly axis?: number
  readonly signature?: readonly number[]
  readonly isVariable?: boolean
  readonly buffer?: number
}

export interface OperatorSpec {
  readonly op: keyof typeof codes
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  readonly options?: { readonly member: number; readonly slots: readonly (Part | null)[] }
  readonly customCode?: string
}

export interface FileSpec {
  readonly tensors: readonly TensorSpec[]
  readonly operators: readonly OperatorSpec[]
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  readonly version?: number
  readonly subgraphs?: number
  /** Bytes by name in `Model.metadata`. */
  readonly metadata?: Readonly<Record<string, Uint8Array>>
}

/** SAME or VALID, strides `[height, width]`, the fused activation, dilations `[height, width]`. */
type Pair = readonly [number, number]
export const convOptions = (same: boolean, strides: Pair = [1, 1], fused = 0, dilations: Pair = [1, 1]) => ({
  member: 1,
  slots: [i8(same ? 0 : 1), i32(strides[1]), i32(strides[0]), i8(fused), i32(dilations[1]), i32(dilations[0])],
})
export const depthwiseOptions = (same: boolean, strides: Pair = [1, 1], fused = 0, dilations: Pair = [1, 1]) => ({
  member: 2,
  slots: [i8(same ? 0 : 1), i32(strides[1]), i32(strides[0]), i32(0), i8(fused), i32(dilations[1]), i32(dilations[0])],
})
export const poolOptions = (same: boolean, kernel: Pair, strides: Pair, fused = 0) => ({
  member: 5,
  slots: [i8(same ? 0 : 1), i32(strides[1]), i32(strides[0]), i32(kernel[1]), i32(kernel[0]), i8(fused)],
})
export const denseOptions = (fused = 0, format = 0, keepDims = 0) => ({
  member: 8,
  slots: [i8(fused), i8(format), i8(keepDims)],
})
export const softmaxOptions = (beta = 1) => ({ member: 9, slots: [f32(beta)] })
export const concatOptions = (axis: number, fused = 0) => ({ member: 10, slots: [i32(axis), i8(fused)] })
export const addOptions = (fused = 0) => ({ member: 11, slots: [i8(fused)] })
export const reshapeOptions = (shape: readonly number[]) => ({ member: 17, slots: [vector(shape.map(i32))] })
export const mulOptions = (fused = 0) => ({ member: 21, slots: [i8(fused)] })
export const subOptions = (fused = 0) => ({ member: 28, slots: [i8(fused)] })
export const divOptions = (fused = 0) => ({ member: 29, slots: [i8(fused)] })
export const gatherOptions = (axis: number) => ({ member: 23, slots: [i32(axis)] })
/** Masks by bits: begin, end, ellipsis, new axis, shrunk axis. */
export const stridedSliceOptions = (masks: readonly number[]) => ({ member: 32, slots: masks.map(i32) })
export const packOptions = (count: number, axis: number) => ({ member: 59, slots: [i32(count), i32(axis)] })
export const leakyReluOptions = (alpha: number) => ({ member: 75, slots: [f32(alpha)] })
export const reducerOptions = (keepDims: boolean) => ({ member: 27, slots: [i8(keepDims ? 1 : 0)] })
export const squeezeOptions = (axes: readonly number[]) => ({ member: 30, slots: [vector(axes.map(i32))] })

/** The bytes of a TFLite file. */
export function writeTFLite(spec: FileSpec): Uint8Array {
  const buffers: Part[] = [table()]
  const file = (data: Uint8Array): number => buffers.push(table(bytes(data))) - 1
  const tensors = spec.tensors.map(tensor =>
    tensorPart(tensor, tensor.buffer ?? (tensor.data ? file(dataOf(tensor)) : 0)),
  )
  const metadata = Object.entries(spec.metadata ?? {}).map(([name, data]) => table(text(name), i32(file(data))))
  const used = spec.operators.map(operator => `${operator.op} ${operator.customCode ?? ''}`)
  const distinct = [...new Set(used)]
  const opcodes = distinct.map(key => codePart(spec.operators[used.indexOf(key)] as OperatorSpec))
  const operators = spec.operators.map((operator, i) => operatorPart(operator, distinct.indexOf(used[i] as string)))
  const ints = (values: readonly number[]): Part => vector(values.map(i32))
  const subgraph = table(vector(tensors), ints(spec.inputs), ints(spec.outputs), vector(operators), text('main'))
  const subgraphs = Array.from({ length: spec.subgraphs ?? 1 }, () => subgraph)
  const model = [i32(spec.version ?? 3), vector(opcodes), vector(subgraphs), text('test'), vector(buffers)]
  return encode(table(...model, null, vector(metadata)), 'TFL3')
}

function tensorPart(tensor: TensorSpec, buffer: number): Part {
  const scales = list(tensor.scale)
  const zeroPoints = tensor.zeroPoint === undefined ? scales.map(() => 0) : list(tensor.zeroPoint)
  const quantization =
    scales.length === 0
      ? null
      : table(null, null, vector(scales.map(f32)), vector(zeroPoints.map(i64)), null, null, i32(tensor.axis ?? 0))
  return table(
    vector(tensor.shape.map(i32)),
    i8(types[tensor.type ?? 'f32']),
    i32(buffer),
    tensor.name === undefined ? null : text(tensor.name),
    quantization,
    tensor.isVariable ? i8(1) : null,
    null,
    tensor.signature ? vector(tensor.signature.map(i32)) : null,
  )
}

function dataOf({ data, type = 'f32' }: TensorSpec): Uint8Array {
  if (data instanceof Uint8Array) return data
  const values = data ?? []
  const stored = {
    f32: () => Float32Array.from(values),
    f16: () => Uint16Array.from(values),
    i32: () => Int32Array.from(values),
    u8: () => Uint8Array.from(values),
    i64: () => BigInt64Array.from(values, BigInt),
    string: () => Uint8Array.from(values),
    i16: () => Int16Array.from(values),
    i8: () => Int8Array.from(values),
  }[type]()
  return new Uint8Array(stored.buffer)
}

/** Codes below 127 stand in both fields, as the converter writes them. */
function codePart({ op, customCode }: OperatorSpec): Part {
  const code = codes[op]
  return table(i8(Math.min(code, 127)), customCode === undefined ? null : text(customCode), i32(1), i32(code))
}

function operatorPart({ inputs, outputs, options }: OperatorSpec, code: number): Part {
  return table(
    i32(code),
    vector(inputs.map(i32)),
    vector(outputs.map(i32)),
    options ? i8(options.member) : null,
    options ? table(...options.slots) : null,
  )
}

function list(value: number | readonly number[] | undefined): readonly number[] {
  return value === undefined ? [] : typeof value === 'number' ? [value] : value
}
