import { type DType, FormatError, type Shape, type Tensor, tensor } from '@depthwise/core'
import { elementCount, formatShape, fromHalf } from '@depthwise/core/backend'
import { bfloat16ToFloat32 } from './bfloat16.ts'

/** How files store numbers. */
export type ElementType =
  | 'bool'
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'uint64'
  | 'int64'
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64'

interface Row {
  /** Bytes of one element. */
  readonly width: 1 | 2 | 4 | 8
  /** What a tensor of core holds them in; those not their own are checked to fit, or rounded to float32. */
  readonly dtype: DType
  readonly read: (view: DataView, at: number, little: boolean) => number
}

export const elementTypes: { readonly [K in ElementType]: Row } = {
  bool: { width: 1, dtype: 'uint8', read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
  uint8: { width: 1, dtype: 'uint8', read: (view, at) => view.getUint8(at) },
  int8: { width: 1, dtype: 'int8', read: (view, at) => view.getInt8(at) },
  uint16: { width: 2, dtype: 'int32', read: (view, at, little) => view.getUint16(at, little) },
  int16: { width: 2, dtype: 'int32', read: (view, at, little) => view.getInt16(at, little) },
  uint32: { width: 4, dtype: 'int32', read: (view, at, little) => view.getUint32(at, little) },
  int32: { width: 4, dtype: 'int32', read: (view, at, little) => view.getInt32(at, little) },
  uint64: { width: 8, dtype: 'int32', read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  int64: { width: 8, dtype: 'int32', read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  float16: { width: 2, dtype: 'float32', read: (view, at, little) => fromHalf(view.getUint16(at, little)) },
  bfloat16: { width: 2, dtype: 'float32', read: (view, at, little) => bfloat16ToFloat32(view.getUint16(at, little)) },
  float32: { width: 4, dtype: 'float32', read: (view, at, little) => view.getFloat32(at, little) },
  float64: { width: 8, dtype: 'float32', read: (view, at, little) => view.getFloat64(at, little) },
}

const arrays = { float32: Float32Array, uint8: Uint8Array, int8: Int8Array, int32: Int32Array } as const
export const hostIsLittle: boolean = /* @__PURE__ */ new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/**
 * A tensor of its own memory out of stored numbers, which must fill `bytes` exactly.
 * @param little whether the low byte comes first
 * @throws FormatError for another number of bytes, or a value its dtype cannot hold: integers beyond int32, finite
 * numbers beyond float32
 */
export function decodeElements(
  bytes: Uint8Array,
  type: ElementType,
  shape: Shape,
  where: string,
  little = true,
): Tensor {
  const { width, dtype } = elementTypes[type]
  const count = elementCount(shape)
  if (bytes.length !== count * width) {
    const expected = `${count * width} bytes for ${type} ${formatShape(shape)}`
    throw new FormatError({ where, expected, found: `${bytes.length}` })
  }
  const asStored = type === dtype && (width === 1 || little === hostIsLittle)
  return tensor(shape, asStored ? copy(bytes, dtype) : convert(bytes, type, little, where))
}

function copy(bytes: Uint8Array, dtype: DType) {
  // Not `bytes.slice()`: Node's own readers return a `Buffer`, whose slices share a pool with others.
  const { buffer } = new Uint8Array(bytes)
  return new arrays[dtype](buffer)
}

function convert(bytes: Uint8Array, type: ElementType, little: boolean, where: string) {
  const { width, dtype, read } = elementTypes[type]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = new arrays[dtype](bytes.length / width)
  for (let i = 0; i < values.length; i += 1) {
    const value = read(view, i * width, little)
    values[i] = value
    if (values[i] !== value && !isRounded(value, values[i] as number, dtype)) {
      const found = `${value} at index ${i}`
      throw new FormatError({ where, expected: `numbers that ${dtype} can hold`, found })
    }
  }
  return values
}

/** Whether a difference is rounding, and no wrapping around or overflow. */
function isRounded(value: number, stored: number, dtype: DType): boolean {
  return dtype === 'float32' && (Number.isNaN(value) || Number.isFinite(stored))
}
