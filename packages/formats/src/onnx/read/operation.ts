import {
  type Bounds,
  type ElementType,
  FormatError,
  type Op,
  type Tensor,
  tensor,
  UnsupportedOpError,
  type Value,
} from '@depthwise/core'
import { elementCount, type ParamName } from '@depthwise/core/backend'
import { unbounded } from '../../bounds.ts'
import { oursFromPlanar, reorder } from '../layout.ts'
import type { TensorMessage } from '../schema.ts'
import { Attributes } from './attributes.ts'
import type { Constant } from './constant.ts'
import type { FileNode } from './file.ts'
import { type Computed, describe, type Known, type Operand } from './operand.ts'
import { holdsAlike, identity, isSameOrder, type Order } from './order.ts'
import type { Surroundings } from './surroundings.ts'

/** A value of rank 4. */
export type Image = Computed & { readonly shape: readonly [number, number, number, number] }

/** Reads one node of an ONNX graph. */
export type Importer = (operation: Operation) => Known

/** One node of the file while it is imported: its operands by position, its attributes, and its errors. */
export class Operation {
  readonly label: string
  readonly attributes: Attributes
  readonly opset: number
  readonly node: FileNode
  /** The value that the nodes added compute, or lead to. */
  readonly #output: string
  /** Set where the nodes added only lead to it. */
  readonly #role: string | undefined
  readonly #around: Surroundings

  constructor(node: FileNode, around: Surroundings, output: string = node.output, role?: string) {
    this.node = node
    this.#output = output
    this.#role = role
    this.label = node.label
    this.attributes = new Attributes(node.message, node.label)
    this.opset = around.opset
    this.#around = around
  }

  /** Whether values that the file quantizes stay integers. */
  get keepsIntegers(): boolean {
    return this.#around.keepsIntegers
  }

  get operandCount(): number {
    return this.node.inputs.length
  }

  /** Whether an optional operand is there. */
  has(position: number): boolean {
    return (this.node.inputs[position] ?? '') !== ''
  }

