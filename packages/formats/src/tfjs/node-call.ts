import {
  FormatError,
  type GraphBuilder,
  type Shape,
  type Tensor,
  UnsupportedOpError,
  type Value,
} from '@depthwise/core'
import { formatShape } from '@depthwise/core/backend'
import type { ChannelBudget } from '../channel-budget.ts'
import type { Emit } from '../composed.ts'
import { isRealType } from '../tensorflow-types.ts'
import type { NodeDef } from './graph-def.ts'

/** An operand: computed, or a constant of the file. */
export type Operand = { readonly value: Value } | { readonly constant: Tensor }

/** What an op may do as it is imported. */
export class NodeCall {
  readonly node: NodeDef
  readonly builder: GraphBuilder
  readonly operands: readonly Operand[]
  readonly #params: Map<string, Tensor>
  readonly #budget: ChannelBudget
  readonly #name: (wanted: string) => string

  constructor(
    node: NodeDef,
    operands: readonly Operand[],
    graph: {
      readonly builder: GraphBuilder
      readonly params: Map<string, Tensor>
      readonly budget: ChannelBudget
      readonly name: (wanted: string) => string
    },
  ) {
    this.node = node
    this.operands = operands
    this.builder = graph.builder
    this.#params = graph.params
    this.#budget = graph.budget
    this.#name = graph.name
  }

  value(position: number): Value {
    const operand = this.operands[position]
    if (operand && 'value' in operand) return operand.value
    throw this.unsupported(`a computed operand ${position}`, operand ? 'a constant' : 'none')
  }

  /**
   * The number of channels of a value, charged to the budget. Call it before allocating a number per channel.
   * @throws FormatError where the file would have made too many
   */
  channelsOf(x: Value): number {
    return this.#budget.take(x.shape.at(-1) ?? 1, this.node.where)
  }

  /** @throws UnsupportedOpError for an op of channels first */
  checkFormat(): void {
    const format = this.node.attributes.text('data_format', 'NHWC')
    if (format !== 'NHWC') throw this.unsupported('data_format NHWC', format)
  }

  image(position = 0): Value {
    this.checkFormat()
    const value = this.value(position)
    if (value.shape.length === 4) return value
    throw this.malformed('an image, rank 4', formatShape(value.shape))
  }

  /** The shape of an operand of either kind. */
  shape(position: number): Shape {
    const operand = this.operands[position]
    if (!operand) throw this.unsupported(`an operand ${position}`, 'none')
    return 'value' in operand ? operand.value.shape : operand.constant.shape
  }

  /** Whether a Cast makes reals. */
  isCastToReals(): boolean {
    return isRealType(this.node.attributes.type('DstT', 'DT_FLOAT'))
  }

  isConstant(position: number): boolean {
    const operand = this.operands[position]
    return operand !== undefined && 'constant' in operand
  }

  constant(position: number, rank?: number): Tensor {
    const operand = this.operands[position]
    if (!operand || 'value' in operand)
      throw this.unsupported(`a constant operand ${position}`, operand ? 'a computed one' : 'none')
    const { constant } = operand
    if (rank === undefined || constant.shape.length === rank) return constant
    throw this.malformed(`a constant of rank ${rank} as operand ${position}`, formatShape(constant.shape))
  }

  floats(position: number, rank?: number): Tensor<'float32'> {
    const constant = this.constant(position, rank)
    if (constant.dtype === 'float32') return constant as Tensor<'float32'>
    throw this.malformed(`float32 as operand ${position}`, constant.dtype)
  }

  integers(position: number): readonly number[] {
    const constant = this.constant(position)
    if (constant.dtype !== 'float32' && constant.data.length <= 16) return Array.from(constant.data)
    throw this.malformed(`a few integers as operand ${position}`, `${constant.dtype} ${formatShape(constant.shape)}`)
  }

  /** Files a parameter of this node, and returns its name. */
  param(role: string, tensor: Tensor): string {
    const name = `${this.node.name}/${role}`
    this.#params.set(name, tensor)
    return name
  }

  /** Adds nodes that lead to a result of that name. */
  emit(name: string): Emit {
    return (op, operands, role) => this.builder.op(op, operands, { name: role === null ? name : this.derived(role) })
  }

  /** A free name for a node on the way to this one. */
  derived(suffix: string): string {
    return this.#name(`${this.node.name}/${suffix}`)
  }

  /** Every value has the batch as its first axis. */
  checkBatch(from: Shape, to: Shape): void {
    if (from[0] !== to[0])
      throw this.unsupported(`a shape that keeps the batch in front`, `[${from}] to [${to.slice(0, 8)}]`)
  }

  malformed(expected: string, found: string): FormatError {
    return new FormatError({ where: this.node.where, expected, found: found.slice(0, 80) })
  }

  unsupported(expected: string, found: string): UnsupportedOpError {
    return new UnsupportedOpError({ where: this.node.where, expected, found: found.slice(0, 80) })
  }
}

/** Adds what an op computes; `name` is free, and that of its result. */
export type Importer = (call: NodeCall, name: string) => Value
