import {
  type DType,
  type ElementType,
  FormatError,
  type Graph,
  GraphBuilder,
  type Op,
  type Tensor,
  UnsupportedOpError,
  type Value,
} from '@depthwise/core'
import { type ParamName, type PerTensorQuantization, sameShape } from '@depthwise/core/backend'
import { unbounded } from '../../bounds.ts'
import { buildNamed } from '../../named-outputs.ts'
import { quote } from '../../quote.ts'
import { UniqueNames } from '../../unique-names.ts'
import { reorder } from '../layout.ts'
import type { TensorMessage, ValueInfoMessage } from '../schema.ts'
import type { Budget } from './budget.ts'
import { type Constant, dataTypeName, readConstant } from './constant.ts'
import { entryOrder, outputOrders } from './entry.ts'
import type { FileNode, OnnxFile } from './file.ts'
import { inputQuantization } from './input-quantization.ts'
import type { InputSizes } from './input-shapes.ts'
import type { Computed, Known, Operand, Product } from './operand.ts'
import { Operation } from './operation.ts'
import { holdsAlike, identity, isSameOrder } from './order.ts'
import type { Surroundings } from './surroundings.ts'
import { importers, isSupported } from './table.ts'

/** How our graph takes inputs of the types it may take; halves and doubles become float32. */
const inputTypes: Readonly<Record<string, DType>> = {
  FLOAT: 'float32',
  FLOAT16: 'float32',
  DOUBLE: 'float32',
  UINT8: 'uint8',
  INT8: 'int8',
  INT32: 'int32',
}

/** A graph of ours under construction out of the nodes of a file, added in their order. */
export class GraphImport implements Surroundings {
  readonly params: Map<ParamName, Tensor> = new Map()
  readonly budget: Budget
  readonly #file: OnnxFile
  readonly #sizes: InputSizes
  readonly keepsIntegers: boolean
  readonly #builder = new GraphBuilder()
  readonly #inputs: Value[] = []
  readonly #values = new Map<string, Known>()
  readonly #reals = new Map<Value, Value>()
  /** Results that a node before has computed along with its own. */
  readonly #absorbed = new Map<FileNode, Known>()
  /** Nodes whose results the one being imported is about to be. */
  #absorbing: FileNode[] = []
  /** Of values, and of nodes inserted between them. */
  readonly #names = new UniqueNames()

  constructor(file: OnnxFile, budget: Budget, sizes: InputSizes, keepsIntegers = false) {
    this.#file = file
    this.budget = budget
    this.#sizes = sizes
    this.keepsIntegers = keepsIntegers
    for (const { name = '' } of file.inputs) this.#names.take(name)
    for (const { output } of file.nodes) if (output !== '') this.#names.take(output)
  }

  get opset(): number {
    return this.#file.opset
  }

