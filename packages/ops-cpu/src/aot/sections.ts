import { Bytes } from '../wasm/assembler/bytes.ts'

/** A section of a module: its id and what it holds. (WebAssembly core specification, section 5.5.2.) */
export type Section = readonly [id: number, body: Bytes]

/** Sections that are written or replaced here, by id. */
export const sectionIds = { custom: 0, memory: 5, export: 7, start: 8 } as const

/**
 * The order of the format. Custom sections may stand anywhere: here the data comes last, whose loss the module notices
 * itself, and a file that is cut before it is none.
 */
const order = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 0, 10, 11]

const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

/** A module cut into its sections. */
export function splitSections(module: Uint8Array): readonly Section[] {
  const sections: Section[] = []
  let at = header.length
  while (at < module.length) {
    const id = module[at++] as number
    let length = 0
    let byte = 0x80
    for (let shift = 0; byte >= 0x80; shift += 7) {
      byte = module[at++] as number
      length |= (byte & 0x7f) << shift
    }
    sections.push([id, new Bytes().raw(module.subarray(at, at + length))])
    at += length
  }
  return sections
}

/** Sections, in whatever order, as a module in the binary format. */
export function joinSections(sections: readonly Section[]): Uint8Array<ArrayBuffer> {
  const out = new Bytes().raw(header)
  for (const [id, body] of sections.toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b))) out.u8(id).sized(body)
  return out.view().slice()
}
