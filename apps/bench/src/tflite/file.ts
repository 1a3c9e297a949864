import type { Shape } from '@depthwise/core'
import { Builder, type Offset } from 'flatbuffers'
import { bytes, type Field, int8, int32, ints, offsets, ref, table } from './flatbuffer.ts'
import { type OperatorName, type Options, operatorCodes } from './operators.ts'

/** Types of the schema that are written here. */
const tensorTypes = { float32: 0, int32: 2 } as const

interface StoredTensor {
  readonly name: string
  readonly shape: Shape
  readonly type: keyof typeof tensorTypes
  /** Index in the file's list of buffers; 0 is the empty one, of tensors that are computed. */
  readonly buffer: number
}

interface StoredOperator {
  readonly name: OperatorName
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  readonly options: Options | null
}

/** Gathers tensors and operators of one subgraph and lays them out as a TFLite file, schema version 3. */
export class TFLiteDraft {
  readonly #tensors: StoredTensor[] = []
  readonly #operators: StoredOperator[] = []
  readonly #data: Uint8Array[] = [new Uint8Array(0)]

  /** A tensor that is computed, or given from outside. Returns its index. */
  value(name: string, shape: Shape): number {
    return this.#tensors.push({ name, shape, type: 'float32', buffer: 0 }) - 1
  }

  constant(name: string, shape: Shape, data: Float32Array | Int32Array): number {
    const buffer = this.#data.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) - 1
    const type = data instanceof Float32Array ? 'float32' : 'int32'
    return this.#tensors.push({ name, shape, type, buffer }) - 1
  }

  operator(name: OperatorName, inputs: readonly number[], output: number, options: Options | null): void {
    this.#operators.push({ name, inputs, outputs: [output], options })
  }

  /** The bytes of the file. Flatbuffers are built from the leaves to the root. */
  encode(inputs: readonly number[], outputs: readonly number[]): Uint8Array {
    const size = this.#data.reduce((sum, data) => sum + data.length, 1 << 16)
    const builder = new Builder(size)
    const names = [...new Set(this.#operators.map(operator => operator.name))]
    const buffers = offsets(
      builder,
      this.#data.map((data, i) => table(builder, i === 0 ? [] : [bytes(builder, data)])),
    )
    const codes = offsets(
      builder,
      names.map(name => codeTable(builder, name)),
    )
    const subgraph = table(builder, [
      offsets(
        builder,
        this.#tensors.map(tensor => tensorTable(builder, tensor)),
      ),
      ints(builder, inputs),
      ints(builder, outputs),
      offsets(
        builder,
        this.#operators.map(operator => operatorTable(builder, operator, names.indexOf(operator.name))),
      ),
      text(builder, 'main'),
    ])
    const subgraphs = offsets(builder, [subgraph])
    const model = table(builder, [int32(3), codes, subgraphs, text(builder, 'depthwise bench'), buffers])
    builder.finish(model, 'TFL3')
    return builder.asUint8Array()
  }
}

const text = (builder: Builder, value: string): Field => ref(builder.createString(value))

function codeTable(builder: Builder, name: OperatorName): Offset {
  const code = operatorCodes[name]
  return table(builder, [int8(code), null, int32(1), int32(code)])
}

function tensorTable(builder: Builder, { name, shape, type, buffer }: StoredTensor): Offset {
  const fields = [ints(builder, shape), int8(tensorTypes[type]), int32(buffer), text(builder, name)]
  return table(builder, fields)
}

function operatorTable(builder: Builder, { inputs, outputs, options }: StoredOperator, code: number): Offset {
  const stored = options ? ref(table(builder, options.fields)) : null
  const lists = [ints(builder, inputs), ints(builder, outputs)]
  return table(builder, [int32(code), ...lists, options ? int8(options.member) : null, stored])
}
