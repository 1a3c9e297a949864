import { FormatError, type Shape, type Tensor, UnsupportedOpError } from '@depthwise/core'
import { checkShape, elementCount } from '@depthwise/core/backend'
import { decodeElements } from '../elements.ts'
import { within } from '../within.ts'
import { type Attribute, readAttribute, readTexts } from './attributes.ts'
import { Hdf5Bytes, undefinedAddress } from './bytes.ts'
import { readChunks } from './chunks.ts'
import { readDataspace } from './dataspace.ts'
import { readDatatype } from './datatype.ts'
import { readFilters } from './filters.ts'
import { readLinks } from './links.ts'
import { type Message, messageTypes, readMessages } from './messages.ts'

/** Deeper than any model nests its layers. */
const maxDepth = 16

/**
 * An HDF5 file as h5py writes it by default and Keras relies on: superblock of version 0, groups by symbol tables, object
 * headers of version 1, datasets in one piece or in chunks, deflated ones too, attributes of text (HDF5 format
 * specification 3.0). Why it is no library that reads it, docs/architecture.md says; the tests hold it to what h5wasm writes.
 *
 * @throws FormatError for bytes that are no HDF5 file; UnsupportedOpError for one of the newest format
 */
export function openHdf5(bytes: Uint8Array): Hdf5Object {
  const file = new Hdf5Bytes(bytes)
  file.enter(0, 96, 'hdf5, superblock')
  const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]
  if (!signature.every((byte, at) => bytes[at] === byte)) {
    throw new FormatError({ where: 'hdf5, byte 0', expected: 'the signature of HDF5', found: 'other bytes' })
  }
  const version = bytes[8] as number
  if (version > 3)
    throw new FormatError({ where: 'hdf5, byte 8', expected: 'a superblock of version 0', found: `${version}` })
  if (version > 0) {
    const found = `${version}, as of libver="latest"`
    throw new UnsupportedOpError({ where: 'hdf5, byte 8', expected: 'a superblock of version 0', found })
  }
  if (bytes[13] !== 8 || bytes[14] !== 8 || file.u64(24) !== 0) {
    throw new UnsupportedOpError({
      where: 'hdf5, superblock',
      expected: 'addresses of 8 bytes from byte 0',
      found: 'others',
    })
  }
  return new Hdf5Object(file, file.u64(64), '', [])
}

/** A group or dataset. Nothing of it is read before it is asked for. */
export class Hdf5Object {
  /** Where it stands, from the root: `model_weights/conv1`. */
  readonly path: string
  readonly #file: Hdf5Bytes
  readonly #messages: readonly Message[]
  /** Addresses of the groups it stands in, and its own. */
  readonly #line: readonly number[]
  #links: ReadonlyMap<string, number> | undefined
  #attributes: ReadonlyMap<string, Attribute> | undefined

  constructor(file: Hdf5Bytes, address: number, path: string, parents: readonly number[]) {
    this.#file = file
    this.path = path
    if (parents.includes(address)) {
      throw new FormatError({ where: this.where, expected: 'a tree of groups', found: 'a group within itself' })
    }
    if (parents.length > maxDepth) {
      throw new FormatError({ where: this.where, expected: `at most ${maxDepth} groups in each other`, found: 'more' })
    }
    this.#line = [...parents, address]
    this.#messages = readMessages(file, address, this.where)
  }

  get where(): string {
    return this.path === '' ? 'hdf5' : `hdf5, "${this.path.slice(0, 160)}"`
  }

  get isGroup(): boolean {
    return this.#find(messageTypes.symbolTable) !== undefined
  }

