/** The one host facility used here; browsers, Node and workers all have it, and the compiler's ES library does not know it. */
declare const TextDecoder: new (
  encoding: 'utf-8',
  options?: { readonly fatal: boolean },
) => { decode(bytes: Uint8Array): string }
declare const TextEncoder: new () => { encode(text: string): Uint8Array }

/** UTF-8 to a string; malformed sequences become U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes)
}

/** UTF-8 to a string, or null where it is malformed. */
export function decodeStrictly(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

export function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
