import { type Message, many, one, run } from './proto/message.ts'

// The part of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) that networks are made of. Subgraphs,
// sparse tensors and local functions are only noticed, as bytes: no network here has them.

export const entrySchema = { key: one(1, 'string'), value: one(2, 'string') }

export const tensorSchema = {
  dims: many(1, 'int64'),
  dataType: one(2, 'int32'),
  floatData: run(4, 'float'),
  int32Data: run(5, 'int32'),
  int64Data: run(7, 'int64'),
  name: one(8, 'string'),
  rawData: one(9, 'bytes'),
  doubleData: run(10, 'double'),
  externalData: many(13, entrySchema),
  dataLocation: one(14, 'int32'),
}

export const attributeSchema = {
  name: one(1, 'string'),
  f: one(2, 'float'),
  i: one(3, 'int64'),
  s: one(4, 'bytes'),
  t: one(5, tensorSchema),
  g: one(6, 'bytes'),
  floats: many(7, 'float'),
  ints: many(8, 'int64'),
  strings: many(9, 'bytes'),
  type: one(20, 'int32'),
  refAttrName: one(21, 'string'),
}

export const nodeSchema = {
  input: many(1, 'string'),
  output: many(2, 'string'),
  name: one(3, 'string'),
  opType: one(4, 'string'),
  attribute: many(5, attributeSchema),
  domain: one(7, 'string'),
}

export const dimensionSchema = { value: one(1, 'int64'), param: one(2, 'string'), denotation: one(3, 'string') }
export const shapeSchema = { dim: many(1, dimensionSchema) }
export const tensorTypeSchema = { elemType: one(1, 'int32'), shape: one(2, shapeSchema) }
export const typeSchema = { tensorType: one(1, tensorTypeSchema) }
export const valueInfoSchema = { name: one(1, 'string'), type: one(2, typeSchema) }

export const graphSchema = {
  node: many(1, nodeSchema),
  name: one(2, 'string'),
  initializer: many(5, tensorSchema),
  input: many(11, valueInfoSchema),
  output: many(12, valueInfoSchema),
  sparseInitializer: many(15, 'bytes'),
}

export const operatorSetSchema = { domain: one(1, 'string'), version: one(2, 'int64') }

export const modelSchema = {
  irVersion: one(1, 'int64'),
  producerName: one(2, 'string'),
  graph: one(7, graphSchema),
  opsetImport: many(8, operatorSetSchema),
  metadataProps: many(14, entrySchema),
  functions: many(25, 'bytes'),
}

export type AttributeMessage = Message<typeof attributeSchema>
export type DimensionMessage = Message<typeof dimensionSchema>
export type GraphMessage = Message<typeof graphSchema>
export type ModelMessage = Message<typeof modelSchema>
export type NodeMessage = Message<typeof nodeSchema>
export type TensorMessage = Message<typeof tensorSchema>
export type ValueInfoMessage = Message<typeof valueInfoSchema>

/** `TensorProto.DataType`; the names are the enumeration's. */
export const dataTypes = {
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  STRING: 8,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  UINT32: 12,
  UINT64: 13,
  COMPLEX64: 14,
  COMPLEX128: 15,
  BFLOAT16: 16,
} as const
export type DataType = keyof typeof dataTypes

/** `AttributeProto.AttributeType`, as far as it is used. */
export const attributeTypes = {
  FLOAT: 1,
  INT: 2,
  STRING: 3,
  TENSOR: 4,
  GRAPH: 5,
  FLOATS: 6,
  INTS: 7,
  STRINGS: 8,
} as const

/** What an axis of an image is, by the names of DimensionDenotation.md. */
export const denotations = { batch: 'DATA_BATCH', channel: 'DATA_CHANNEL', spatial: 'DATA_FEATURE' } as const
