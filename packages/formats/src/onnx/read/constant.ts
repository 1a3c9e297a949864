import { FormatError, type Shape, UnsupportedOpError } from '@depthwise/core'
import { elementCount, formatShape, maxElements } from '@depthwise/core/backend'
import { type ElementType, elementTypes, hostIsLittle } from '../../elements.ts'
import { type DataType, dataTypes, type TensorMessage } from '../schema.ts'
import type { Budget } from './budget.ts'
import { type ExternalFiles, isExternal } from './external-data.ts'

/** How a constant of reals is stored: integers, with a scale and a zero point for all, or for each index along `axis`. */
export interface StoredIntegers {
  readonly type: 'INT8' | 'UINT8' | 'INT32'
  numbers(): ArrayLike<number>
  /** As many as zero points: one, or one for each index. */
  readonly scales: readonly number[]
  readonly zeroPoints: readonly number[]
  readonly axis: number
}

/** A value known before the network runs. Unlike tensors of the graph it may be empty. */
export interface Constant {
  readonly kind: 'constant'
  /** How errors point at it. */
  readonly label: string
  readonly shape: Shape
  readonly type: DataType
  /** Its elements, decoded at every call. */
  numbers(): ArrayLike<number>
  /** Where the elements are reals that the file stores as integers. */
  readonly stored?: StoredIntegers
}

interface Encoding {
  /** How `rawData` holds one element. */
  readonly raw: ElementType
  /** The field that holds elements otherwise, and what its numbers are where not the elements themselves. */
  readonly field: 'floatData' | 'int32Data' | 'int64Data' | 'doubleData'
  readonly fromBits?: ElementType
  /** What the type can hold, where the field can hold more. */
  readonly range?: readonly [min: number, max: number]
}

const encodings: Partial<Record<DataType, Encoding>> = {
  FLOAT: { raw: 'float32', field: 'floatData' },
  DOUBLE: { raw: 'float64', field: 'doubleData' },
  FLOAT16: { raw: 'float16', field: 'int32Data', fromBits: 'float16', range: [0, 65535] },
  BFLOAT16: { raw: 'bfloat16', field: 'int32Data', fromBits: 'bfloat16', range: [0, 65535] },
  UINT8: { raw: 'uint8', field: 'int32Data', range: [0, 255] },
  INT8: { raw: 'int8', field: 'int32Data', range: [-128, 127] },
  UINT16: { raw: 'uint16', field: 'int32Data', range: [0, 65535] },
  INT16: { raw: 'int16', field: 'int32Data', range: [-32768, 32767] },
  INT32: { raw: 'int32', field: 'int32Data' },
  INT64: { raw: 'int64', field: 'int64Data' },
  BOOL: { raw: 'bool', field: 'int32Data' },
}

/** No tensor of a sensible network has more axes; it bounds what a shape costs to print and compare. */
const maxRank = 8

export function dataTypeName(number: number): DataType | undefined {
  return (Object.keys(dataTypes) as DataType[]).find(name => dataTypes[name] === number)
}

/**
 * A constant of the file; its bytes are decoded when they are asked for.
 * @throws FormatError for invalid shapes, and for data of another size than they need; UnsupportedOpError for types that hold
 * no plain numbers
 */
export function readConstant(tensor: TensorMessage, label: string, files: ExternalFiles, budget: Budget): Constant {
  const type = dataTypeName(tensor.dataType ?? 0)
  if (!type)
    throw new FormatError({ where: `${label}, data_type`, expected: 'a type', found: `${tensor.dataType ?? 0}` })
  const encoding = encodings[type]
  if (!encoding) {
    throw new UnsupportedOpError({ where: label, expected: Object.keys(encodings).join(', '), found: type })
  }
  const shape = tensor.dims ?? []
  checkExtents(shape, label)
  const count = elementCount(shape)
  const stored = tensor[encoding.field]
  const { width, read } = elementTypes[encoding.raw]
  const bytes = isExternal(tensor) ? files.bytesOf(tensor, count * width, label) : tensor.rawData
  const found = bytes ? bytes.length : (stored?.length ?? 0)
  if (found !== (bytes ? count * width : count)) {
    const expected = `${bytes ? `${count * width} bytes` : `${count} numbers`} for ${type} ${formatShape(shape)}`
    throw new FormatError({
      where: `${label}, ${isExternal(tensor) ? 'external_data' : bytes ? 'raw_data' : fieldLabels[encoding.field]}`,
      expected,
      found: `${found}`,
    })
  }
  if (!bytes && stored) checkRange(stored, encoding, `${label}, ${fieldLabels[encoding.field]}`)
  const decode = (): ArrayLike<number> => {
    if (!bytes) return decodeNumbers(stored ?? [], encoding)
    if (type === 'FLOAT' && hostIsLittle) return new Float32Array(new Uint8Array(bytes).buffer)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const values = type === 'FLOAT' ? new Float32Array(count) : new Float64Array(count)
    for (let i = 0; i < count; i += 1) values[i] = read(view, i * width, true)
    return values
  }
  const numbers = (): ArrayLike<number> => {
    budget.spend(found, label)
    return decode()
  }
  return { kind: 'constant', label, shape, type, numbers }
}

const fieldLabels = {
  floatData: 'float_data',
  int32Data: 'int32_data',
  int64Data: 'int64_data',
  doubleData: 'double_data',
}

function checkRange(stored: readonly number[], { range }: Encoding, where: string): void {
  if (!range) return
  const outside = stored.find(value => value < range[0] || value > range[1])
  if (outside === undefined) return
  throw new FormatError({ where, expected: `numbers from ${range[0]} to ${range[1]}`, found: `${outside}` })
}

function decodeNumbers(stored: readonly number[], { fromBits }: Encoding): ArrayLike<number> {
  if (!fromBits) return stored
  const view = new DataView(new ArrayBuffer(2))
  return stored.map(bits => {
    view.setUint16(0, bits, true)
    return elementTypes[fromBits].read(view, 0, true)
  })
}

function checkExtents(shape: Shape, label: string): void {
  if (shape.length > maxRank || !shape.every(extent => Number.isSafeInteger(extent) && extent >= 0)) {
    const expected = `at most ${maxRank} extents of at least 0`
    throw new FormatError({ where: `${label}, dims`, expected, found: `[${shape.slice(0, maxRank + 1)}]` })
  }
  if (elementCount(shape) > maxElements) {
    throw new FormatError({
      where: `${label}, dims`,
      expected: `at most ${maxElements} elements`,
      found: formatShape(shape),
    })
  }
}

/** A constant that has been computed. */
export function folded(label: string, type: DataType, shape: Shape, values: ArrayLike<number>): Constant {
  return { kind: 'constant', label, shape, type, numbers: () => values }
}

/** The reals that integers stand for, computed when they are first asked for. */
export function dequantizedConstant(
  label: string,
  shape: Shape,
  stored: StoredIntegers,
  compute: () => Float32Array,
): Constant {
  let reals: Float32Array | undefined
  const numbers = (): Float32Array => {
    reals ??= compute()
    return reals
  }
  return { kind: 'constant', label, shape, type: 'FLOAT', numbers, stored }
}

/** A list of reals that has been computed. */
export function realConstant(label: string, values: ArrayLike<number>): Constant {
  return folded(label, 'FLOAT', [values.length], values)
}
