import type { TableSchema } from './table.ts'

// The part of the TFLite Metadata schema, version 1.1.0 (tensorflow_lite_support/metadata/metadata_schema.fbs in the
// tflite-support repository), that is read here; see schema.ts for how to read the lists.

export const modelMetadataSchema = {
  name: 'ModelMetadata',
  fields: ['name', 'description', 'version', 'subgraph_metadata', 'author', 'license'],
} as const satisfies TableSchema

export const subGraphMetadataSchema = {
  name: 'SubGraphMetadata',
  fields: ['name', 'description', 'input_tensor_metadata', 'output_tensor_metadata'],
} as const satisfies TableSchema

export const tensorMetadataSchema = {
  name: 'TensorMetadata',
  fields: ['name', 'description', 'dimension_names', 'content', 'process_units', 'stats', 'associated_files'],
} as const satisfies TableSchema

export const processUnitSchema = {
  name: 'ProcessUnit',
  fields: ['options_type', 'options'],
} as const satisfies TableSchema

/** The first member of the union ProcessUnitOptions. */
export const normalizationOptionsMember = 1
export const normalizationOptionsSchema = {
  name: 'NormalizationOptions',
  fields: ['mean', 'std'],
} as const satisfies TableSchema

export const associatedFileSchema = {
  name: 'AssociatedFile',
  fields: ['name', 'description', 'type', 'locale'],
} as const satisfies TableSchema

/** `AssociatedFileType`: a label for each index along an axis of an output. */
export const tensorAxisLabels = 2
/** `AssociatedFileType`: a label for each value of an output. */
export const tensorValueLabels = 3