  /** @throws FormatError when nothing has computed it yet */
  operand(position: number): Operand {
    const name = this.node.inputs[position] ?? ''
    const operand = this.#around.find(name)
    if (operand) return operand
    const other = this.#around.lookUp(name)
    if (other) throw this.unsupported('a value of the network', describe(other))
    throw this.malformed(`operand ${position} from a node before it`, this.#around.describeMissing(name))
  }

  /** An operand the graph computes, whatever its elements are and in whatever order. */
  computed(position: number): Computed {
    const operand = this.operand(position)
    if (operand.kind === 'computed') return operand
    throw this.unsupported(`a computed operand ${position}`, `${operand.label}, a constant`)
  }

  /** An operand in whatever form it is known, for the operators that products of integers are made of. */
  known(position: number): Known | undefined {
    return this.#around.lookUp(this.node.inputs[position] ?? '')
  }

  /** Whether this is the only node that reads an operand. */
  readsAlone(position: number): boolean {
    return this.#around.onlyReader(this.node.inputs[position] ?? '') === this.node
  }

  /** Files a result other than the first, where the node has one. */
  provide(position: number, known: Known): void {
    const name = this.node.message.output?.[position] ?? ''
    if (name !== '') this.#around.provide(name, known)
  }

  /** The same operation, whose nodes compute a value that comes of its result. */
  named(output: string): Operation {
    return new Operation(this.node, this.#around, output)
  }

  /** The same operation, whose nodes lead to the result. */
  towards(role: string): Operation {
    return new Operation(this.node, this.#around, this.#output, role)
  }

  /** A computed operand of reals. */
  reals(position: number): Computed {
    const operand = this.computed(position)
    if (operand.elements === 'real') return operand
    throw this.unsupported(`an operand ${position} of reals`, 'integers')
  }

  /** A computed operand of reals, in one of the orders of its shape. */
  ordered(position: number): Computed {
    return this.unflattened(this.reals(position))
  }

  /** @throws UnsupportedOpError for a list of features in another order than ONNX has them */
  unflattened(operand: Computed): Computed {
    if (!operand.flattened) return operand
    throw this.unsupported('features in the order of the graph', 'a flattened NCHW image')
  }

  /** A computed NCHW image, its value held as NHWC. */
  image(position: number): Image {
    return this.asImage(this.reals(position))
  }

  /** An operand as an NCHW image, its value held as NHWC. */
  asImage(operand: Computed): Image {
    const { shape } = this.unflattened(operand)
    if (shape.length !== 4) throw this.unsupported('an image of rank 4', `[${shape}]`)
    return this.inOrder(operand, oursFromPlanar) as Image
  }

  /** The same value held in another order, which only works while no axis of several elements moves. */
  inOrder(operand: Computed, order: Order): Computed {
    if (isSameOrder(operand.order, order)) return operand
    if (!holdsAlike(operand.shape, operand.order, order)) {
      const shown = (each: Order): string => `[${reorder(operand.shape, each)}] (axes ${each})`
      throw this.unsupported(`an operand that is held as ${shown(order)}`, shown(operand.order))
    }
    const target = reorder(operand.shape, order).slice(1)
    return { ...operand, order, value: this.insert('order', { kind: 'reshape', target }, [operand.value]) }
  }

  /**
   * The same values, all held in one order. Where axes of one element leave a choice, images are held as NHWC: such an axis
   * may be about to grow.
   */
  inOneOrder(operands: readonly Computed[]): readonly Computed[] {
    const rank = operands[0]?.shape.length ?? 0
    const usual = rank === 4 ? [oursFromPlanar, identity(4)] : [identity(rank)]
    const isHeld = (order: Order): boolean => operands.every(operand => isSameOrder(operand.order, order))
    const fits = (order: Order): boolean => operands.every(({ shape, order: held }) => holdsAlike(shape, held, order))
    const choices = [...usual, ...operands.map(operand => operand.order)]
    const order = usual.find(isHeld) ?? choices.find(fits) ?? (operands[0] as Computed).order
    return operands.map(operand => this.inOrder(operand, order))
  }

  /** @throws UnsupportedOpError for an operand the graph computes */
  constant(position: number): Constant {
    const operand = this.operand(position)
    if (operand.kind === 'constant') return operand
    throw this.unsupported(`a constant operand ${position}`, 'one that the graph computes')
  }

  /** The numbers of a constant operand that lists some: axes, a shape, paddings. */
  list(position: number): readonly number[] {
    const { label, shape, numbers } = this.constant(position)
    if (shape.length > 1) throw this.malformed(`a list as operand ${position}`, `${label} of [${shape}]`)
    return Array.from(numbers())
  }

  /** A constant operand of one element. */
  scalar(position: number): number {
    const [value, ...others] = this.list(position)
    if (value === undefined || others.length > 0) throw this.malformed(`one number as operand ${position}`, 'others')
    return value
  }

  /** The numbers of a list that was an attribute before operator set `since`, and an optional operand from then on. */
  listSince(since: number, position: number, attribute: string): readonly number[] | null {
    if (this.opset < since) return this.attributes.integers(attribute)
    return this.has(position) ? this.list(position) : null
  }

  /** An axis counted from the front; negative ones count from the end. */
  axis(given: number, rank: number): number {
    const axis = given < 0 ? given + rank : given
    if (Number.isInteger(axis) && axis >= 0 && axis < rank) return axis
    throw this.malformed(`an axis of ${rank}`, `${given}`)
  }

  /** Several axes, each once. */
  axes(given: readonly number[], rank: number): ReadonlySet<number> {
    const axes = new Set(given.map(axis => this.axis(axis, rank)))
    if (axes.size !== given.length) throw this.malformed('each axis once', `[${given.slice(0, 8)}]`)
    return axes
  }

  /** Adds the node that computes the result, of these elements where its operands do not imply them. */
  emit(op: Op, operands: readonly Value[], elements?: ElementType): Value {
    return this.#around.add(op, operands, this.#output, this.#role, elements)
  }

  /** An operand of integers as the reals they stand for. */
  inReals(operand: Computed): Computed {
    return { ...operand, value: this.#around.inReals(operand.value), elements: 'real' }
  }

  /** Adds the constant operand at a position as a value: one item, and the batch. */
  insertConstant(position: number, item: Tensor, batch: number): Value {
    return this.#around.addConstant(this.node.inputs[position] ?? '', item, batch)
  }

  /** Adds a node on the way to the result. */
  insert(role: string, op: Op, operands: readonly Value[]): Value {
    return this.#around.add(op, operands, this.#output, role)
  }

  /** The result of an operation that maps each element by itself. */
  mapped(op: Op, operand: Computed, bounds: Bounds = unbounded): Computed {
    return { ...operand, value: this.emit(op, [operand.value]), bounds }
  }

  /** Files a parameter of the node that computes the result, and names it. */
  param(role: string, shape: readonly number[], values: ArrayLike<number>): ParamName {
    return this.storedParam(role, tensor(shape, values instanceof Float32Array ? values : Float32Array.from(values)))
  }

  /** The same, of any elements. */
  storedParam(role: string, value: Tensor): ParamName {
    const name = `${this.#around.nameOf(this.#output)}/${role}`
    this.#around.setParam(name, value)
    return name
  }

  /** The numbers of a constant operand with one for each of `count` channels. */
  perChannel(position: number, count: number): ArrayLike<number> {
    return this.channelConstant(position, count).numbers()
  }

  /** A constant operand with one number for each of `count` channels. */
  channelConstant(position: number, count: number): Constant {
    const constant = this.constant(position)
    if (elementCount(constant.shape) === count) return constant
    throw this.malformed(`${count} numbers as operand ${position}`, `${constant.label} of [${constant.shape}]`)
  }

  onlyReader(): FileNode | null {
    return this.#around.onlyReader(this.node.output)
  }

  find(name: string): Operand | undefined {
    return this.#around.find(name)
  }

  absorb(node: FileNode): void {
    this.#around.absorb(node)
  }

  /** A tensor that stands in an attribute. */
  readTensor(tensor: TensorMessage): Constant {
    return this.#around.readTensor(tensor, this.label)
  }

  /** Charges `length` numbers, which the file does not hold as often as they are made, to the budget. */
  spend(length: number): void {
    this.#around.budget.spend(length, this.label)
  }

  malformed(expected: string, found: string): FormatError {
    return new FormatError({ where: this.label, expected, found })
  }

  unsupported(expected: string, found: string): UnsupportedOpError {
    return new UnsupportedOpError({ where: this.label, expected, found })
  }
}
