import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { encodeText } from '../../text.ts'
import type { Field, Message, Scalar, Schema } from './message.ts'

/** How each scalar travels (https://protobuf.dev/programming-guides/encoding). */
export const wireTypes: Readonly<Record<Scalar, WireType>> = {
  int32: WireType.Varint,
  int64: WireType.Varint,
  float: WireType.Bit32,
  double: WireType.Bit64,
  string: WireType.LengthDelimited,
  bytes: WireType.LengthDelimited,
}

const writers: { readonly [S in Scalar]: (writer: BinaryWriter, value: never) => void } = {
  int32: (writer, value: number) => void writer.int32(value),
  int64: (writer, value: number) => void writer.int64(value),
  float: (writer, value: number) => void writer.float(value),
  double: (writer, value: number) => void writer.double(value),
  string: (writer, value: string) => void writer.string(value),
  bytes: (writer, value: Uint8Array) => void writer.bytes(value),
}

/** The bytes of a message, its fields in the order of the schema: equal messages make equal bytes. */
export function encode<S extends Schema>(schema: S, message: Message<S>): Uint8Array {
  const writer = new BinaryWriter(encodeText)
  writeMessage(writer, schema, message as Readonly<Record<string, unknown>>)
  return writer.finish()
}

function writeMessage(writer: BinaryWriter, schema: Schema, message: Readonly<Record<string, unknown>>): void {
  for (const [name, field] of Object.entries(schema)) {
    const value = message[name]
    if (value === undefined) continue
    if (!field.repeated) writeField(writer, field, value)
    else if (field.packed) writeRun(writer, field, value as readonly unknown[])
    else for (const each of value as readonly unknown[]) writeField(writer, field, each)
  }
}

function writeField(writer: BinaryWriter, { number, type }: Field, value: unknown): void {
  if (typeof type === 'string') {
    writer.tag(number, wireTypes[type])
    writers[type](writer, value as never)
    return
  }
  writer.tag(number, WireType.LengthDelimited).fork()
  writeMessage(writer, type, value as Readonly<Record<string, unknown>>)
  writer.join()
}

function writeRun(writer: BinaryWriter, { number, type }: Field, values: readonly unknown[]): void {
  if (values.length === 0) return
  writer.tag(number, WireType.LengthDelimited).fork()
  for (const value of values) writers[type as Scalar](writer, value as never)
  writer.join()
}
