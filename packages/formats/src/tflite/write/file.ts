import {
  type DType,
  type ElementType,
  OptionError,
  type Quantization,
  type Shape,
  type TypedArray,
} from '@depthwise/core'
import { perIndex } from '@depthwise/core/backend'
import { operatorCode } from '../operator-names.ts'
import type { SupportedOperator } from '../operators/table.ts'
import * as schema from '../schema.ts'
import {
  bytes,
  encodeFlatBuffer,
  float32s,
  int8,
  int32,
  int32s,
  int64s,
  type Part,
  table,
  text,
  vector,
} from './flatbuffer.ts'

/** The index of a tensor of the file. */
export type TensorIndex = number

/** A tensor of the file. */
export interface TensorSpec extends ElementType {
  readonly name: string
  readonly shape: Shape
  /** Of a constant. */
  readonly data?: TypedArray
  /** The axis along which scales of channels run, where that is not the one of the quantization. */
  readonly axis?: number
}

/** An operator of the file. */
export interface OperatorSpec {
  readonly name: SupportedOperator
  readonly version: number
  readonly inputs: readonly TensorIndex[]
  readonly output: TensorIndex
  readonly options?: OptionsSpec | undefined
}

/** Options of an operator: its member of the union, and their values. */
export interface OptionsSpec {
  readonly member: number
  readonly part: Part
}

const tensorType: Readonly<Record<DType, schema.TensorType>> = {
  float32: 'FLOAT32',
  uint8: 'UINT8',
  int8: 'INT8',
  int32: 'INT32',
}

/** Kernels read constants with vector instructions; TFLite's own writer aligns them so. */
const alignment = 16
/** Codes up to this one also stand in the byte that files had before there were more of them. */
const largestByteCode = 127
/** Offsets of flatbuffers are 32 bits wide, and readers take them as signed. */
const largestFile = 2 ** 31 - 2 ** 24

/** A TFLite file under construction: one subgraph, its tensors, and the operators in their order. */
export class TFLiteFileWriter {
  /** The first buffer is empty: that of all values that are computed. */
  readonly #buffers: Part[] = [table(schema.bufferSchema, {})]
  readonly #tensors: Part[] = []
  readonly #operators: Part[] = []
  readonly #codes = new Map<string, { readonly index: number; readonly part: Part }>()
  #size = 0

  tensor({ name, shape, dtype, quantization, data, axis }: TensorSpec): TensorIndex {
    const buffer = data ? this.#buffer(data) : 0
    const part = table(schema.tensorSchema, {
      shape: int32s(shape),
      type: int8(schema.tensorTypes.indexOf(tensorType[dtype])),
      buffer: int32(buffer),
      name: text(name),
      quantization: quantization && quantizationPart(quantization, axis),
    })
    return this.#tensors.push(part) - 1
  }

  operator({ name, version, inputs, output, options }: OperatorSpec): void {
    const part = table(schema.operatorSchema, {
      opcode_index: int32(this.#code(name, version)),
      inputs: int32s(inputs),
      outputs: int32s([output]),
      ...(options && { builtin_options_type: int8(options.member), builtin_options: options.part }),
    })
    this.#operators.push(part)
  }

  /** @throws OptionError for more than 2 GiB of parameters */
  encode(inputs: readonly TensorIndex[], outputs: readonly TensorIndex[]): Uint8Array {
    if (this.#size > largestFile) {
      throw new OptionError({
        where: 'writeTFLite',
        expected: 'at most 2 GiB of parameters',
        found: `${this.#size} bytes`,
      })
    }
    const main = table(schema.subGraphSchema, {
      tensors: vector(this.#tensors),
      inputs: int32s(inputs),
      outputs: int32s(outputs),
      operators: vector(this.#operators),
      name: text('main'),
    })
    const model = table(schema.modelSchema, {
      version: int32(3),
      operator_codes: vector([...this.#codes.values()].map(({ part }) => part)),
      subgraphs: vector([main]),
      description: text('depthwise'),
      buffers: vector(this.#buffers),
    })
    return encodeFlatBuffer(model, 'TFL3')
  }

  #buffer(data: TypedArray): number {
    this.#size += data.byteLength
    const content = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    return this.#buffers.push(table(schema.bufferSchema, { data: bytes(content, alignment) })) - 1
  }

  #code(name: SupportedOperator, version: number): number {
    const key = `${name} ${version}`
    const known = this.#codes.get(key)
    if (known) return known.index
    const code = operatorCode(name)
    const part = table(schema.operatorCodeSchema, {
      deprecated_builtin_code: int8(Math.min(code, largestByteCode)),
      version: int32(version),
      builtin_code: int32(code),
    })
    const index = this.#codes.size
    this.#codes.set(key, { index, part })
    return index
  }
}

function quantizationPart(quantization: Quantization, axis: number | undefined): Part {
  const { scales, zeroPoints } = perIndex(quantization)
  const own = 'axis' in quantization ? quantization.axis : 0
  return table(schema.quantizationSchema, {
    scale: float32s(scales),
    zero_point: int64s(zeroPoints),
    quantized_dimension: int32(axis ?? own),
  })
}
