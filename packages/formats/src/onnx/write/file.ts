import type { Shape } from '@depthwise/core'
import { UniqueNames } from '../../unique-names.ts'
import { dataTypes, type NodeMessage, type TensorMessage } from '../schema.ts'
import { type Attributes, encodeAttributes } from './attributes.ts'

/** The nodes and constants of an ONNX graph under construction. Every value and every constant has a name of its own. */
export class OnnxFile {
  readonly nodes: NodeMessage[] = []
  readonly initializers: TensorMessage[] = []
  readonly #names = new UniqueNames()
  readonly #constants = new Map<string, string>()

  /** Whether images may come in any number. */
  readonly hasOpenBatch: boolean

  /** `reserved` are the names that values of the graph will take. */
  constructor(reserved: Iterable<string>, hasOpenBatch = false) {
    this.hasOpenBatch = hasOpenBatch
    for (const name of reserved) this.#names.take(name)
  }

  /** A name nothing else has. */
  unused(wanted: string): string {
    return this.#names.take(wanted)
  }

  /** Appends a node that computes the value `output` and is called by it; an operand left out is ''. */
  node(opType: string, input: readonly string[], output: string, attributes: Attributes = {}): void {
    this.nodes.push({ input, output: [output], name: output, opType, attribute: encodeAttributes(attributes) })
  }

  /** A float constant; one that was asked for before under the same `key` is shared. */
  reals(key: string, wanted: string, shape: Shape, values: () => Float32Array): string {
    return this.#constant(key, wanted, () => {
      const { buffer, byteOffset, byteLength } = values()
      const rawData = new Uint8Array(buffer, byteOffset, byteLength)
      return { dims: shape, dataType: dataTypes.FLOAT, rawData }
    })
  }

  /** A scalar or, with a shape, a list of reals, shared wherever the same numbers are asked for. */
  list(values: readonly number[], shape: Shape = [values.length]): string {
    const wanted = values.length === 1 ? `real_${values[0]}` : `reals_${values.length}`
    return this.reals(`reals ${shape} ${values}`, wanted, shape, () => Float32Array.from(values))
  }

  /** Integers of a narrow type, or of 32 bits, shared likewise. */
  bytes(type: number, values: readonly number[], shape: Shape): string {
    const wanted = values.length === 1 ? `integer_${values[0]}` : `integers_${values.length}`
    return this.stored(`integers ${type} ${shape} ${values}`, wanted, shape, type, () =>
      type === dataTypes.INT32
        ? Int32Array.from(values)
        : type === dataTypes.INT8
          ? Int8Array.from(values)
          : Uint8Array.from(values),
    )
  }

  /** A constant of integers as they are; one that was asked for before under the same `key` is shared. */
  stored(
    key: string,
    wanted: string,
    shape: Shape,
    type: number,
    values: () => Int8Array | Uint8Array | Int32Array,
  ): string {
    return this.#constant(key, wanted, () => {
      const { buffer, byteOffset, byteLength } = values()
      return { dims: shape, dataType: type, rawData: new Uint8Array(buffer, byteOffset, byteLength) }
    })
  }

  /** A list of integers, shared likewise. */
  integers(values: readonly number[]): string {
    return this.#constant(`integers ${values}`, `integers_${values.join('_')}`, () => {
      const rawData = new Uint8Array(8 * values.length)
      const view = new DataView(rawData.buffer)
      values.forEach((value, i) => {
        view.setBigInt64(8 * i, BigInt(value), true)
      })
      return { dims: [values.length], dataType: dataTypes.INT64, rawData }
    })
  }

  /** Bytes of the constants so far. */
  get size(): number {
    return this.initializers.reduce((sum, { rawData }) => sum + (rawData?.length ?? 0), 0)
  }

  #constant(key: string, wanted: string, encode: () => TensorMessage): string {
    const known = this.#constants.get(key)
    if (known !== undefined) return known
    const name = this.unused(wanted)
    this.initializers.push({ ...encode(), name })
    this.#constants.set(key, name)
    return name
  }
}