  addInput(info: ValueInfoMessage): void {
    const { name = '' } = info
    const where = `input ${quote(name)}`
    const type = dataTypeName(info.type?.tensorType?.elemType ?? 0) ?? 'no type'
    const dtype = inputTypes[type]
    if (name === '' || !dtype) {
      throw new UnsupportedOpError({ where, expected: `a name and ${Object.keys(inputTypes).join(', ')}`, found: type })
    }
    const dims = info.type?.tensorType?.shape?.dim
    const shape = this.#sizes.shapeOf(info)
    const order = shape.length === 4 ? entryOrder(this.#file, name, dims ?? []) : identity(shape.length)
    if (order[0] !== 0) {
      throw new UnsupportedOpError({ where, expected: 'the batch as the first axis', found: `axes ${order}` })
    }
    const quantization = this.#inputQuantization(name, dtype)
    const value = this.#builder.input(reorder(shape, order), { name, dtype, ...(quantization && { quantization }) })
    this.#inputs.push(value)
    const elements = quantization ?? (dtype === 'float32' ? 'real' : 'integer')
    this.#values.set(name, { kind: 'computed', value, shape, order, flattened: null, bounds: unbounded, elements })
  }

  addNode(node: FileNode): void {
    const { opType, label, output } = node
    const absorbed = this.#absorbed.get(node)
    if (absorbed) {
      this.#values.set(output, absorbed)
      return
    }
    if (!isSupported(opType)) {
      throw new UnsupportedOpError({ where: label, expected: 'a supported operator', found: opType })
    }
    if (output === '') {
      throw new UnsupportedOpError({ where: label, expected: 'its first result', found: 'others alone' })
    }
    const { read, operands } = importers[opType]
    if (node.inputs.length < operands[0] || node.inputs.length > operands[1]) {
      const expected = `${operands[0]} to ${operands[1]} operands`
      throw new FormatError({ where: label, expected, found: `${node.inputs.length}` })
    }
    const result = read(new Operation(node, this))
    if (result.kind === 'computed') checkShape(result, label)
    this.#values.set(output, result)
    for (const other of this.#absorbing) this.#absorbed.set(other, result)
    this.#absorbing = []
  }

  /** The graph, its outputs under the file's names. */
  finish(): Graph {
    const outputs = this.#file.outputs.map(info => ({ value: this.#outputValue(info), name: info.name ?? '' }))
    return buildNamed(this.#builder, this.#inputs, outputs)
  }

  find(name: string): Operand | undefined {
    const known = this.lookUp(name)
    if (known?.kind === 'product') return this.#computed(name, known)
    return known?.kind === 'measured' ? undefined : known
  }

  lookUp(name: string): Known | undefined {
    const known = this.#values.get(name)
    if (known || name === '') return known
    const initializer = this.#file.initializers.get(name)
    if (!initializer) return undefined
    const constant = this.readTensor(initializer, `initializer ${quote(name)}`)
    this.#values.set(name, constant)
    return constant
  }

  provide(name: string, known: Known): void {
    this.#values.set(name, known)
  }

  readTensor(tensor: TensorMessage, label: string): Constant {
    return readConstant(tensor, label, this.#file.externalFiles, this.budget)
  }

  describeMissing(name: string): string {
    if (name === '') return 'none'
    const writer = this.#file.writer(name)
    if (!writer) return `${quote(name)}, which nothing computes`
    const secondary = writer.output !== name
    return secondary
      ? `${quote(name)}, a result of ${writer.label} other than its first`
      : `${quote(name)} of ${writer.label}`
  }

  onlyReader(name: string): FileNode | null {
    const [reader, ...others] = this.#file.readers(name)
    return reader && others.length === 0 && !this.#file.isOutput(name) ? reader : null
  }

  absorb(node: FileNode): void {
    this.#absorbing.push(node)
  }

  add(op: Op, operands: readonly Value[], output: string, role?: string, elements?: ElementType): Value {
    const name = role === undefined ? output : this.#names.take(`${output}/${role}`)
    return this.#builder.op(op, operands, { name, ...(elements && { elements }) })
  }

  addConstant(wanted: string, item: Tensor, batch: number): Value {
    const name = this.#names.take(wanted || 'constant')
    const { dtype, quantization, shape } = item
    this.setParam(`${name}/value`, item)
    return this.#builder.constant([batch, ...shape], {
      name,
      elements: { dtype, ...(quantization && { quantization }) },
    })
  }

  inReals(value: Value): Value {
    if (!value.quantization) return value
    const known = this.#reals.get(value)
    if (known) return known
    const reals = this.#builder.dequantize(value, { name: this.#names.take(`${value.name}/dequantize`) })
    this.#reals.set(value, reals)
    return reals
  }

  /** Values have one source each, so that their names are free for the nodes that compute them. */
  nameOf(output: string): string {
    return output
  }

  setParam(name: ParamName, value: Tensor): void {
    this.params.set(name, value)
  }

  #inputQuantization(name: string, dtype: DType): PerTensorQuantization | null {
    if (!this.keepsIntegers || (dtype !== 'uint8' && dtype !== 'int8')) return null
    return inputQuantization(this.#file, name, operand => {
      const known = this.#file.initializers.has(operand) ? this.lookUp(operand) : undefined
      return known?.kind === 'constant' ? known : undefined
    })
  }

  #computed(name: string, { lacks, label, scale, offset, compute }: Product): Computed {
    if (lacks) {
      const expected = `its result multiplied by the scale of ${lacks.label}`
      throw new UnsupportedOpError({ where: label, expected, found: 'integers' })
    }
    const computed = compute(name, scale, offset)
    checkShape(computed, label)
    this.#values.set(name, computed)
    return computed
  }

  #outputValue(info: ValueInfoMessage): Value {
    const { name = '' } = info
    const where = `output ${quote(name)}`
    const operand = this.find(name)
    if (!operand) {
      throw new FormatError({ where, expected: 'a node that computes it', found: this.describeMissing(name) })
    }
    if (operand.kind === 'constant') {
      throw new UnsupportedOpError({ where, expected: 'a value the graph computes', found: 'a constant' })
    }
    const { shape, order, flattened, value } = operand
    const preferred = outputOrders(info, order).find(each => holdsAlike(shape, each, order))
    if (!preferred || flattened) {
      const found = flattened ? 'a flattened NCHW image' : `axes ${order}`
      throw new UnsupportedOpError({ where, expected: 'axes in the order of the file, or NCHW held as NHWC', found })
    }
    if (isSameOrder(preferred, order)) return value
    const target = reorder(shape, preferred).slice(1)
    return this.add({ kind: 'reshape', target }, [value], name, 'order')
  }
}

function checkShape({ value, shape, order, flattened }: Computed, where: string): void {
  if (!flattened && !sameShape(value.shape, reorder(shape, order))) {
    throw new FormatError({ where, expected: `a result of [${reorder(shape, order)}]`, found: `[${value.shape}]` })
  }
}
