import {
  type DType,
  type ElementType,
  FormatError,
  type Quantization,
  type Shape,
  type Tail,
  type Tensor,
  UnsupportedOpError,
} from '@depthwise/core'
import {
  elementCount,
  type TailInput,
  type TailOp,
  type TailResult,
  type TailStep,
  type ValueType,
} from '@depthwise/core/backend'
import { checkTail, checkTailElements, tailShapes } from '@depthwise/core/tail'
import { within } from '../within.ts'
import { type ConstantTensor, readIntegers, readReals, readStored } from './constants.ts'
import type { FileOperator, FileTensor, TFLiteFile } from './file.ts'
import { activationQuantization, isBareInteger } from './quantization.ts'
import type { TensorType } from './schema.ts'
import { isDecoder, mayBegin, mayFollow, type ReadStep, readStep, type StepReading } from './tail-steps.ts'
import { isInOrder, type View } from './view.ts'

export { mayBegin, mayFollow }

/** The graph that a tail follows, as far as the tail sees it. */
export interface TailSource {
  readonly file: TFLiteFile
  computed(index: number): View | undefined
  constant(index: number): ConstantTensor | undefined
  nameOf(tensor: FileTensor): string
  /** Has the graph give a computed tensor as an output. */
  give(index: number): void
}

/**
 * What a file computes behind its graph: the operators that the graph cannot express, all that read their results, and those right
 * before them that only prepare what they read, so that what the graph gives are the network's own outputs.
 */
export class TailImport {
  readonly #source: TailSource
  readonly #operators: readonly FileOperator[]
  /** What the graph could not express first. */
  readonly #cause: unknown
  readonly #taken = new Set<FileOperator>()
  /** Tensors that an operator of the tail computes. */
  readonly #computed = new Set<number>()

  constructor(source: TailSource, operators: readonly FileOperator[], cause: unknown) {
    this.#source = source
    this.#operators = operators
    this.#cause = cause
  }

