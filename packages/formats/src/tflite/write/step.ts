import {
  type ElementType,
  type Node,
  type Params,
  type Shape,
  type Tensor,
  type TypedArray,
  UnsupportedOpError,
  zeros,
} from '@depthwise/core'
import { nodeLabel, type ParamName, quantizeInto } from '@depthwise/core/backend'
import type { SupportedOperator } from '../operators/table.ts'
import type { OptionsSchema } from '../schema.ts'
import type { OptionsSpec, TensorIndex, TFLiteFileWriter } from './file.ts'
import { type Part, table } from './flatbuffer.ts'
import { operatorVersion, type Signature } from './versions.ts'

/** A tensor of the file, and what it holds. */
export interface Written extends ElementType {
  readonly index: TensorIndex
  readonly shape: Shape
}

/** One operator of a step: what it reads besides the first operand, its options, and what its version depends on. */
export interface OperatorParts extends Omit<Signature, 'operand'> {
  readonly others?: readonly TensorIndex[]
  readonly options?: OptionsSpec
}

/** One node of the graph while its operators are written. */
export class Step {
  readonly node: Node
  /** What it reads. */
  readonly operands: readonly Written[]
  readonly #file: TFLiteFileWriter
  readonly #params: Params
  readonly #unused: (wanted: string) => string

  constructor(
    node: Node,
    operands: readonly Written[],
    file: TFLiteFileWriter,
    params: Params,
    unused: (wanted: string) => string,
  ) {
    this.node = node
    this.operands = operands
    this.#file = file
    this.#params = params
    this.#unused = unused
  }

  /** The first operand, which every op but an input has. */
  get first(): Written {
    return this.operands[0] as Written
  }

  /** The operator that computes the value of the node, under its name. */
  result(name: SupportedOperator, from: Written = this.first, parts: OperatorParts = {}): Written {
    const { dtype, quantization, shape } = this.node
    return this.#operator(name, from, parts, this.node.name, shape, { dtype, ...(quantization && { quantization }) })
  }

  /** An operator on the way there; `role` distinguishes it from others. */
  between(
    role: string,
    name: SupportedOperator,
    from: Written,
    shape: Shape,
    parts: OperatorParts = {},
    elements: ElementType = elementsOf(from),
  ): Written {
    return this.#operator(name, from, parts, this.#unused(`${this.node.name}/${role}`), shape, elements)
  }

  #operator(
    name: SupportedOperator,
    from: Written,
    { others = [], options, ...signature }: OperatorParts,
    tensorName: string,
    shape: Shape,
    elements: ElementType,
  ): Written {
    const output = this.#file.tensor({ name: tensorName, shape, ...elements })
    const version = operatorVersion(name, { operand: from, ...signature })
    this.#file.operator({ name, version, inputs: [from.index, ...others], output, options })
    return { index: output, shape, ...elements }
  }

  /** The numbers of a constant, under the name of the node. */
  value(numbers: Tensor['data']): Written {
    const { name, shape, dtype, quantization } = this.node
    const elements = elementsOf({ dtype, ...(quantization && { quantization }) })
    return { index: this.#file.tensor({ name, shape, ...elements, data: numbers }), shape, ...elements }
  }

  /** A parameter, which `prepare` has found to be there. */
  param(name: ParamName): Tensor {
    return this.#params.get(name) as Tensor
  }

  /** A constant, named after the node. */
  constant(role: string, tensor: Tensor, axis?: number): TensorIndex {
    const name = this.#unused(`${this.node.name}/${role}`)
    return this.#file.tensor({ ...tensor, name, data: tensor.data, ...(axis !== undefined && { axis }) })
  }

  /** A list of integers: axes, paddings, a shape. */
  integers(role: string, shape: Shape, values: readonly number[]): TensorIndex {
    return this.constant(role, { dtype: 'int32', shape, data: Int32Array.from(values) })
  }

  /** Reals as a constant, stored as values of `elements` are. */
  reals(role: string, shape: Shape, values: readonly number[], elements: ElementType): TensorIndex {
    const { dtype, quantization } = elements
    if (!quantization) return this.constant(role, { dtype: 'float32', shape, data: Float32Array.from(values) })
    const stored = zeros(shape, dtype)
    quantizeInto(values, elements, stored.data)
    return this.constant(role, { ...stored, quantization })
  }

  unsupported(expected: string, found: string): UnsupportedOpError {
    return new UnsupportedOpError({ where: nodeLabel(this.node), expected, found })
  }
}

export function elementsOf({ dtype, quantization }: ElementType): ElementType {
  return { dtype, ...(quantization && { quantization }) }
}

/** Options of an operator by the names of their fields. */
export function optionsOf<F extends string>(
  schema: OptionsSchema<F>,
  values: { readonly [G in F]?: Part },
): OptionsSpec {
  return { member: schema.member, part: table(schema, values) }
}

/** `[rest, outputs]` to `[outputs, rest]`: HWIO to OHWI. Core keeps the axis of the outputs last, TFLite first. */
export function lastAxisFirst<A extends TypedArray>(values: A, outputs: number): A {
  const rest = values.length / outputs
  const moved = values.slice() as A
  for (let i = 0; i < rest; i += 1) {
    for (let output = 0; output < outputs; output += 1) moved[output * rest + i] = values[i * outputs + output]!
  }
  return moved
}
