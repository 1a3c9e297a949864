import { OptionError, type Tensor, WeightsError } from '@depthwise/core'
import { toHalf } from '@depthwise/core/backend'
import { preview } from '../json.ts'
import { littleEndianBytes } from '../little-endian.ts'
import { encodeText } from '../text.ts'
import { label } from './header.ts'
import { dtypeNames } from './types.ts'

/** What goes into the file beside the tensors, and how they are stored. Metadata are texts by name, under `__metadata__`. */
export interface WriteSafetensorsOptions {
  readonly metadata?: Readonly<Record<string, string>>
  /**
   * What float32 tensors are stored as; default `float32`. `float16` halves the file; a tensor with a finite value beyond 65504
   * stays float32, since it would become infinite.
   */
  readonly dtype?: 'float32' | 'float16'
  /** Told of each tensor that stays float32 for that reason. */
  readonly onOverflow?: (name: string) => void
}

interface Stored {
  readonly name: string
  readonly dtype: string
  readonly shape: readonly number[]
  /** Bytes of one element. */
  readonly width: number
  readonly data: Uint8Array
}

/**
 * Writes a safetensors file. Equal maps give equal bytes, whatever their order: wide elements come first, then by name, as
 * the reference implementation has it, so that every tensor is aligned to its element without a hole; the data starts at a
 * multiple of 8.
 * @throws WeightsError for a tensor named `__metadata__`, which the format keeps for itself; OptionError for another dtype
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  options: WriteSafetensorsOptions = {},
): Uint8Array {
  const { dtype = 'float32', onOverflow } = options
  if (dtype !== 'float32' && dtype !== 'float16') {
    throw new OptionError({ where: 'option dtype', expected: 'float32 or float16', found: preview(dtype) })
  }
  const stored = [...tensors].map(([name, tensor]) => store(name, tensor, dtype, onOverflow)).sort(order)
  const metadata = Object.entries(options.metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const entries: [string, unknown][] = metadata.length > 0 ? [['__metadata__', Object.fromEntries(metadata)]] : []
  let size = 0
  for (const { name, dtype, shape, data } of stored) {
    entries.push([name, { dtype, shape, data_offsets: [size, size + data.length] }])
    size += data.length
  }
  const header = encodeText(objectText(entries))
  const length = Math.ceil(header.length / 8) * 8
  const bytes = new Uint8Array(8 + length + size)
  new DataView(bytes.buffer).setUint32(0, length, true)
  bytes.fill(0x20, 8, 8 + length).set(header, 8)
  let at = 8 + length
  for (const { data } of stored) {
    bytes.set(data, at)
    at += data.length
  }
  return bytes
}

function store(
  name: string,
  { dtype, shape, data }: Tensor,
  target: WriteSafetensorsOptions['dtype'],
  onOverflow: WriteSafetensorsOptions['onOverflow'],
): Stored {
  if (name === '__metadata__') {
    throw new WeightsError({
      where: label(name),
      expected: 'another name',
      found: 'the one the format keeps for itself',
    })
  }
  if (dtype === 'float32' && target === 'float16') {
    const halves = new Uint16Array(data.length)
    for (let i = 0; i < halves.length; i += 1) halves[i] = toHalf(data[i]!)
    if (!overflows(data as Float32Array, halves)) {
      return { name, dtype: 'F16', shape, width: 2, data: halfBytes(halves) }
    }
    onOverflow?.(name)
  }
  return { name, dtype: dtypeNames[dtype], shape, width: data.BYTES_PER_ELEMENT, data: littleEndianBytes(data) }
}

function overflows(values: Float32Array, halves: Uint16Array): boolean {
  return halves.some((half, i) => (half & 0x7fff) === 0x7c00 && Number.isFinite(values[i]))
}

function halfBytes(halves: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(2 * halves.length)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < halves.length; i += 1) view.setUint16(2 * i, halves[i] as number, true)
  return bytes
}

/** Unlike an object's own keys, which put `7` before `a`, these keep their order. */
function objectText(entries: readonly (readonly [string, unknown])[]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`
}

function order(a: Stored, b: Stored): number {
  return b.width - a.width || (a.name < b.name ? -1 : 1)
}
