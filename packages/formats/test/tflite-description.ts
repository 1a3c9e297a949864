import { encode, f32, i8, type Part, table, text, vector } from '@depthwise/testing/files/tflite-encoder'

export interface Description {
  readonly name?: string
  readonly mean?: readonly number[]
  readonly std?: readonly number[]
  /** Names of the files filed with the output, and their types; 2 is TENSOR_AXIS_LABELS. */
  readonly files?: readonly (readonly [name: string, type: number])[]
}

/** A `TFLITE_METADATA` buffer; slots are those of metadata_schema.fbs. */
export function describeModel({ name = '', mean = [], std = [], files = [] }: Description): Uint8Array {
  const normalization = table(vector(mean.map(f32)), vector(std.map(f32)))
  const skipped = table(i8(3), table(f32(0.5)))
  const input = table(text('image'), null, null, null, vector([skipped, table(i8(1), normalization)]))
  const filed = files.map(([file, type]) => table(text(file), null, i8(type)))
  const output = table(text('probability'), null, null, null, null, null, vector(filed))
  const one = (part: Part): Part => vector([part])
  const subgraph = table(null, null, one(input), one(output))
  return encode(table(text(name), null, null, one(subgraph), text('me'), text('MIT')), 'M001')
}

/** Appends an archive of one file as the metadata tools do: its offsets count from the start of the whole. */
export function appendArchive(flat: Uint8Array, archive: Uint8Array): Uint8Array {
  const whole = new Uint8Array(flat.length + archive.length)
  whole.set(flat)
  whole.set(archive, flat.length)
  const view = new DataView(whole.buffer)
  const end = whole.length - 22
  const directory = view.getUint32(end + 16, true) + flat.length
  view.setUint32(end + 16, directory, true)
  view.setUint32(directory + 42, view.getUint32(directory + 42, true) + flat.length, true)
  return whole
}
