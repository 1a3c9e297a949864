// Browsers decode an image whose file ends too soon: what is missing stays blank, and a network answers for the blank.

/** Whether a PNG, JPEG or WebP file ends before its image does; false for other kinds, which are left to the decoder. */
export function isCutShort(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47])) return !hasLastChunk(view)
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return !hasEndOfImage(view)
  const isWebP = startsWith(bytes, [0x52, 0x49, 0x46, 0x46]) && bytes.length >= 8
  return isWebP && 8 + view.getUint32(4, true) > bytes.length
}

const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((value, at) => bytes[at] === value)

/** PNG: after 8 bytes of signature, chunks of `length, type, data, checksum`, of which IEND is the last. */
function hasLastChunk(view: DataView): boolean {
  const iend = 0x49454e44
  for (let at = 8; at + 12 <= view.byteLength; at += 12 + view.getUint32(at)) {
    if (view.getUint32(at + 4) === iend) return true
  }
  return false
}

/**
 * JPEG: segments of `marker, length, data` up to the first scan (SOS), after which only the end of the image (EOI) is FF D9. The
 * segments before may hold a thumbnail with an end of its own.
 */
function hasEndOfImage(view: DataView): boolean {
  let at = 2
  for (let isScan = false; !isScan; ) {
    // Any number of FF may fill the space before a marker.
    while (at + 4 < view.byteLength && view.getUint16(at) === 0xffff) at += 1
    if (at + 4 > view.byteLength || view.getUint8(at) !== 0xff) return false
    isScan = view.getUint8(at + 1) === 0xda
    at += 2 + view.getUint16(at + 2)
  }
  for (; at + 2 <= view.byteLength; at++) {
    if (view.getUint16(at) === 0xffd9) return true
  }
  return false
}
