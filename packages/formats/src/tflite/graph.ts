import {
  type Bounds,
  type ElementType,
  FormatError,
  type Graph,
  GraphBuilder,
  type Op,
  type Shape,
  type Tensor,
  UnsupportedOpError,
  type Value,
} from '@depthwise/core'
import {
  clampedBounds,
  elementRuleOf,
  opTitle,
  type PerTensorQuantization,
  paramSpecs,
  sameElements,
  withoutDeadNodes,
} from '@depthwise/core/backend'
import { clampOp, contains, isUnbounded, unbounded } from '../bounds.ts'
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

/** A graph under construction out of the inputs and operators of a file, added in their order. */
export class GraphImport implements Surroundings {
  readonly file: TFLiteFile
  readonly params: Map<string, Tensor> = new Map()
  /** By name, the inputs that the file stores as integers. */
  readonly inputQuantization: Map<string, PerTensorQuantization> = new Map()
  /** By the name of their weights, products of quantized values that are computed in reals, and why. */
  readonly realProducts: Map<string, string> = new Map()
  readonly #keepsIntegers: boolean
  readonly #readers: Readers
  readonly #outputTensors: ReadonlySet<number>
  readonly #shapes: InputSizes
  readonly #builder = new GraphBuilder()
  readonly #names: Names
  readonly #computed = new Map<number, Operand>()
  readonly #constants = new Map<number, ConstantTensor>()
  readonly #outputs = new Map<number, Value>()
  /** Tensors that what follows the graph reads. */
  readonly #given = new Set<number>()

  /** Inputs and outputs are named first: callers address them, so it is they who keep a name that others bear too. */
  constructor(
    file: TFLiteFile,
    operators: readonly FileOperator[],
    inputShapes: InputShapes = {},
    keepsIntegers = false,
    wholeNames = false,
  ) {
    this.#names = new Names(wholeNames)
    this.file = file
    this.#keepsIntegers = keepsIntegers
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
    return this.#node(op, operands, this.#step(output, opTitle(op)))
  }

  insertConstant(item: Tensor, [batch]: Shape, { name, index }: ConstantTensor): Value {
    const { dtype, quantization, shape } = item
    const own = this.#names.unused(name || `tensor_${index}`)
    this.params.set(`${own}/value`, item)
    const elements: ElementType = { dtype, ...(quantization && { quantization }) }
    return this.#builder.constant([batch as number, ...shape], { name: own, elements })
  }

