/** Whether a file has these bytes, one per character, at a place. */
export function hasMagic(bytes: Uint8Array, at: number, magic: string): boolean {
  return at >= 0 && latin1(bytes, at, magic.length) === magic
}

export function latin1(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length))
}

/** Whether a file starts with a length that it has, and a JSON object. */
export function startsHeader(bytes: Uint8Array): boolean {
  return bytes[8] === 0x7b && headerLength(bytes) <= bytes.length - 8
}

export function headerLength(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return view.getUint32(0, true) + 2 ** 32 * view.getUint32(4, true)
}
