import {
  type Bounds,
  FormatError,
  type Op,
  type OpKind,
  type Shape,
  type Tensor,
  UnsupportedOpError,
  type Value,
} from '@depthwise/core'
import type { OpOf } from '@depthwise/core/backend'
import { activationBounds } from '../activation-bounds.ts'
import { type ConstantTensor, readIntegers, readReals, readStored, type StoredIntegers } from '../constants.ts'
import type { FileOperator, FileTensor, TFLiteFile } from '../file.ts'
import { isBareInteger, type TensorQuantization } from '../quantization.ts'
import { activations, type OptionsSchema } from '../schema.ts'
import type { Table } from '../table.ts'
import type { View } from '../view.ts'

/** A computed tensor of the file: how a value of the graph holds it, and the interval that value is known to keep. */
export interface Operand extends View {
  readonly tensor: FileTensor
  readonly bounds: Bounds
}

/** The graph an operation is imported into, as far as operations see it. */
export interface Surroundings {
  readonly file: TFLiteFile
  /** The computed tensor of that index, if it is one and has been computed. */
  computed(index: number): Operand | undefined
  /** The constant tensor of that index, if it is one. */
  constant(index: number): ConstantTensor | undefined
  /** Adds a constant of the file as a value, of the batch of `beside`. */
  insertConstant(item: Tensor, beside: Shape, constant: ConstantTensor): Value
  /** Adds a node on the way to the result of the operation that writes `output`. */
  insert(op: Op, operands: readonly Value[], output: FileTensor): Value
}

/** The attributes of a product without its epilogue, which the importer fills in. */
export type ProductOp = Bare<'conv2d'> | Bare<'depthwiseConv2d'> | Bare<'dense'>
type Bare<K extends OpKind> = Omit<OpOf<K>, 'weights' | 'bias' | 'activation' | 'residual'>

/** How the value of a result holds its tensor; where an outcome does not say, the tensor has the shape of the value. */
export type Held = Pick<View, 'shape' | 'axes'>

/** What an operator turns out to be. `activation` is the interval its fused activation lets through. */
export type Outcome =
  | {
      readonly kind: 'product'
      readonly held?: Held
      readonly op: ProductOp
      readonly operand: Value
      /** Of a quantized product: as the file stores them. */
      readonly weights: Tensor
      readonly bias: Tensor | null
      readonly activation: Bounds
      /** Of a transposed convolution: the blocks of pixels that its values become. */
      readonly blocks?: Op
    }
  | {
      readonly kind: 'node'
      readonly held?: Held
      readonly op: Op
      readonly operands: readonly Value[]
      /** What the values are known to keep to before the activation; absent: nothing. */
      readonly bounds?: Bounds
      readonly activation?: Bounds
    }
  | { readonly kind: 'same'; readonly operand: Operand; readonly activation?: Bounds }
  | { readonly kind: 'constant'; readonly tensor: ConstantTensor }

/** Reads one builtin operator. */
export type Importer = (operation: Operation) => Outcome

/** One operator while it is imported: its operands by position, its options, and its errors. */
export class Operation {
  readonly label: string
  readonly output: FileTensor
  readonly #operator: FileOperator
  readonly #around: Surroundings
  readonly #takesIntegers: boolean
  #readsIntegers = false

  /** @param takesIntegers whether operands may be integers without a scale */
  constructor(operator: FileOperator, around: Surroundings, takesIntegers = false) {
    this.label = operator.label
    this.#operator = operator
    this.#around = around
    this.#takesIntegers = takesIntegers
    const [output, ...others] = operator.outputs
    if (output === undefined || others.length > 0) {
      throw this.malformed('one output', `${operator.outputs.length}`)
    }
    this.output = around.file.tensor(output, `${this.label}, output`)
  }

  /** Whether an operand was of integers without a scale: then the result may be too. */
  get readsIntegers(): boolean {
    return this.#readsIntegers
  }

  get operandCount(): number {
    return this.#operator.inputs.length
  }

