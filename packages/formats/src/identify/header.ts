import { isObject } from '../json.ts'
import { decodeStrictly } from '../text.ts'
import { type FileKind, readable } from './kind.ts'

/** The kind of a file that starts with the length of a JSON header and the header, as safetensors does; null for others. */
export function kindByHeader(bytes: Uint8Array): FileKind | null {
  if (!startsHeader(bytes)) return null
  const metadata = metadataOf(decodeStrictly(bytes.subarray(8, 8 + lengthOf(bytes))))
  if (metadata === null) return null
  return readable(metadata.some(key => key.startsWith('depthwise')) ? 'depthwise' : 'safetensors')
}

/** Whether a file starts with a length that it has, and a JSON object. */
export function startsHeader(bytes: Uint8Array): boolean {
  return bytes[8] === 0x7b && lengthOf(bytes) <= bytes.length - 8
}

function lengthOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return view.getUint32(0, true) + 2 ** 32 * view.getUint32(4, true)
}

/** The keys of the header's metadata; null for an invalid header. */
function metadataOf(text: string | null): readonly string[] | null {
  try {
    const header: unknown = JSON.parse(text ?? '')
    if (!isObject(header)) return null
    const { __metadata__: metadata = {} } = header
    const isSound = isObject(metadata) && Object.values(metadata).every(value => typeof value === 'string')
    return isSound ? Object.keys(metadata) : null
  } catch {
    return null
  }
}
