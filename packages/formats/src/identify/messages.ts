import { type FileKind, other, readable } from './kind.ts'

// Networks in protocol buffers, which have no signature: recognised by the numbers and wire types of their fields.

/** A field: its number, and its value or where its bytes lie. */
interface Field {
  readonly number: number
  readonly wire: number
  readonly value: number
  readonly start: number
  readonly end: number
}

const varints = 0
const counted = 2

/** The fields of a message in order. Invalid bytes give null and end the sequence. */
function* fieldsOf(bytes: Uint8Array, from = 0, to = bytes.length): Generator<Field | null> {
  let at = from
  const varint = (): number => {
    let value = 0
    for (let shift = 0; shift < 49; shift += 7) {
      const byte = at < to ? bytes[at] : undefined
      if (byte === undefined) return Number.NaN
      at += 1
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
    return Number.NaN
  }
  while (at < to) {
    const tag = varint()
    const [number, wire] = [Math.floor(tag / 8), tag % 8]
    const value = wire === varints || wire === counted ? varint() : 0
    const start = at
    at += wire === counted ? value : wire === 1 ? 8 : wire === 5 ? 4 : 0
    const isField = number > 0 && !Number.isNaN(value) && [0, 1, 2, 5].includes(wire) && at <= to
    yield isField ? { number, wire, value, start, end: at } : null
    if (!isField) return
  }
}

/** At most `count` fields from the start of a message; null if one of them is invalid. */
function firstFields(bytes: Uint8Array, count: number, from?: number, to?: number): readonly Field[] | null {
  const fields: Field[] = []
  for (const field of fieldsOf(bytes, from, to)) {
    if (field === null) return null
    fields.push(field)
    if (fields.length === count) break
  }
  return fields
}

/** Wire types of ModelProto's fields, by number (onnx.proto). Its graph is field 7. */
const modelFields: Readonly<Record<number, number>> = {
  1: 0,
  2: 2,
  3: 2,
  4: 2,
  5: 0,
  6: 2,
  7: 2,
  8: 2,
  14: 2,
  20: 2,
  25: 2,
  26: 2,
}

/** Whether the bytes run as a ModelProto does, in fields of its own, up to a graph that fits the file. */
export function isOnnx(bytes: Uint8Array): boolean {
  for (const field of fieldsOf(bytes)) {
    if (field === null || modelFields[field.number] !== field.wire) return false
    if (field.number === 7) return true
  }
  return false
}

const toTensorFlow = 'convert the model to TFLite, TensorFlow.js or ONNX (tf2onnx)'

/** The kind of a network in protocol buffers; null for other bytes. */
export function kindOfProtobuf(bytes: Uint8Array): FileKind | null {
  if (isOnnx(bytes)) return readable('onnx')
  const fields = firstFields(bytes, 4)
  const [first, second] = fields ?? []
  if (!fields || !first) return null
  if (isGraphDef(bytes, first)) return other('a frozen graph of TensorFlow (GraphDef, .pb)', toTensorFlow)
  if (second && isSavedModel(bytes, fields)) {
    return other('the saved_model.pb of a TensorFlow SavedModel', toTensorFlow)
  }
  if (second?.number === 2 && second.wire === counted && startsGraphDef(bytes, second)) {
    return other('the .meta file of a TensorFlow checkpoint', toTensorFlow)
  }
  if (isCaffe(bytes, fields)) return other('a Caffe model', 'convert it to ONNX')
  return isCoreML(bytes) ? other('a Core ML model', 'export the model that it was made from to ONNX or TFLite') : null
}

/** A GraphDef is a list of nodes (field 1), each a name (1) and an operator (2). */
function isGraphDef(bytes: Uint8Array, { number, wire, start, end }: Field): boolean {
  if (number !== 1 || wire !== counted) return false
  const [name, op] = firstFields(bytes, 2, start, end) ?? []
  return name?.number === 1 && op?.number === 2 && isWord(bytes, name) && isWord(bytes, op)
}

function startsGraphDef(bytes: Uint8Array, { start, end }: Field): boolean {
  const [node] = firstFields(bytes, 1, start, end) ?? []
  return node !== undefined && isGraphDef(bytes, node)
}

/** A version (field 1, always 1) and graphs (field 2), each with facts about itself (field 1) in front. */
function isSavedModel(bytes: Uint8Array, [version, graph, ...more]: readonly Field[]): boolean {
  if (version?.number !== 1 || version.wire !== varints || version.value !== 1 || graph?.number !== 2) return false
  const [facts] = firstFields(bytes, 1, graph.start, graph.end) ?? []
  return (
    graph.wire === counted && facts?.number === 1 && facts.wire === counted && more.every(({ number }) => number === 2)
  )
}

/** A name (field 1), and layers (field 100, or 2 before 2014), with inputs (3, 4, 8) between them. */
function isCaffe(bytes: Uint8Array, [name, next]: readonly Field[]): boolean {
  if (name?.number !== 1 || name.wire !== counted || !isWord(bytes, name)) return false
  return next !== undefined && [2, 3, 100].includes(next.number) && next.wire === counted
}

/** A version (field 1), a description (2), and one of many kinds of models (fields from 200 on). */
function isCoreML(bytes: Uint8Array): boolean {
  const [version, description, model] = firstFields(bytes, 3) ?? []
  if (version?.number !== 1 || version.wire !== varints || description?.number !== 2) return false
  return model !== undefined && model.number >= 200 && model.number < 4000 && model.wire === counted
}

/** Whether a field is a name: short, and of printable ASCII. */
function isWord(bytes: Uint8Array, { wire, start, end }: Field): boolean {
  if (wire !== counted || end === start || end - start > 1024) return false
  return bytes.subarray(start, end).every(byte => byte > 0x20 && byte < 0x7f)
}