  /** Names of what a group holds, in the order of the file, which sorts them. */
  names(): readonly string[] {
    return [...this.#readLinks().keys()]
  }

  /** What stands at a path of names under this group; undefined where nothing does. */
  at(path: string): Hdf5Object | undefined {
    const names = path.split('/').filter(name => name !== '')
    return names.reduce((found: Hdf5Object | undefined, name) => found?.child(name), this)
  }

  /** The texts of an attribute; undefined where there is none of that name. */
  texts(name: string): readonly string[] | undefined {
    this.#attributes ??= this.#readAttributes()
    const attribute = this.#attributes.get(name)
    return attribute && readTexts(this.#file, attribute, `${this.where}, attribute "${name}"`)
  }

  /**
   * The numbers of a dataset.
   * @throws FormatError where they do not lie in the file; UnsupportedOpError for other filters than deflate, other types
   */
  tensor(): Tensor {
    const [space, type, layout] = [
      this.#require(messageTypes.dataspace, 'a dataspace'),
      this.#require(messageTypes.datatype, 'a datatype'),
      this.#require(messageTypes.layout, 'a layout'),
    ]
    const shape = readDataspace(this.#file, space.at, space.length, this.where)
    within(this.where, () => checkShape(shape, this.where))
    const datatype = readDatatype(this.#file, type.at, type.length, this.where)
    if (datatype.kind !== 'number') throw this.#unsupported('numbers', 'text')
    const { type: element, size: width, little } = datatype
    return decodeElements(this.#numbers(layout, shape, width), element, shape, this.where, little)
  }

  /** One object of a group by its name. */
  child(name: string): Hdf5Object | undefined {
    const address = this.isGroup ? this.#readLinks().get(name) : undefined
    if (address === undefined) return undefined
    return new Hdf5Object(this.#file, address, this.path === '' ? name : `${this.path}/${name}`, this.#line)
  }

  #readLinks(): ReadonlyMap<string, number> {
    if (this.#links) return this.#links
    const { at, length } = this.#require(messageTypes.symbolTable, 'a group')
    if (length < 16) throw new FormatError({ where: this.where, expected: 'a symbol table', found: `${length} bytes` })
    this.#links = readLinks(this.#file, this.#file.u64(at), this.#file.u64(at + 8), this.where)
    return this.#links
  }

  #readAttributes(): ReadonlyMap<string, Attribute> {
    const messages = this.#messages.filter(message => message.type === messageTypes.attribute)
    const attributes = messages.map(message => readAttribute(this.#file, message, this.where))
    return new Map(attributes.map(attribute => [attribute.name, attribute]))
  }

  /** The bytes of the numbers, by the layout message (section IV.A.2.i): in one piece, in chunks, or within the message. */
  #numbers(layout: Message, shape: Shape, width: number): Uint8Array {
    const file = this.#file
    const { at, length } = layout
    const size = elementCount(shape) * width
    const [version, kind] = [file.u8(at), file.u8(at + 1)]
    if (version !== 3 && version !== 4) throw this.#unsupported('a layout of version 3 or 4', `${version}`)
    if (kind === 2 && version === 3 && shape.length > 0) {
      const pipeline = this.#find(messageTypes.filters)
      const filters = pipeline ? readFilters(file, pipeline, this.where) : []
      return readChunks(file, layout, { shape, width, filters }, this.where)
    }
    const start = kind === 0 && length >= 4 && file.u16(at + 2) === size && size + 4 <= length ? at + 4 : null
    const address = start ?? this.#dataAddress(layout, size)
    file.enter(address, size, this.where)
    return file.bytes.subarray(address, address + size)
  }

  /** Where the numbers of a dataset lie that is in one piece. */
  #dataAddress({ at, length }: Message, size: number): number {
    if (this.#file.u8(at + 1) !== 1 || length < 18 || this.#find(messageTypes.filters)) {
      throw this.#unsupported('numbers in one piece or in chunks of version 3', 'others')
    }
    const address = this.#file.u64(at + 2)
    if (address === undefinedAddress) {
      throw new FormatError({ where: this.where, expected: 'numbers', found: 'a dataset that was never written' })
    }
    const stored = this.#file.u64(at + 10)
    if (stored === size) return address
    throw new FormatError({ where: this.where, expected: `${size} bytes`, found: `${stored}` })
  }

  #find(type: number): Message | undefined {
    return this.#messages.find(message => message.type === type)
  }

  #require(type: number, expected: string): Message {
    const message = this.#find(type)
    if (message) return message
    const newer = this.#find(messageTypes.linkInfo) ? 'a group of the newest format' : 'none'
    throw new FormatError({ where: this.where, expected, found: newer })
  }

  #unsupported(expected: string, found: string): UnsupportedOpError {
    return new UnsupportedOpError({ where: this.where, expected, found })
  }
}
