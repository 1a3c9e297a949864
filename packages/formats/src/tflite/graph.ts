import {
  type Bounds,
  FormatError,
  type Graph,
  GraphBuilder,
  type Op,
  type PerTensorQuantization,
  type Tensor,
  UnsupportedOpError,
  type Value,
} from '@depthwise/core'
import { clampedTwice, clampOp, contains, isUnbounded, unbounded } from '../bounds.ts'
import type { InputShapes } from '../input-shapes.ts'
import { buildNamed } from '../named-outputs.ts'
import { within } from '../within.ts'
import type { ConstantTensor } from './constants.ts'
import { entryOrder, firstReaders, type Readers } from './entry.ts'
import type { FileOperator, FileTensor, TFLiteFile } from './file.ts'
import { InputSizes } from './input-shapes.ts'
import { Names } from './names.ts'
import { type Operand, Operation, type Outcome, type Surroundings } from './operators/operation.ts'
import { outputValue } from './operators/output.ts'
import { isSupported, operators } from './operators/table.ts'
import { activationQuantization, bareRange, isBareInteger, representable } from './quantization.ts'
import { arrangedAxes, plainView } from './view.ts'

/** A float graph under construction out of the inputs and operators of a file, added in their order. */
export class GraphImport implements Surroundings {
  readonly file: TFLiteFile
  readonly params: Map<string, Tensor> = new Map()
  /** By name, the inputs that the file stores as integers. */
  readonly inputQuantization: Map<string, PerTensorQuantization> = new Map()
  readonly #readers: Readers
  readonly #outputTensors: ReadonlySet<number>
  readonly #shapes: InputSizes
  readonly #builder = new GraphBuilder()
  readonly #names = new Names()
  readonly #computed = new Map<number, Operand>()
  readonly #constants = new Map<number, ConstantTensor>()
  readonly #outputs = new Map<number, Value>()

