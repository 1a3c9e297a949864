import { decodeUtf8, encodeUtf8 } from './utf8.ts'

/** Facilities of the host that the compiler's ES library does not know. Some hosts lack them. */
declare const TextDecoder: new (
  encoding: 'utf-8',
  options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean },
) => { decode(bytes: Uint8Array): string }
declare const TextEncoder: new () => { encode(text: string): Uint8Array }

const mark = /^\ufeff/
/** Kept, since a file has thousands of fields. */
let fieldDecoder: { decode(bytes: Uint8Array): string } | undefined

/** UTF-8 to a string; malformed sequences become U+FFFD, and a byte order mark in front is dropped. */
export function decodeText(bytes: Uint8Array): string {
  if (typeof TextDecoder === 'undefined') return decodeUtf8(bytes).text.replace(mark, '')
  return new TextDecoder('utf-8').decode(bytes)
}

/** The same, but U+FEFF in front is a character of the text, as in protocol buffers. */
export function decodeField(bytes: Uint8Array): string {
  if (typeof TextDecoder === 'undefined') return decodeUtf8(bytes).text
  fieldDecoder ??= new TextDecoder('utf-8', { ignoreBOM: true })
  return fieldDecoder.decode(bytes)
}

/** UTF-8 to a string, or null where it is malformed. */
export function decodeStrictly(bytes: Uint8Array): string | null {
  if (typeof TextDecoder === 'undefined') {
    const { text, isWellFormed } = decodeUtf8(bytes)
    return isWellFormed ? text.replace(mark, '') : null
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

export function encodeText(text: string): Uint8Array {
  return typeof TextEncoder === 'undefined' ? encodeUtf8(text) : new TextEncoder().encode(text)
}
