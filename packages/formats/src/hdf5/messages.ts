import { FormatError, UnsupportedOpError } from '@depthwise/core'
import type { Hdf5Bytes } from './bytes.ts'

/** Types of header messages (HDF5 format specification 3.0, section IV.A.2). */
export const messageTypes = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const

/** One message of an object's header: its type, and where its data lies. */
export interface Message {
  readonly type: number
  readonly at: number
  readonly length: number
}

/**
 * The messages of an object, whose header is of version 1: what the HDF5 library writes unless it is asked for its newest
 * format, and so all of Keras' files.
 * @throws FormatError for a header that does not fit the file; UnsupportedOpError for headers of version 2, shared messages
 */
export function readMessages(file: Hdf5Bytes, address: number, where: string): readonly Message[] {
  file.enter(address, 16, where)
  const version = file.u8(address)
  if (version !== 1) {
    const newer = version === 0x4f
    const details = { where: `${where}, byte ${address}`, expected: 'an object header of version 1' }
    if (newer) throw new UnsupportedOpError({ ...details, found: 'one of version 2, as of libver="latest"' })
    throw new FormatError({ ...details, found: `${version}` })
  }
  const count = file.u16(address + 2)
  const blocks: [at: number, length: number][] = [[address + 16, file.u32(address + 8)]]
  const messages: Message[] = []
  for (const [start, size] of blocks) {
    file.enter(start, size, where)
    for (let at = start; at + 8 <= start + size && messages.length < count; ) {
      const message = { type: file.u16(at), at: at + 8, length: file.u16(at + 2) }
      if (at + 8 + message.length > start + size) {
        const found = `${message.length} bytes in what is left of ${size}`
        throw new FormatError({ where: `${where}, byte ${at}`, expected: 'a message within its block', found })
      }
      if ((file.u8(at + 4) & 2) !== 0) {
        throw new UnsupportedOpError({
          where: `${where}, byte ${at}`,
          expected: 'a message of its own',
          found: 'a shared one',
        })
      }
      messages.push(message)
      if (message.type === messageTypes.continuation && message.length >= 16) {
        blocks.push([file.u64(at + 8), file.u64(at + 16)])
      }
      at += 8 + message.length
    }
  }
  return messages
}
