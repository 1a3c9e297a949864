import { FormatError, type Shape, UnsupportedOpError } from '@depthwise/core'
import { checkShape } from '@depthwise/core/backend'
import { operatorName } from './operator-names.ts'
import { readQuantization, type TensorQuantization } from './quantization.ts'
import * as schema from './schema.ts'
import { rootTable, type Table, type TableVector } from './table.ts'

/** A tensor of the file: an activation, or a constant where it has data. */
export interface FileTensor {
  readonly index: number
  readonly name: string
  /** How errors point at it. */
  readonly label: string
  readonly shape: Shape
  readonly type: schema.TensorType
  readonly quantization: TensorQuantization | null
  /** A view of the file; null for activations. */
  readonly data: Uint8Array | null
}

/** An operator of the file; its operands are indices of tensors, -1 for one left out. */
export interface FileOperator {
  readonly name: string
  readonly label: string
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  readonly table: Table<(typeof schema.operatorSchema.fields)[number]>
}

type Vector<S extends { readonly fields: readonly string[] }> = TableVector<S['fields'][number]>

/** No tensor of a sensible network has more axes; it bounds what a shape costs to print and compare. */
const maxRank = 8

/** A TFLite file of one subgraph, its parts read when they are asked for. */
export class TFLiteFile {
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  readonly #model: Table<(typeof schema.modelSchema.fields)[number]>
  readonly #codes: Vector<typeof schema.operatorCodeSchema>
  readonly #buffers: Vector<typeof schema.bufferSchema>
  readonly #tensors: Vector<typeof schema.tensorSchema>
  readonly #operators: Vector<typeof schema.operatorSchema>
  readonly #read = new Map<number, FileTensor>()
  readonly #names = new Map<number, string>()

  /** @throws FormatError for bytes that are no TFLite file of version 3; UnsupportedOpError for several subgraphs */
  constructor(bytes: Uint8Array) {
    const model = rootTable(bytes, schema.modelSchema, 'TFL3')
    const version = model.uint32('version')
    if (version !== 3) throw new FormatError({ where: model.where('version'), expected: '3', found: `${version}` })
    const subgraphs = model.tables('subgraphs', schema.subGraphSchema)
    if (subgraphs.length !== 1) {
      const found = `${subgraphs.length}`
      throw new UnsupportedOpError({ where: model.where('subgraphs'), expected: 'one subgraph', found })
    }
    const main = subgraphs.at(0)
    this.#model = model
    this.#codes = model.tables('operator_codes', schema.operatorCodeSchema)
    this.#buffers = model.tables('buffers', schema.bufferSchema)
    this.#tensors = main.tables('tensors', schema.tensorSchema)
    this.#operators = main.tables('operators', schema.operatorSchema)
    this.inputs = distinct(main.int32s('inputs'), main.where('inputs'))
    this.outputs = distinct(main.int32s('outputs'), main.where('outputs'))
  }

  /** Operators in the order in which they run. */
  *operators(): Generator<FileOperator> {
    for (let index = 0; index < this.#operators.length; index += 1) {
      const table = this.#operators.at(index)
      const code = table.uint32('opcode_index')
      const name = this.#names.get(code) ?? this.#operatorName(code, table.where('opcode_index'))
      this.#names.set(code, name)
      const label = `operator ${index} (${name})`
      yield { name, label, inputs: table.int32s('inputs'), outputs: table.int32s('outputs'), table }
    }
  }

  /** A tensor by index; `where` names the reader. */
  tensor(index: number, where: string): FileTensor {
    const known = this.#read.get(index)
    if (known) return known
    if (!(index >= 0 && index < this.#tensors.length)) {
      throw new FormatError({ where, expected: `a tensor index below ${this.#tensors.length}`, found: `${index}` })
    }
    const tensor = this.#readTensor(index)
    this.#read.set(index, tensor)
    return tensor
  }

  /** What an input is declared as where some of its extents are only known at run time: those are -1. */
  signature(index: number): Shape {
    return this.#tensors.at(index).int32s('shape_signature')
  }

  /** Charges `length` bytes, or numbers, that are about to be unpacked for `where`. */
  spend(length: number, where: string): void {
    this.#model.buffer.spend(length, where)
  }

  /** The bytes filed under a name in the model's metadata, or null. */
  attachment(name: string): Uint8Array | null {
    const entries = this.#model.tables('metadata', schema.attachmentSchema)
    for (let index = 0; index < entries.length; index += 1) {
      const entry = entries.at(index)
      if (entry.string('name') === name) return this.#data(entry.uint32('buffer'), entry.where('buffer'))
    }
    return null
  }

  #readTensor(index: number): FileTensor {
    const table = this.#tensors.at(index)
    const name = table.string('name')
    const label = name === '' ? `tensor ${index}` : `tensor ${index} "${name.slice(0, 80)}"`
    const type = schema.tensorTypes[table.int8('type')]
    if (!type) throw new FormatError({ where: table.where('type'), expected: 'a type', found: `${table.int8('type')}` })
    const shape = table.int32s('shape')
    if (shape.length > maxRank || !shape.every(extent => extent > 0)) {
      const found = `[${shape.slice(0, maxRank + 1)}]`
      throw new FormatError({
        where: `${label}, ${table.where('shape')}`,
        expected: `at most ${maxRank} positive extents`,
        found,
      })
    }
    checkShape(shape, label)
    if (table.has('sparsity') || table.uint8('is_variable') !== 0) {
      const found = table.has('sparsity') ? 'a sparse one' : 'a variable'
      throw new UnsupportedOpError({ where: label, expected: 'a dense constant or an activation', found })
    }
    const quantization = readQuantization(table.table('quantization', schema.quantizationSchema), shape, label)
    const data = this.#data(table.uint32('buffer'), table.where('buffer'))
    return { index, name, label, shape, type, quantization, data: data.length === 0 ? null : data }
  }

  #data(index: number, where: string): Uint8Array {
    if (index >= this.#buffers.length) {
      throw new FormatError({ where, expected: `a buffer index below ${this.#buffers.length}`, found: `${index}` })
    }
    const buffer = this.#buffers.at(index)
    if (buffer.has('offset') || buffer.has('size')) {
      throw new UnsupportedOpError({
        where: buffer.where('offset'),
        expected: 'data within the flatbuffer',
        found: 'data kept outside, as files over 2 GB do',
      })
    }
    return buffer.bytes('data')
  }

  /** The larger of the two codes counts: files from before the enumeration outgrew a byte have only the first. */
  #operatorName(index: number, where: string): string {
    if (index >= this.#codes.length) {
      throw new FormatError({ where, expected: `an index below ${this.#codes.length}`, found: `${index}` })
    }
    const entry = this.#codes.at(index)
    const name = operatorName(Math.max(entry.int8('deprecated_builtin_code'), entry.int32('builtin_code')))
    return name === 'CUSTOM' ? `CUSTOM ${entry.string('custom_code')}` : name
  }
}

function distinct(indices: readonly number[], where: string): readonly number[] {
  if (indices.length === 0 || new Set(indices).size !== indices.length) {
    const expected = 'at least one tensor, each once'
    throw new FormatError({ where, expected, found: indices.length === 0 ? 'none' : 'one of them twice' })
  }
  return indices
}
