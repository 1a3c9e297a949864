// UTF-8 for hosts without TextDecoder and TextEncoder, such as jest's jsdom environment. Other hosts have both natively.

/** How many code units become text at once: arguments of a call are limited. */
const maxUnits = 8192

/** What the first byte of a character says: how many follow, and from where to where the next one may be. */
function lead(byte: number): readonly [following: number, min: number, largest: number] {
  if (byte >= 0xc2 && byte <= 0xdf) return [1, 0x80, 0xbf]
  if (byte >= 0xe0 && byte <= 0xef) return [2, byte === 0xe0 ? 0xa0 : 0x80, byte === 0xed ? 0x9f : 0xbf]
  if (byte >= 0xf0 && byte <= 0xf4) return [3, byte === 0xf0 ? 0x90 : 0x80, byte === 0xf4 ? 0x8f : 0xbf]
  return [0, 0, 0]
}

/**
 * Decodes as `TextDecoder` does (https://encoding.spec.whatwg.org/#utf-8-decoder): each longest part of a character that
 * breaks off becomes one U+FFFD. The byte order mark, if any, is not dropped.
 */
export function decodeUtf8(bytes: Uint8Array): { readonly text: string; readonly isWellFormed: boolean } {
  let text = ''
  let isWellFormed = true
  let units: number[] = []
  for (let at = 0; at < bytes.length; ) {
    let point = bytes[at++] as number
    if (point >= 0x80) {
      let [following, min, largest] = lead(point)
      let isWhole = following > 0
      point &= 0x3f >> following
      for (; following > 0; following -= 1) {
        const next = bytes[at] ?? 0
        isWhole = next >= min && next <= largest
        if (!isWhole) break
        point = (point << 6) | (next & 0x3f)
        at += 1
        ;[min, largest] = [0x80, 0xbf]
      }
      isWellFormed &&= isWhole
      if (!isWhole) point = 0xfffd
    }
    if (point > 0xffff) units.push(0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff))
    else units.push(point)
    if (units.length >= maxUnits) {
      text += String.fromCharCode(...units)
      units = []
    }
  }
  return { text: text + String.fromCharCode(...units), isWellFormed }
}

/** Encodes as `TextEncoder` does: half a surrogate pair becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = []
  for (const character of text) {
    const given = character.codePointAt(0) as number
    const point = given >= 0xd800 && given <= 0xdfff ? 0xfffd : given
    if (point < 0x80) bytes.push(point)
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 0x3f))
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f))
    else {
      bytes.push(
        0xf0 | (point >> 18),
        0x80 | ((point >> 12) & 0x3f),
        0x80 | ((point >> 6) & 0x3f),
        0x80 | (point & 0x3f),
      )
    }
  }
  return Uint8Array.from(bytes)
}
