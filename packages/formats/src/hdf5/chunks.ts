import { FormatError, type Shape } from '@depthwise/core'
import type { Hdf5Bytes } from './bytes.ts'
import { type Filters, undo } from './filters.ts'
import type { Message } from './messages.ts'

/** A dataset in chunks: each a box of the same shape, those at the far edges reaching over them. */
export interface Chunked {
  readonly shape: Shape
  /** Bytes of an element. */
  readonly width: number
  readonly filters: Filters
}

/** One chunk, where the tree says it lies. */
interface Chunk {
  readonly at: number
  readonly length: number
  /** Filters that it did not go through, by bit. */
  readonly skipped: number
  /** Of its first element, by axis. */
  readonly offset: Shape
}

/** Levels of a tree; HDF5's own nodes have 64 children. */
const maxLevel = 8

/**
 * The numbers of a chunked dataset in one piece (layout of version 3, section IV.A.2.i, and B-trees of type 1, section
 * III.A.1). Each chunk must be there, once: then the file has paid for what is allocated.
 * @throws FormatError where the chunks do not make up the dataset
 */
export function readChunks(file: Hdf5Bytes, layout: Message, dataset: Chunked, where: string): Uint8Array {
  const { shape, width, filters } = dataset
  const rank = shape.length
  file.enter(layout.at, 11 + 4 * (rank + 1), where)
  if (file.u8(layout.at + 2) !== rank + 1) {
    throw new FormatError({ where, expected: `chunks of ${rank + 1} extents`, found: `${file.u8(layout.at + 2)}` })
  }
  const box = shape.map((_, axis) => file.u32(layout.at + 11 + 4 * axis))
  const element = file.u32(layout.at + 11 + 4 * rank)
  if (box.some(extent => extent === 0) || element !== width) {
    throw new FormatError({ where, expected: `chunks of elements of ${width} bytes`, found: `${box} of ${element}` })
  }
  const size = width * box.reduce((product, extent) => product * extent, 1)
  const count = shape.reduce((product, extent, axis) => product * Math.ceil(extent / (box[axis] as number)), 1)
  const chunks = findChunks(file, file.u64(layout.at + 3), rank, where)
  checkCover(chunks, count, shape, box, where)
  file.unpack(size * count, where)
  const whole = new Uint8Array(width * shape.reduce((product, extent) => product * extent, 1))
  for (const { at, length, skipped, offset } of chunks) {
    const here = `${where}, chunk at byte ${at}`
    file.enter(at, length, here)
    const bytes = undo(filters, file.bytes.subarray(at, at + length), size, width, skipped, here)
    place(bytes, box, whole, shape, offset, width)
  }
  return whole
}

/** The leaves of the tree, level by level. */
function findChunks(file: Hdf5Bytes, root: number, rank: number, where: string): readonly Chunk[] {
  const keySize = 8 + 8 * (rank + 1)
  const chunks: Chunk[] = []
  let nodes: readonly number[] = [root]
  let level = -1
  do {
    const children: number[] = []
    for (const at of nodes) {
      file.enterSigned(at, 24, 'TREE', where)
      const [type, found, used] = [file.u8(at + 4), file.u8(at + 5), file.u16(at + 6)]
      if (level < 0) level = found
      if (type !== 1 || found !== level || level > maxLevel) {
        const expected = `a node of chunks, of level ${Math.min(level, maxLevel)}`
        throw new FormatError({ where: `${where}, byte ${at}`, expected, found: `type ${type}, level ${found}` })
      }
      file.enter(at + 24, used * (keySize + 8) + keySize, where)
      // Keys and children take turns, a key first.
      for (let i = 0, key = at + 24; i < used; i += 1, key += keySize + 8) {
        const child = file.u64(key + keySize)
        if (level > 0) children.push(child)
        else {
          const offset = Array.from({ length: rank }, (_, axis) => file.u64(key + 8 + 8 * axis))
          chunks.push({ at: child, length: file.u32(key), skipped: file.u32(key + 4), offset })
        }
      }
    }
    nodes = children
    level -= 1
  } while (level >= 0)
  return chunks
}

/** Throws unless each box of the grid is there, and none twice. */
function checkCover(chunks: readonly Chunk[], count: number, shape: Shape, box: Shape, where: string): void {
  if (chunks.length !== count) {
    throw new FormatError({ where, expected: `${count} chunks, all of them written`, found: `${chunks.length}` })
  }
  const seen = new Set<string>()
  for (const { offset } of chunks) {
    const fits = offset.every((at, axis) => at < (shape[axis] as number) && at % (box[axis] as number) === 0)
    if (!fits) throw new FormatError({ where, expected: `a chunk within ${shape}`, found: `one at ${offset}` })
    seen.add(`${offset}`)
  }
  if (seen.size !== count) throw new FormatError({ where, expected: 'chunks side by side', found: 'one twice' })
}

/** Copies what of a chunk lies within the dataset, row by row of the last axis. */
function place(chunk: Uint8Array, box: Shape, whole: Uint8Array, shape: Shape, offset: Shape, width: number): void {
  const last = shape.length - 1
  const rows = box.slice(0, last)
  const run = width * Math.min(box[last] as number, (shape[last] as number) - (offset[last] as number))
  const index = rows.map(() => 0)
  for (let from = 0; from < chunk.length; from += width * (box[last] as number)) {
    let to = 0
    let inside = true
    for (let axis = 0; axis <= last; axis += 1) {
      const at = (offset[axis] as number) + (index[axis] ?? 0)
      inside &&= at < (shape[axis] as number)
      to = to * (shape[axis] as number) + at
    }
    if (inside) whole.set(chunk.subarray(from, from + run), to * width)
    for (let axis = last - 1; axis >= 0; axis -= 1) {
      index[axis] = (index[axis] as number) + 1
      if ((index[axis] as number) < (rows[axis] as number)) break
      index[axis] = 0
    }
  }
}