  /** Where integers are not kept, an input is float32 whatever the file stores: integers only say which reals it can be. */
  addInput(index: number): void {
    const tensor = this.file.tensor(index, 'subgraph inputs')
    const name = this.#names.of(tensor)
    const { quantization, bounds } = stored(tensor, isBareInteger(tensor))
    if (quantization) this.inputQuantization.set(name, quantization)
    const order = entryOrder(this.file, this.#readers, tensor)
    const layout = order.length !== 4 ? null : order[1] === 1 ? 'nhwc' : 'nchw'
    const shape = this.#shapes.resolve(tensor, name, layout)
    const extents = order.map(axis => shape[axis] as number)
    const elements = this.#elements(tensor)
    const value = this.#builder.input(extents, { name, ...(elements && { elements }) })
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
    if (operator.outputs.length > 1) {
      const found = `${operator.outputs.length}`
      throw new UnsupportedOpError({ where: label, expected: 'one output', found })
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

  nameOf(tensor: FileTensor): string {
    return this.#names.of(tensor)
  }

  /** Has the graph give a computed tensor as an output, as it holds it. */
  give(index: number): void {
    this.#given.add(index)
  }

  /** The graph, its outputs under the file's names: those of the file, or where something follows it, what that reads. */
  finish(): Graph {
    const indices = this.#given.size > 0 ? [...this.#given] : this.file.outputs
    const outputs = indices.map(index => {
      const tensor = this.file.tensor(index, 'subgraph outputs')
      const value = this.#outputs.get(index) ?? this.#computed.get(index)?.value
      if (value) return { value, name: this.#names.of(tensor) }
      throw new FormatError({ where: tensor.label, expected: 'an operator that computes this output', found: 'none' })
    })
    const inputs = this.file.inputs.flatMap(index => this.#computed.get(index)?.value ?? [])
    const graph = buildNamed(this.#builder, inputs, outputs)
    return this.#given.size > 0 ? this.#withoutTail(graph) : graph
  }

  /** Leaves out what the tail computes in the place of the graph. */
  #withoutTail(graph: Graph): Graph {
    const living = withoutDeadNodes(graph)
    const read = new Set(paramSpecs(living).map(({ name }) => name))
    for (const name of [...this.params.keys()]) if (!read.has(name)) this.params.delete(name)
    return living
  }

  /** Adds what an operator computes, clamped to what its activation lets through and its type can store. */
  #emit(operation: Operation, outcome: Exclude<Outcome, { readonly kind: 'constant' }>): Operand {
    const tensor = operation.output
    const name = this.#names.of(tensor)
    const { quantization, bounds: storable } = stored(tensor, operation.readsIntegers)
    const elements = this.#elements(tensor)
    const activation = outcome.activation ?? unbounded
    // Quantized values are clamped to what their type can store as they are stored.
    const allowed = elements ? bareActivation(activation, storable) : clampedBounds(activation, storable)
    if (outcome.kind === 'product') {
      const { blocks } = outcome
      const product = this.#product(blocks ? this.#step(tensor, 'conv2d') : name, outcome, allowed, elements)
      const value = blocks ? this.#node(blocks, [product], name, elements) : product
      return { tensor, ...plainView(value), ...outcome.held, bounds: allowed }
    }
    const bounds = outcome.kind === 'same' ? outcome.operand.bounds : (outcome.bounds ?? unbounded)
    // Left out: a clamp that no value needs, also one that would move values by no more than the step integers round to.
    const clamped = !contains(allowed, bounds, elements ? 0 : (quantization?.scale ?? 0))
    if (clamped && operation.readsIntegers && isBareInteger(tensor)) {
      throw operation.unsupported(`values from ${bounds.min} to ${bounds.max} as the result`, `bare ${tensor.type}`)
    }
    const held = outcome.kind === 'same' ? outcome.operand : outcome.held
    const computed = (): Value => {
      if (outcome.kind === 'same')
        return clamped ? outcome.operand.value : this.#converted(outcome.operand.value, name, elements)
      if (!clamped) return this.#node(outcome.op, outcome.operands, name, elements)
      return this.#node(outcome.op, outcome.operands, this.#step(tensor, opTitle(outcome.op)), elements)
    }
    const inner = computed()
    const { shape, axes } = held ?? plainView(inner)
    if (!clamped) return { tensor, shape, axes, value: inner, bounds }
    return { tensor, shape, axes, value: this.#node(clampOp(allowed), [inner], name, elements), bounds: allowed }
  }

  /** A product clamps in its own epilogue, as the file's operators do. */
  #product(
    name: string,
    { op, operand, weights, bias }: Outcome & { readonly kind: 'product' },
    allowed: Bounds,
    elements: ElementType | undefined,
  ): Value {
    const epilogue = {
      weights: `${name}/weights`,
      bias: bias && `${name}/bias`,
      activation: isUnbounded(allowed) ? null : clampOp(allowed),
      residual: false,
    }
    this.params.set(epilogue.weights, weights)
    if (bias) this.params.set(`${name}/bias`, bias)
    if (weights.dtype !== 'float32' || !operand.quantization)
      return this.#node({ ...op, ...epilogue }, [operand], name, elements)
    // Weights in reals, of a quantized operand: the product is computed in reals.
    if (elements) this.realProducts.set(epilogue.weights, 'its weights or bias are stored as reals')
    return this.#node({ ...op, ...epilogue }, [this.#inReals(operand)], name, elements)
  }

  /** The element type that a tensor of the file has in the graph, where it stays integer. */
  #elements({ type, quantization, label }: FileTensor): ElementType | undefined {
    if (!this.#keepsIntegers || !quantization || (type !== 'INT8' && type !== 'UINT8')) return undefined
    const single = activationQuantization(type, quantization, label)
    return single ? { dtype: type === 'INT8' ? 'int8' : 'uint8', quantization: single } : undefined
  }

  /**
   * A node on values of any type. Where the op has no quantized form of these types, it reads the reals that its operands
   * stand for, and `elements` is what they are stored as behind it.
   */
  #node(op: Op, operands: readonly Value[], name: string, elements?: ElementType): Value {
    if (operands.every(({ quantization }) => quantization === undefined) && !elements) {
      return this.#builder.op(op, operands, { name })
    }
    const rule = elementRuleOf(op)
    const labelled = operands.map(operand => ({ ...operand, label: operand.name }))
    const moved = rule.implied(operands)
    if (moved.quantization && rule.mismatch(labelled, moved) === null && (!elements || sameElements(moved, elements))) {
      return this.#builder.op(op, operands, { name })
    }
    if (elements && rule.mismatch(labelled, elements) === null)
      return this.#builder.op(op, operands, { name, elements })
    const reals = operands.map(operand => this.#inReals(operand))
    if (!elements) return this.#builder.op(op, reals, { name })
    const inner = this.#builder.op(op, reals, { name: this.#names.unused(`${name}/${opTitle(op)}`) })
    return this.#builder.quantize(inner, elements, { name })
  }

  /** A value as a tensor of the file that holds it under another type, or as it is where the type is the same. */
  #converted(value: Value, name: string, elements: ElementType | undefined): Value {
    if (!elements) return this.#inReals(value, name)
    return sameElements(value, elements) ? value : this.#builder.quantize(value, elements, { name })
  }

  /** The reals that a value stands for. */
  #inReals(value: Value, name: string = this.#names.unused(`${value.name}/dequantize`)): Value {
    return value.quantization ? this.#builder.dequantize(value, { name }) : value
  }

  /** A name for a node on the way to a tensor. */
  #step(output: FileTensor, title: string): string {
    return this.#names.unused(`${this.#names.of(output)}/${title}`)
  }
}

/** What is left of an activation where values are stored as bytes that may not reach its bounds at all. */
function bareActivation(activation: Bounds, storable: Bounds): Bounds {
  return contains(activation, storable, 0) ? unbounded : activation
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
