/** The one host facility used here; browsers, Node and workers all have it, and the compiler's ES library does not know it. */
declare const TextDecoder: new (encoding: 'utf-8') => { decode(bytes: Uint8Array): string }

/** UTF-8 to a string; malformed sequences become U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes)
}
