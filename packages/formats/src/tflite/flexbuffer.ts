import { FormatError } from '@depthwise/core'

// FlexBuffers, the format of custom operators' options (flatbuffers' docs/source/internals.md): as much of it as a map of numbers takes.

const types = {
  int: 1,
  uint: 2,
  float: 3,
  indirectInt: 6,
  indirectUint: 7,
  indirectFloat: 8,
  map: 9,
  bool: 26,
} as const

/** More options than any operator has. */
const maxEntries = 64
const maxKeyLength = 80

/**
 * The numbers of a map by their keys, booleans as 0 and 1; entries of other types are passed over.
 * @throws FormatError naming `where` for bytes that are no map
 */
export function readFlexMap(bytes: Uint8Array, where: string): ReadonlyMap<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const fail = (expected: string, found: string): never => {
    throw new FormatError({ where, expected, found })
  }
  const claim = (at: number, size: number): number => {
    if (at >= 0 && at + size <= bytes.length) return at
    return fail(`${size} bytes at ${at} of the options`, `${bytes.length} bytes in all`)
  }
  const uint = (at: number, width: number): number => {
    claim(at, width)
    if (width === 8) return Number(view.getBigUint64(at, true))
    return width === 4 ? view.getUint32(at, true) : width === 2 ? view.getUint16(at, true) : view.getUint8(at)
  }
  const int = (at: number, width: number): number => {
    claim(at, width)
    if (width === 8) return Number(view.getBigInt64(at, true))
    return width === 4 ? view.getInt32(at, true) : width === 2 ? view.getInt16(at, true) : view.getInt8(at)
  }
  const float = (at: number, width: number): number => {
    if (width < 4) return fail('floats of 4 or 8 bytes', `${width}`)
    claim(at, width)
    return width === 8 ? view.getFloat64(at, true) : view.getFloat32(at, true)
  }
  /** What lies at a place that says how far in front of it. */
  const follow = (at: number, width: number): number => at - uint(at, width)
  const key = (at: number): string => {
    let end = at
    while (end - at <= maxKeyLength && bytes[claim(end, 1)] !== 0) end++
    return String.fromCharCode(...bytes.subarray(at, end))
  }
  const number = (type: number, at: number, width: number): number | null => {
    const child = 1 << (type & 3)
    switch (type >> 2) {
      case types.bool:
      case types.uint:
        return uint(at, width)
      case types.int:
        return int(at, width)
      case types.float:
        return float(at, width)
      case types.indirectUint:
        return uint(follow(at, width), child)
      case types.indirectInt:
        return int(follow(at, width), child)
      case types.indirectFloat:
        return float(follow(at, width), child)
      default:
        return null
    }
  }
  if (bytes.length < 3) return fail('options as a FlexBuffer', `${bytes.length} bytes`)
  const rootWidth = bytes[bytes.length - 1] as number
  const rootType = bytes[bytes.length - 2] as number
  if (![1, 2, 4, 8].includes(rootWidth) || rootType >> 2 !== types.map) {
    return fail('options as a map of a FlexBuffer', `a root of type ${rootType >> 2}, ${rootWidth} bytes wide`)
  }
  const width = 1 << (rootType & 3)
  const values = follow(bytes.length - 2 - rootWidth, rootWidth)
  const count = uint(values - width, width)
  if (count > maxEntries) return fail(`at most ${maxEntries} options`, `${count}`)
  const keys = follow(values - 3 * width, width)
  const keyWidth = uint(values - 2 * width, width)
  if (![1, 2, 4, 8].includes(keyWidth)) return fail('keys 1, 2, 4 or 8 bytes wide', `${keyWidth}`)
  const found = new Map<string, number>()
  for (let i = 0; i < count; i++) {
    const type = uint(values + count * width + i, 1)
    const value = number(type, values + i * width, width)
    if (value !== null) found.set(key(follow(keys + i * keyWidth, keyWidth)), value)
  }
  return found
}
