import {
  type Bounds,
  FormatError,
  type Graph,
  GraphBuilder,
  type Op,
  type Quantization,
  type Shape,
  sameShape,
  type Tensor,
  UnsupportedOpError,
  type Value,
} from '@depthwise/core'
import { clampOp, contains, intersection, isUnbounded, unbounded } from './bounds.ts'
import type { ConstantTensor } from './constants.ts'
import type { FileOperator, FileTensor, TFLiteFile } from './file.ts'
import { Names } from './names.ts'
import { type Operand, Operation, type Outcome, type Surroundings } from './operators/operation.ts'
import { isSupported, operators } from './operators/table.ts'
import { buildNamed } from './outputs.ts'
import { activationQuantization, representable } from './quantization.ts'

/** A float graph under construction out of the inputs and operators of a file, added in their order. */
export class GraphImport implements Surroundings {
  readonly file: TFLiteFile
  readonly params: Map<string, Tensor> = new Map()
  /** By name, the inputs that the file stores as integers. */
  readonly inputQuantization: Map<string, Quantization> = new Map()
  readonly #builder = new GraphBuilder()
  readonly #names = new Names()
  readonly #computed = new Map<number, Operand>()
  readonly #constants = new Map<number, ConstantTensor>()

  /** Inputs and outputs are named first: callers address them, so it is they who keep a name that others bear too. */
  constructor(file: TFLiteFile) {
    this.file = file
    for (const index of new Set([...file.inputs, ...file.outputs])) this.#names.reserve(file.tensor(index, 'subgraph'))
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
    const open = this.file.signature(index).slice(1).includes(-1)
    if (tensor.shape.length === 0 || open) {
      const expected = 'a batch axis, and no other extent left open'
      throw new UnsupportedOpError({ where: tensor.label, expected, found: open ? 'an open one' : 'a scalar' })
    }
    const name = this.#names.of(tensor)
    const quantization = activationQuantization(tensor.type, tensor.quantization, tensor.label)
    if (quantization) this.inputQuantization.set(name, quantization)
    const bounds = representable(tensor.type, quantization)
    this.#computed.set(index, { tensor, value: this.#builder.input(tensor.shape, { name }), bounds })
  }

  addOperator(operator: FileOperator): void {
    const { name, label, inputs } = operator
    if (!isSupported(name))
      throw new UnsupportedOpError({ where: label, expected: 'a supported operator', found: name })
    const { read, operands } = operators[name]
    if (inputs.length < operands[0] || inputs.length > operands[1]) {
      const expected = `${operands[0]} to ${operands[1]} operands`
      throw new FormatError({ where: label, expected, found: `${inputs.length}` })
    }
    const operation = new Operation(operator, this)
    const { output } = operation
    if (this.#computed.has(output.index) || this.#constants.has(output.index) || output.data) {
      throw operation.malformed('an output that nothing else provides', output.label)
    }
    const outcome = read(operation)
    if (outcome.kind === 'constant') {
      checkShape(operation, outcome.tensor.shape)
      this.#constants.set(output.index, outcome.tensor)
    } else {
      const operand = this.#emit(operation, outcome)
      checkShape(operation, operand.value.shape)
      this.#computed.set(output.index, operand)
    }
  }

  /** The graph, its outputs under the file's names. */
  finish(): Graph {
    const outputs = this.file.outputs.map(index => {
      const tensor = this.file.tensor(index, 'subgraph outputs')
      const operand = this.#computed.get(index)
      if (operand) return { value: operand.value, name: this.#names.of(tensor) }
      throw new FormatError({ where: tensor.label, expected: 'an operator that computes this output', found: 'none' })
    })
    const inputs = this.file.inputs.flatMap(index => this.#computed.get(index)?.value ?? [])
    return buildNamed(this.#builder, inputs, outputs)
  }

  /** Adds what an operator computes, clamped to what its activation lets through and its type can store. */
  #emit(operation: Operation, outcome: Exclude<Outcome, { readonly kind: 'constant' }>): Operand {
    const tensor = operation.output
    const name = this.#names.of(tensor)
    const quantization = activationQuantization(tensor.type, tensor.quantization, tensor.label)
    const stored = representable(tensor.type, quantization)
    const allowed = intersection(outcome.activation ?? unbounded, stored)
    if (outcome.kind === 'product') {
      return { tensor, value: this.#product(name, outcome, allowed), bounds: allowed }
    }
    const bounds = outcome.kind === 'same' ? outcome.operand.bounds : (outcome.bounds ?? unbounded)
    // Left out: a clamp that no value needs, also one that would move values by no more than the step integers round to.
    const clamped = !contains(allowed, bounds, quantization?.scale ?? 0)
    const compute = (op: Op, operands: readonly Value[]): Value =>
      clamped ? this.insert(op, operands, tensor) : this.#builder.op(op, operands, { name })
    const value = outcome.kind === 'same' ? outcome.operand.value : compute(outcome.op, outcome.operands)
    if (!clamped) return { tensor, value, bounds }
    return { tensor, value: this.#builder.op(clampOp(allowed), [value], { name }), bounds: allowed }
  }

  /** A product clamps in its own epilogue, as the file's operators do. */
  #product(name: string, outcome: Outcome & { readonly kind: 'product' }, allowed: Bounds): Value {
    const { op, operand, weights, bias } = outcome
    const epilogue = {
      weights: `${name}/weights`,
      bias: bias && `${name}/bias`,
      clamp: isUnbounded(allowed) ? null : allowed,
      residual: false,
    }
    this.params.set(epilogue.weights, weights)
    if (bias) this.params.set(`${name}/bias`, bias)
    return this.#builder.op({ ...op, ...epilogue }, [operand], { name })
  }
}

/** The file states the shape of every tensor; a blank one is not known before the network runs. */
function checkShape(operation: Operation, found: Shape): void {
  const { shape, label } = operation.output
  if (shape.length > 0 && !sameShape(shape, found)) {
    throw operation.malformed(`[${found}] as the shape of ${label}`, `[${shape}]`)
  }
}
