import { FormatError } from '@depthwise/core'
import type { Hdf5Bytes, HeapObject } from './bytes.ts'

/** The objects of a global heap collection by their index (section III.E), found out once a file. */
export function heapObjects(file: Hdf5Bytes, address: number, where: string): ReadonlyMap<number, HeapObject> {
  const known = file.heaps.get(address)
  if (known) return known
  file.enterSigned(address, 16, 'GCOL', where)
  const end = address + file.u64(address + 8)
  const objects = new Map<number, HeapObject>()
  for (let at = address + 16; at + 16 <= end; ) {
    file.enter(at, 16, where)
    const [index, length] = [file.u16(at), file.u64(at + 8)]
    // Object 0 is what is left free, up to the end.
    if (index === 0) break
    if (at + 16 + length > end) {
      const found = `${length} bytes, of ${end - at - 16} left`
      throw new FormatError({ where: `${where}, byte ${at}`, expected: 'an object within its heap', found })
    }
    objects.set(index, { at: at + 16, length })
    at += 16 + Math.ceil(length / 8) * 8
  }
  file.heaps.set(address, objects)
  return objects
}
