import { FormatError, type Shape } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'
import type { Hdf5Bytes } from './bytes.ts'
import { readDataspace } from './dataspace.ts'
import { type Datatype, readDatatype } from './datatype.ts'
import { heapObjects } from './global-heap.ts'
import type { Message } from './messages.ts'

/** An attribute before its value is looked at. */
export interface Attribute {
  readonly name: string
  readonly datatype: () => Datatype
  readonly shape: () => Shape
  readonly at: number
  readonly length: number
}

/** Reads an attribute message of versions 1 to 3 (section IV.A.2.m): name, datatype, dataspace, then the value. */
export function readAttribute(file: Hdf5Bytes, { at, length }: Message, where: string): Attribute {
  const version = length < 8 ? 0 : file.u8(at)
  if (version < 1 || version > 3) {
    throw new FormatError({ where, expected: 'an attribute of version 1, 2 or 3', found: `${version}` })
  }
  const [nameSize, typeSize, spaceSize] = [file.u16(at + 2), file.u16(at + 4), file.u16(at + 6)]
  const padded = (size: number): number => (version === 1 ? Math.ceil(size / 8) * 8 : size)
  const nameAt = at + (version === 3 ? 9 : 8)
  const typeAt = nameAt + padded(nameSize)
  const spaceAt = typeAt + padded(typeSize)
  const valueAt = spaceAt + padded(spaceSize)
  if (valueAt > at + length) {
    throw new FormatError({
      where,
      expected: `an attribute within ${length} bytes`,
      found: `parts up to ${valueAt - at}`,
    })
  }
  const name = file.text(nameAt, nameSize)
  const here = `${where}, attribute "${name.slice(0, 80)}"`
  return {
    name,
    datatype: () => readDatatype(file, typeAt, typeSize, here),
    shape: () => readDataspace(file, spaceAt, spaceSize, here),
    at: valueAt,
    length: at + length - valueAt,
  }
}

/**
 * The texts of an attribute, of a fixed length or in the heap; a scalar has one.
 * @throws FormatError where it holds no text, or the heap does not hold what it should
 */
export function readTexts(file: Hdf5Bytes, attribute: Attribute, where: string): readonly string[] {
  const count = elementCount(attribute.shape())
  // An empty list has whatever type NumPy gave it.
  if (count === 0) return []
  const datatype = attribute.datatype()
  if (datatype.kind === 'number') throw new FormatError({ where, expected: 'text', found: datatype.type })
  if (!(count * datatype.size <= attribute.length)) {
    throw new FormatError({ where, expected: `texts within ${attribute.length} bytes`, found: `${count} of them` })
  }
  file.enter(attribute.at, count * datatype.size, where)
  return Array.from({ length: count }, (_, index) => {
    const at = attribute.at + index * datatype.size
    return datatype.kind === 'text' ? file.text(at, datatype.size) : readHeapText(file, at, where)
  })
}

/** A text by its place in a global heap: length, address of the collection, index of the object in it. */
function readHeapText(file: Hdf5Bytes, at: number, where: string): string {
  const [length, collection, index] = [file.u32(at), file.u64(at + 4), file.u32(at + 12)]
  if (length === 0) return ''
  const object = heapObjects(file, collection, where).get(index)
  if (!object || length > object.length) {
    const expected = `${length} bytes in object ${index} of the heap at byte ${collection}`
    throw new FormatError({ where, expected, found: object ? `${object.length}` : 'no such object' })
  }
  file.enter(object.at, length, where)
  return file.text(object.at, length)
}