  /** Whether an operator reads what the tail computes. */
  feeds({ inputs }: FileOperator): boolean {
    return inputs.some(index => this.#computed.has(index))
  }

  /** @throws what the graph could not express, where the operator cannot follow a network either */
  add(operator: FileOperator): void {
    if (!mayFollow(operator)) throw this.#cause
    this.#take(operator)
  }

  /** The tail, whose outputs are the file's. */
  finish(): Tail {
    this.#takePreparations()
    const values = new TailValues(this.#source, this.#computed)
    const operators = this.#operators.filter(operator => this.#taken.has(operator))
    const steps = operators.map(operator => ({ operator, step: values.read(operator) }))
    const tail = values.finish(steps)
    within('subgraph', () => checkTail(tail))
    return tail
  }

  #take(operator: FileOperator): void {
    this.#taken.add(operator)
    for (const index of operator.outputs) this.#computed.add(index)
  }

  /** Takes what only the tail reads from the graph, where that does little: last first, since one may prepare for another. */
  #takePreparations(): void {
    const readers = new Map<number, FileOperator[]>()
    for (const operator of this.#operators)
      for (const index of operator.inputs) {
        const others = readers.get(index)
        if (others) others.push(operator)
        else readers.set(index, [operator])
      }
    const { file } = this.#source
    for (const operator of this.#operators.toReversed()) {
      const [output, ...others] = operator.outputs
      if (output === undefined || others.length > 0 || this.#taken.has(operator)) continue
      const reading = readers.get(output) ?? []
      const isForTail = reading.length > 0 && reading.every(each => this.#taken.has(each) && !isDecoder(each))
      if (isForTail && !file.outputs.includes(output) && this.#isPreparation(operator, output)) this.#take(operator)
    }
  }

  #isPreparation({ name, inputs }: FileOperator, output: number): boolean {
    if (!this.#source.computed(output)) return false
    if (name === 'QUANTIZE' || name === 'DEQUANTIZE' || name === 'RESHAPE') return true
    const isArithmetic = ['ADD', 'DIV', 'MUL', 'SUB'].includes(name)
    return isArithmetic && inputs.some(index => this.#source.constant(index) !== undefined)
  }
}

/** An operator of the tail, and what it is there. */
interface Taken {
  readonly operator: FileOperator
  readonly step: ReadStep
}

/** The values of a tail, by the tensors of the file that they are. */
class TailValues {
  readonly #source: TailSource
  readonly #computed: ReadonlySet<number>
  readonly #inputs = new Map<number, TailInput>()
  readonly #constants = new Map<number, Tensor>()
  /** Of what steps compute, which the file does not always state. */
  readonly #shapes = new Map<number, Shape>()

  constructor(source: TailSource, computed: ReadonlySet<number>) {
    this.#source = source
    this.#computed = computed
  }

  /** Reads an operator, whose results have their shapes from then on. */
  read(operator: FileOperator): ReadStep {
    const { file } = this.#source
    const { label, inputs, outputs } = operator
    const at = (position: number): number => inputs[position] ?? -1
    const reading: StepReading = {
      operator,
      stated: file.tensor(outputs[0] ?? -1, label).shape,
      shape: position => this.#shapeOf(at(position), label),
      integers: position => this.#integers(at(position), position, label),
    }
    const read = readStep(reading)
    const operands = read.operands ?? inputs.map((_, position) => position)
    for (const position of operands) this.#require(at(position), label)
    let shapes = operands.map(position => this.#shapeOf(at(position), label))
    const malformed = (expected: string, found: string): never => {
      throw new FormatError({ where: label, expected, found })
    }
    for (const [place, op] of read.ops.entries())
      shapes = [...tailShapes(op, shapes, place === read.ops.length - 1 ? outputs.length : 1, malformed)]
    for (const [place, index] of outputs.entries()) this.#shapes.set(index, shapes[place] as Shape)
    return { ...read, operands }
  }

  finish(taken: readonly Taken[]): Tail {
    const { file } = this.#source
    for (const index of file.outputs) if (!this.#computed.has(index)) this.#require(index, 'subgraph outputs')
    for (const index of this.#inputs.keys()) this.#source.give(index)
    const numbers = new Map<number, number>()
    for (const index of [...this.#inputs.keys(), ...this.#constants.keys()]) numbers.set(index, numbers.size)
    const types: ValueType[] = [...this.#inputs.values(), ...this.#constants.values()]
    const steps: TailStep[] = []
    const add = (op: TailOp, operands: readonly number[], results: readonly TailResult[]): void => {
      steps.push({ op, operands, results })
      types.push(...results)
    }
    for (const { operator, step } of taken) {
      let operands = (step.operands ?? []).map(position => numbers.get(operator.inputs[position] as number) as number)
      const results = operator.outputs.map(index => this.#result(index))
      for (const op of step.ops.slice(0, -1)) {
        // A step on the way to the result, whose type it has.
        const shape = op.kind === 'slice' ? op.size : (results[0] as TailResult).shape
        const result = { ...(results[0] as TailResult), name: `${results[0]?.name}/${op.kind}`, shape }
        add(op, operands, [result])
        operands = [types.length - 1]
      }
      for (const [place, index] of operator.outputs.entries()) numbers.set(index, types.length + place)
      const op = step.ops.at(-1) as TailOp
      const read = operands.map(number => types[number] as ValueType)
      checkTailElements(op, read, results, (expected, found) => {
        throw new UnsupportedOpError({ where: operator.label, expected, found })
      })
      add(op, operands, results)
    }
    return {
      inputs: [...this.#inputs.values()],
      constants: [...this.#constants.values()],
      steps,
      outputs: file.outputs.map(index => {
        return { name: this.#source.nameOf(file.tensor(index, 'tail')), value: numbers.get(index) as number }
      }),
    }
  }

  #result(index: number): TailResult {
    const tensor = this.#source.file.tensor(index, 'tail')
    return { name: this.#source.nameOf(tensor), shape: this.#shapes.get(index) as Shape, ...elementsOf(tensor) }
  }

  #shapeOf(index: number, where: string): Shape {
    const { file } = this.#source
    return this.#shapes.get(index) ?? this.#source.computed(index)?.shape ?? file.tensor(index, where).shape
  }

  #integers(index: number, position: number, where: string): readonly number[] {
    const constant = this.#source.constant(index)
    if (!constant) {
      throw new UnsupportedOpError({ where, expected: `a constant operand ${position}`, found: 'a computed one' })
    }
    this.#source.file.spend(constant.data.length, where)
    return readIntegers(constant)
  }

  /** A tensor that a step reads: computed by a step before, a constant, or an output of the graph. */
  #require(index: number, where: string): void {
    if (this.#shapes.has(index) || this.#inputs.has(index) || this.#constants.has(index)) return
    const { file } = this.#source
    const tensor = file.tensor(index, where)
    const constant = this.#source.constant(index)
    if (constant) {
      file.spend(constant.data.length, where)
      this.#constants.set(index, constantOf(constant, where))
      return
    }
    const view = this.#source.computed(index)
    if (!view || this.#computed.has(index))
      throw new FormatError({ where, expected: `${tensor.label} computed by an operator before it`, found: 'none' })
    if (!isInOrder(view) || elementCount(view.shape) !== elementCount(view.value.shape)) {
      const found = `[${view.shape}], held as [${view.value.shape}]`
      throw new UnsupportedOpError({ where, expected: 'elements in the order in which they are held', found })
    }
    this.#inputs.set(index, { name: this.#source.nameOf(tensor), shape: view.shape, ...elementsOf(tensor) })
  }
}

const dtypes: Partial<Record<TensorType, DType>> = {
  FLOAT32: 'float32',
  INT8: 'int8',
  UINT8: 'uint8',
  INT32: 'int32',
  // Indices, which int32 holds.
  INT64: 'int32',
}

function elementsOf(tensor: FileTensor): ElementType {
  const { type, quantization, label } = tensor
  const dtype = dtypes[type]
  if (!dtype) throw new UnsupportedOpError({ where: label, expected: Object.keys(dtypes).join(', '), found: type })
  if ((dtype !== 'int8' && dtype !== 'uint8') || isBareInteger(tensor)) return { dtype }
  const single = activationQuantization(type, quantization, label)
  return single ? { dtype, quantization: single } : { dtype }
}

function constantOf(tensor: ConstantTensor, where: string): Tensor {
  const { dtype, quantization } = elementsOf(tensor)
  const type = { dtype, shape: tensor.shape, ...(quantization && { quantization: quantization as Quantization }) }
  if (dtype === 'float32') return { ...type, data: readReals(tensor) } as Tensor
  if (dtype !== 'int32') return { ...type, data: readStored(tensor) } as Tensor
  const integers = readIntegers(tensor)
  const wide = integers.find(each => each !== (each | 0))
  if (wide === undefined) return { ...type, data: Int32Array.from(integers) } as Tensor
  throw new UnsupportedOpError({ where, expected: `integers of 32 bits in ${tensor.label}`, found: `${wide}` })
}