  /** Inputs and outputs are named first: callers address them, so it is they who keep a name that others bear too. */
  constructor(file: TFLiteFile, operators: readonly FileOperator[], inputShapes: InputShapes) {
    this.file = file
    this.#readers = firstReaders(operators)
    this.#outputTensors = new Set(file.outputs)
    for (const index of new Set([...file.inputs, ...file.outputs])) this.#names.reserve(file.tensor(index, 'subgraph'))
    const inputs = file.inputs.map(index => this.#names.of(file.tensor(index, 'subgraph inputs')))
    this.#shapes = new InputSizes(file, inputShapes, inputs)
  }

  computed(index: number): Operand | undefined {
    return this.#computed.get(index)
  }

  constant(index: number): ConstantTensor | undefined {
    if (index === -1 || this.#computed.has(index)) return undefined
    const tensor = this.#constants.get(index) ?? this.file.tensor(index, 'operand')
    return tensor.data ? (tensor as ConstantTensor) : undefined
  }

  insert(op: Op, operands: readonly Value[], output: FileTensor): Value {
    return this.#builder.op(op, operands, { name: this.#names.unused(`${this.#names.of(output)}/${op.kind}`) })
  }

  /** An input is float32 whatever the file stores: integers only say which reals it can be. */
  addInput(index: number): void {
    const tensor = this.file.tensor(index, 'subgraph inputs')
    const name = this.#names.of(tensor)
    const { quantization, bounds } = stored(tensor, isBareInteger(tensor))
    if (quantization) this.inputQuantization.set(name, quantization)
    const order = entryOrder(this.file, this.#readers, tensor)
    const layout = order.length !== 4 ? null : order[1] === 1 ? 'nhwc' : 'nchw'
    const shape = this.#shapes.resolve(tensor, name, layout)
    const extents = order.map(axis => shape[axis] as number)
    const value = this.#builder.input(extents, { name })
    this.#computed.set(index, { tensor, value, shape, axes: arrangedAxes(shape, order), bounds })
  }

  /** @throws OptionError in place of a FormatError where sizes by option are none that the network can take */
  addOperator(operator: FileOperator): void {
    this.#shapes.judge(() => within(operator.label, () => this.#add(operator)))
  }

  #add(operator: FileOperator): void {
    const { name, label, inputs } = operator
    if (!isSupported(name))
      throw new UnsupportedOpError({ where: label, expected: 'a supported operator', found: name })
    const { read, fold, operands, integers } = operators[name]
    if (inputs.length < operands[0] || inputs.length > operands[1]) {
      const expected = `${operands[0]} to ${operands[1]} operands`
      throw new FormatError({ where: label, expected, found: `${inputs.length}` })
    }
    const operation = new Operation(operator, this, integers)
    const { output } = operation
    if (this.#computed.has(output.index) || this.#constants.has(output.index) || output.data) {
      throw operation.malformed('an output that nothing else provides', output.label)
    }
    const outcome = fold && operation.isFoldable() ? fold(operation) : read(operation)
    if (outcome.kind === 'constant') {
      this.#shapes.checkDeclared(operation, outcome.tensor.shape)
      this.#constants.set(output.index, outcome.tensor)
      return
    }
    const operand = this.#emit(operation, outcome)
    this.#shapes.checkDeclared(operation, operand.shape)
    this.#computed.set(output.index, operand)
    if (this.#outputTensors.has(output.index)) this.#outputs.set(output.index, outputValue(operation, operand))
  }

  /** The graph, its outputs under the file's names. */
  finish(): Graph {
    const outputs = this.file.outputs.map(index => {
      const tensor = this.file.tensor(index, 'subgraph outputs')
      const value = this.#outputs.get(index) ?? this.#computed.get(index)?.value
      if (value) return { value, name: this.#names.of(tensor) }
      throw new FormatError({ where: tensor.label, expected: 'an operator that computes this output', found: 'none' })
    })
    const inputs = this.file.inputs.flatMap(index => this.#computed.get(index)?.value ?? [])
    return buildNamed(this.#builder, inputs, outputs)
  }

  /** Adds what an operator computes, clamped to what its activation lets through and its type can store. */
  #emit(operation: Operation, outcome: Exclude<Outcome, { readonly kind: 'constant' }>): Operand {
    const tensor = operation.output
    const name = this.#names.of(tensor)
    const { quantization, bounds: storable } = stored(tensor, operation.readsIntegers)
    const allowed = clampedTwice(outcome.activation ?? unbounded, storable)
    if (outcome.kind === 'product') {
      const value = this.#product(name, outcome, allowed)
      return { tensor, ...plainView(value), ...outcome.held, bounds: allowed }
    }
    const bounds = outcome.kind === 'same' ? outcome.operand.bounds : (outcome.bounds ?? unbounded)
    // Left out: a clamp that no value needs, also one that would move values by no more than the step integers round to.
    const clamped = !contains(allowed, bounds, quantization?.scale ?? 0)
    if (clamped && operation.readsIntegers && isBareInteger(tensor)) {
      throw operation.unsupported(`values from ${bounds.min} to ${bounds.max} as the result`, `bare ${tensor.type}`)
    }
    const compute = (op: Op, operands: readonly Value[]): Value =>
      clamped ? this.insert(op, operands, tensor) : this.#builder.op(op, operands, { name })
    const value = outcome.kind === 'same' ? outcome.operand.value : compute(outcome.op, outcome.operands)
    const held = outcome.kind === 'same' ? outcome.operand : (outcome.held ?? plainView(value))
    const view = { tensor, shape: held.shape, axes: held.axes }
    if (!clamped) return { ...view, value, bounds }
    return { ...view, value: this.#builder.op(clampOp(allowed), [value], { name }), bounds: allowed }
  }

  /** A product clamps in its own epilogue, as the file's operators do. */
  #product(name: string, outcome: Outcome & { readonly kind: 'product' }, allowed: Bounds): Value {
    const { op, operand, weights, bias } = outcome
    const epilogue = {
      weights: `${name}/weights`,
      bias: bias && `${name}/bias`,
      activation: isUnbounded(allowed) ? null : clampOp(allowed),
      residual: false,
    }
    this.params.set(epilogue.weights, weights)
    if (bias) this.params.set(`${name}/bias`, bias)
    return this.#builder.op({ ...op, ...epilogue }, [operand], { name })
  }
}

/** How the file stores values of a tensor: the scale of its integers, and the reals these can hold. */
function stored(
  tensor: FileTensor,
  isBare: boolean,
): { readonly quantization: PerTensorQuantization | null; readonly bounds: Bounds } {
  const { type, label } = tensor
  if (isBare && isBareInteger(tensor)) return { quantization: { scale: 1, zeroPoint: 0 }, bounds: bareRange(type) }
  const quantization = activationQuantization(type, tensor.quantization, label)
  return { quantization, bounds: representable(type, quantization) }
}