  /** Whether an optional operand is there. */
  has(position: number): boolean {
    return (this.#operator.inputs[position] ?? -1) !== -1
  }

  isConstant(position: number): boolean {
    return this.#around.constant(this.#index(position)) !== undefined
  }

  /** Whether all operands are constants: the result is one too. */
  isFoldable(): boolean {
    const { inputs } = this.#operator
    return inputs.length > 0 && inputs.every((_, position) => !this.has(position) || this.isConstant(position))
  }

  /**
   * @throws FormatError when nothing has computed it yet; UnsupportedOpError for a constant, and for integers without a scale
   * unless the operator takes them
   */
  operand(position: number): Operand {
    const computed = this.#around.computed(this.#index(position))
    if (computed && isBareInteger(computed.tensor)) {
      const { label, type } = computed.tensor
      if (!this.#takesIntegers) {
        throw this.unsupported(`an operand ${position} of FLOAT32, or with a scale`, `${label}, bare ${type}`)
      }
      this.#readsIntegers = true
    }
    if (computed) return computed
    if (this.isConstant(position)) throw this.unsupported(`a computed operand ${position}`, 'a constant')
    const { label } = this.#tensor(position)
    throw this.malformed(`operand ${position} computed by an operator before it`, `${label}, which has no data`)
  }

  /** An axis counted from the front; negative ones count from the end. */
  axis(given: number, rank: number): number {
    const axis = given < 0 ? given + rank : given
    if (axis >= 0 && axis < rank) return axis
    throw this.malformed(`an axis of ${rank}`, `${given}`)
  }

  /** @throws UnsupportedOpError for a computed operand; FormatError for one without data */
  constant(position: number): ConstantTensor {
    const constant = this.#around.constant(this.#index(position))
    if (constant) return constant
    const computed = this.#around.computed(this.#index(position))
    if (computed) throw this.unsupported(`a constant operand ${position}`, `${computed.tensor.label}, a computed one`)
    throw this.malformed(`data in operand ${position}`, `${this.#tensor(position).label} without any`)
  }

  reals(constant: ConstantTensor, implied?: TensorQuantization | null): Float32Array {
    this.spend(constant.data.length)
    return readReals(constant, implied)
  }

  /** The integers of a quantized constant, as they are stored. */
  stored(constant: ConstantTensor): StoredIntegers {
    this.spend(constant.data.length)
    return readStored(constant)
  }

  integers(constant: ConstantTensor): readonly number[] {
    this.spend(constant.data.length)
    return readIntegers(constant)
  }

  /** Charges `length` numbers to a budget that grows with the size of the file, whatever its shapes say. */
  spend(length: number): void {
    this.#around.file.spend(length, this.label)
  }

  insertConstant(item: Tensor, beside: Shape, constant: ConstantTensor): Value {
    return this.#around.insertConstant(item, beside, constant)
  }

  insert(op: Op, operands: readonly Value[]): Value {
    return this.#around.insert(op, operands, this.output)
  }

  /** The operator's options, or null where it has none: then each takes its default. */
  optionsIfAny<F extends string>(schema: OptionsSchema<F>): Table<F> | null {
    const { table } = this.#operator
    const member = table.uint8('builtin_options_type')
    if (member !== 0 && member !== schema.member) {
      throw this.malformed(`${schema.name} (member ${schema.member} of its union)`, `member ${member}`)
    }
    return member === 0 ? null : table.table('builtin_options', schema)
  }

  options<F extends string>(schema: OptionsSchema<F>): Table<F> {
    const options = this.optionsIfAny(schema)
    if (!options) throw this.malformed(schema.name, 'no options')
    return options
  }

  /** The options of a custom operator, as its author wrote them. */
  customOptions(): Uint8Array {
    return this.#operator.table.bytes('custom_options')
  }

  /** The interval of a fused activation, which the numbers of `activations` name; 0 is none. */
  activation(options: Table<'fused_activation_function'> | null): Bounds {
    const number = options?.int8('fused_activation_function') ?? 0
    const name = activations[number]
    if (!name) throw this.malformed('a fused activation', `number ${number}`)
    const bounds = activationBounds[name]
    if (!bounds) throw this.unsupported('no fused activation but RELU, RELU6 and RELU_N1_TO_1', name)
    return bounds
  }

  malformed(expected: string, found: string): FormatError {
    return new FormatError({ where: this.label, expected, found })
  }

  unsupported(expected: string, found: string): UnsupportedOpError {
    return new UnsupportedOpError({ where: this.label, expected, found })
  }

  #index(position: number): number {
    return this.#operator.inputs[position] ?? -1
  }

  #tensor(position: number): FileTensor {
    return this.#around.file.tensor(this.#index(position), `${this.label}, operand ${position}`)
  }
}
