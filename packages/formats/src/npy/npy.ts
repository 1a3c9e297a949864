import { type BytesLike, FormatError, type Tensor } from '@depthwise/core'
import { checkShape, elementCount, toBytes } from '@depthwise/core/backend'
import { decodeElements } from '../elements.ts'
import { refuse } from '../identify/index.ts'
import { littleEndianBytes } from '../little-endian.ts'
import { hasMagic } from '../magic.ts'
import { encodeText } from '../text.ts'
import { within } from '../within.ts'
import { npyMagic, readHeader } from './header.ts'
import { descrs, parseDescr } from './types.ts'

/**
 * Reads one NumPy array (`.npy`, versions 1 to 3, either byte order, C or Fortran order). Floats become float32, halves
 * exactly and doubles rounded; booleans become uint8, all integers but single bytes int32.
 * @throws FormatError naming the byte or the field: other types, empty arrays, integers beyond int32, doubles beyond
 * float32, data that is not as long as the shape says
 */
export function readNpy(source: BytesLike): Tensor {
  const bytes = toBytes(source)
  if (!hasMagic(bytes, 0, npyMagic)) refuse(bytes, 'npy', 'a NumPy array (.npy)')
  const { descr, fortranOrder, shape, dataStart } = readHeader(bytes)
  const { type, little } = parseDescr(descr)
  within('npy, field shape', () => checkShape(shape, 'npy, field shape'))
  const stored = decodeElements(bytes.subarray(dataStart), type, shape, 'npy, data', little)
  return fortranOrder && shape.length > 1 ? rowMajor(stored) : stored
}

/**
 * Writes one NumPy array, version 1, C order, data at a multiple of 64 bytes as NumPy has it. Equal tensors give equal bytes.
 * @throws FormatError for a shape that its header cannot hold
 */
export function writeNpy(tensor: Tensor): Uint8Array {
  const { dtype, shape } = tensor
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const fields = `{'descr': '${descrs[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`
  const dataStart = Math.ceil((10 + fields.length + 1) / 64) * 64
  if (dataStart > 10_000) {
    const found = `${shape.length} of them`
    throw new FormatError({ where: 'npy, field shape', expected: 'a header of extents under 10000 bytes', found })
  }
  const data = littleEndianBytes(tensor.data)
  const bytes = new Uint8Array(dataStart + data.length)
  const view = new DataView(bytes.buffer)
  bytes.set([0x93, ...encodeText('NUMPY'), 1, 0])
  view.setUint16(8, dataStart - 10, true)
  bytes.set(encodeText(`${fields.padEnd(dataStart - 11)}\n`), 10)
  bytes.set(data, dataStart)
  return bytes
}

/** The same array with the last axis fastest, where the first one was. */
function rowMajor(stored: Tensor): Tensor {
  const { shape, data } = stored
  const values = data.slice()
  // In the file axis k advances by the product of the extents before it.
  const strides = shape.map((_, axis) => elementCount(shape.slice(0, axis)))
  const index = shape.map(() => 0)
  let from = 0
  for (let to = 0; to < values.length; to += 1) {
    values[to] = data[from] as number
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      from += strides[axis] as number
      index[axis] = (index[axis] as number) + 1
      if ((index[axis] as number) < (shape[axis] as number)) break
      from -= (strides[axis] as number) * (shape[axis] as number)
      index[axis] = 0
    }
  }
  return { ...stored, data: values } as Tensor
}
