import { isObject } from '../json.ts'
import { headerLength, startsHeader } from '../magic.ts'
import { decodeStrictly } from '../text.ts'
import { type FileKind, readable } from './kind.ts'

/** The kind of a file that starts with the length of a JSON header and the header, as safetensors does; null for others. */
export function kindByHeader(bytes: Uint8Array): FileKind | null {
  if (!startsHeader(bytes)) return null
  const metadata = metadataOf(decodeStrictly(bytes.subarray(8, 8 + headerLength(bytes))))
  if (metadata === null) return null
  return readable(metadata.some(key => key.startsWith('depthwise')) ? 'depthwise' : 'safetensors')
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
