/** Encodings of protobuf that ONNX uses; enumerations are `int32`. */
export type Scalar = 'int32' | 'int64' | 'float' | 'double' | 'string' | 'bytes'

/** One field of a message. `packed` fields are written as one run of numbers; both forms are read. */
export interface Field<T extends Scalar | Schema = Scalar | Schema, R extends boolean = boolean> {
  readonly number: number
  readonly type: T
  readonly repeated: R
  readonly packed: boolean
}

/** A message type: its fields by name. Fields that are not listed are passed over. */
export interface Schema {
  readonly [name: string]: Field
}

type Single<T> = T extends 'string'
  ? string
  : T extends 'bytes'
    ? Uint8Array
    : T extends Schema
      ? Message<T>
      : T extends Scalar
        ? number
        : never

/** The value of a message type: what is absent was not in the file, or is not to be written. */
export type Message<S extends Schema> = {
  readonly [F in keyof S]?: S[F] extends Field<infer T, infer R>
    ? R extends true
      ? readonly Single<T>[]
      : Single<T>
    : never
}

export function one<const T extends Scalar | Schema>(number: number, type: T): Field<T, false> {
  return { number, type, repeated: false, packed: false }
}

export function many<const T extends Scalar | Schema>(number: number, type: T): Field<T, true> {
  return { number, type, repeated: true, packed: false }
}

/** Repeated numbers in one run. */
export function run<const T extends Scalar>(number: number, type: T): Field<T, true> {
  return { number, type, repeated: true, packed: true }
}
