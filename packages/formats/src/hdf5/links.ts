import { FormatError, UnsupportedOpError } from '@depthwise/core'
import type { Hdf5Bytes } from './bytes.ts'

/**
 * The links of a group by name, to the addresses of object headers: a B-tree of symbol table nodes, whose names lie in a
 * local heap (HDF5 format specification 3.0, sections III.A.1, III.B and III.D).
 * @throws FormatError where the tree or the heap do not fit the file, or are endless; UnsupportedOpError for symbolic links
 */
export function readLinks(file: Hdf5Bytes, tree: number, heap: number, where: string): ReadonlyMap<string, number> {
  file.enterSigned(heap, 32, 'HEAP', `${where}, names`)
  const names = { at: file.u64(heap + 24), length: file.u64(heap + 8) }
  file.enter(names.at, names.length, `${where}, names`)
  const links = new Map<string, number>()
  for (const node of leaves(file, tree, `${where}, tree`)) readNode(file, node, names, links, where)
  return links
}

/** Addresses of the symbol table nodes under a node of the tree, in their order. */
function leaves(file: Hdf5Bytes, root: number, where: string): readonly number[] {
  let addresses: readonly number[] = [root]
  let level = -1
  do {
    const children: number[] = []
    for (const at of addresses) {
      file.enterSigned(at, 24, 'TREE', where)
      const [type, found, used] = [file.u8(at + 4), file.u8(at + 5), file.u16(at + 6)]
      if (type !== 0) throw new FormatError({ where, expected: 'a tree of groups', found: `type ${type}` })
      if (level >= 0 && found !== level) {
        throw new FormatError({
          where: `${where}, byte ${at}`,
          expected: `a node of level ${level}`,
          found: `${found}`,
        })
      }
      if (level < 0) level = found
      file.enter(at + 24, 16 * used + 8, where)
      // Keys and children take turns, a key first.
      for (let i = 0; i < used; i += 1) children.push(file.u64(at + 24 + 16 * i + 8))
    }
    addresses = children
    level -= 1
  } while (level >= 0)
  return addresses
}

function readNode(
  file: Hdf5Bytes,
  at: number,
  names: { readonly at: number; readonly length: number },
  links: Map<string, number>,
  where: string,
): void {
  file.enterSigned(at, 8, 'SNOD', where)
  const count = file.u16(at + 6)
  file.enter(at + 8, 40 * count, where)
  for (let entry = at + 8; entry < at + 8 + 40 * count; entry += 40) {
    const offset = file.u64(entry)
    const length = Math.min(maxName, names.length - offset)
    if (length <= 0)
      throw new FormatError({ where: `${where}, byte ${entry}`, expected: 'a name in its heap', found: `${offset}` })
    const name = file.text(names.at + offset, length)
    file.enter(names.at + offset, name.length, where)
    if (file.u32(entry + 16) === 2) {
      throw new UnsupportedOpError({
        where: `${where}, "${name.slice(0, 80)}"`,
        expected: 'an object',
        found: 'a symbolic link',
      })
    }
    links.set(name, file.u64(entry + 8))
  }
}

/** Keras' names are paths of a few words. */
const maxName = 1024
