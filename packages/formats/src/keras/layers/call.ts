import {
  FormatError,
  type GraphBuilder,
  type Shape,
  type Tensor,
  tensor,
  UnsupportedOpError,
  type Value,
  WeightsError,
} from '@depthwise/core'
import { formatShape, sameShape } from '@depthwise/core/backend'
import { identityOperators } from '../../affine-operators.ts'
import type { ChannelBudget } from '../../channel-budget.ts'
import type { Emit } from '../../composed.ts'
import type { Fields } from '../fields.ts'
import type { VariableName } from '../variables.ts'

/** What a call of a layer is given: a value, or a constant of the configuration. */
export type CallArgument = { readonly value: Value } | { readonly constant: unknown }

interface CallContext {
  readonly fields: Fields
  readonly builder: GraphBuilder
  readonly args: readonly CallArgument[]
  readonly kwargs: ReadonlyMap<string, CallArgument>
  readonly name: string
  readonly isKeras3: boolean
  readonly budget: ChannelBudget
  readonly freeName: (wanted: string) => string
  readonly stored: (variable: VariableName) => Tensor | undefined
  readonly param: (role: string, make: () => Tensor) => string
}

/** What a layer may do as it is called: read its fields, take its weights, add nodes. */
export class LayerCall {
  readonly fields: Fields
  readonly builder: GraphBuilder
  /** In the order of the file. Only arithmetic takes constants. */
  readonly args: readonly CallArgument[]
  readonly kwargs: ReadonlyMap<string, CallArgument>
  /** Free in the graph; the layer's own name where it is called once. */
  readonly name: string
  readonly isKeras3: boolean
  readonly #context: CallContext

  constructor(context: CallContext) {
    this.#context = context
    this.fields = context.fields
    this.builder = context.builder
    this.args = context.args
    this.kwargs = context.kwargs
    this.name = context.name
    this.isKeras3 = context.isKeras3
  }

  /**
   * The operands of a layer that takes values only.
   * @throws UnsupportedOpError for a constant among them
   */
  get inputs(): readonly Value[] {
    return this.args.flatMap(argument => {
      if ('value' in argument) return [argument.value]
      if (argument.constant === null) return []
      throw unsupported(this, 'computed operands', 'a constant')
    })
  }

  /**
   * The number of channels of a value, charged to the budget. Call it before allocating a number per channel.
   * @throws FormatError where the file would have made too many
   */
  channelsOf(x: Value): number {
    return this.#context.budget.take(x.shape.at(-1) ?? 1, this.fields.where)
  }

  /** The same call with other fields: of a layer that stands in a field of this one. */
  with(fields: Fields): LayerCall {
    return new LayerCall({ ...this.#context, fields })
  }

  /** The same call of other arguments. */
  withArguments(args: readonly CallArgument[]): LayerCall {
    return new LayerCall({ ...this.#context, args })
  }

  /** A name derived from that of the layer, free too. */
  derived(suffix: string): string {
    return this.#context.freeName(`${this.name}_${suffix}`)
  }

  /** Adds nodes that lead to a result of that name. */
  emit(name: string): Emit {
    return (op, operands, role) => this.builder.op(op, operands, { name: role === null ? name : this.derived(role) })
  }

  /**
   * Takes a weight from the file.
   * @returns the name of the parameter, the same at every call of the layer
   * @throws WeightsError where the file has none of that shape
   */
  weight(variable: VariableName, role: string, shape: Shape): string {
    return this.#context.param(role, () => {
      const found = this.numbers(variable, stored => {
        // A dense layer over an image is a 1x1 convolution here, and has two extents there.
        const whole = stored && stored.length === 2 && shape.length === 4 ? [1, 1, ...stored] : stored
        checkWeight(whole, shape, `${this.fields.where}, ${variable}`)
      })
      return tensor(shape, found.data)
    })
  }

  /** The shape that a weight has in the file; undefined where there is none. */
  shapeOf(variable: VariableName): Shape | undefined {
    return this.#context.stored(variable)?.shape
  }

  /** Adds a parameter that the file does not have. */
  constant(role: string, value: Tensor): string {
    return this.#context.param(role, () => value)
  }

  /**
   * The numbers of a weight, for layers that become attributes of ops.
   * @param check is given the shape in the file, undefined where there is no such weight, and throws
   */
  numbers(variable: VariableName, check: (shape: Shape | undefined) => void): Tensor<'float32'> {
    const found = this.#context.stored(variable)
    check(found?.shape)
    if (found?.dtype === 'float32') return found as Tensor<'float32'>
    const where = `${this.fields.where}, ${variable}`
    throw new FormatError({ where, expected: 'float32', found: found?.dtype ?? 'nothing' })
  }
}

export type LayerImporter = (call: LayerCall) => Value

/** The only operand of a layer. */
export function only({ inputs, fields }: LayerCall): Value {
  const [input, ...others] = inputs
  if (input && others.length === 0) return input
  throw new FormatError({ where: fields.where, expected: 'one operand', found: `${inputs.length}` })
}

/** The importers of the operators that do nothing, by the names that one of the formats of Keras has for them. */
export const identityImporters = (format: 'keras' | 'tensorflow' | 'tfjs'): Readonly<Record<string, LayerImporter>> =>
  Object.fromEntries(identityOperators[format].map(name => [name, only]))

/** The only operand, which must be NHWC. */
export function image(call: LayerCall): Value {
  const input = only(call)
  checkDataFormat(call)
  if (input.shape.length === 4) return input
  throw unsupported(call, 'an image, rank 4', formatShape(input.shape))
}

/** @throws UnsupportedOpError for a layer of channels first */
export function checkDataFormat(call: LayerCall): void {
  const format = call.fields.string('data_format', 'channels_last')
  if (format !== 'channels_last') throw unsupported(call, 'data_format channels_last', format)
}

export function unsupported(
  { fields }: Pick<LayerCall, 'fields'>,
  expected: string,
  found: string,
): UnsupportedOpError {
  return new UnsupportedOpError({ where: fields.where, expected, found: found.slice(0, 80) })
}

export function checkWeight(found: Shape | undefined, shape: Shape, where: string): void {
  if (found && sameShape(found, shape)) return
  const what = found ? formatShape(found) : 'no such weight in the file'
  throw new WeightsError({ where, expected: formatShape(shape), found: what })
}
