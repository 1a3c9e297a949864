import type { Metadata, Normalization } from '@depthwise/core'
import { debug } from '@depthwise/core/backend'
import { decodeText } from '../text.ts'
import { readArchived } from './archived.ts'
import * as schema from './metadata-schema.ts'
import { normalizationOfStatistics } from './normalization.ts'
import { rootTable, type Table } from './table.ts'

type Described = Pick<Metadata, 'name' | 'source' | 'licence' | 'labels'> & { readonly normalization?: Normalization }
type TensorMetadata = Table<(typeof schema.tensorMetadataSchema.fields)[number]>

/**
 * What TFLite Metadata says of a model: `description` is the flatbuffer filed as TFLITE_METADATA, `bytes` the whole file,
 * whose appended archive holds the labels.
 * @param classes how many outputs there are to label
 * @param channels of the input, where it is an image
 * @throws FormatError where the description or the archive contradicts itself
 */
export function readDescription(
  description: Uint8Array,
  bytes: Uint8Array,
  classes: number,
  channels: number | null,
): Described {
  const model = rootTable(description, schema.modelMetadataSchema, 'M001')
  const subgraphs = model.tables('subgraph_metadata', schema.subGraphMetadataSchema)
  const main = subgraphs.length > 0 ? subgraphs.at(0) : null
  const inputs = main?.tables('input_tensor_metadata', schema.tensorMetadataSchema)
  const outputs = main?.tables('output_tensor_metadata', schema.tensorMetadataSchema)
  const normalization = inputs?.length === 1 ? readNormalization(inputs.at(0), channels) : undefined
  const labels = outputs?.length === 1 ? readLabels(outputs.at(0), bytes, classes) : undefined
  const [name, source, licence] = [model.string('name'), model.string('author'), model.string('license')]
  return {
    ...(name && { name }),
    ...(source && { source }),
    ...(licence && { licence }),
    ...(labels && { labels }),
    ...(normalization && { normalization }),
  }
}

function readNormalization(tensor: TensorMetadata, channels: number | null): Normalization | undefined {
  const units = tensor.tables('process_units', schema.processUnitSchema)
  for (let index = 0; index < units.length; index += 1) {
    const unit = units.at(index)
    if (unit.uint8('options_type') !== schema.normalizationOptionsMember) continue
    const options = unit.table('options', schema.normalizationOptionsSchema)
    if (options) return normalizationOfStatistics(options.float32s('mean'), options.float32s('std'), channels)
  }
  return undefined
}

/** The first list of labels filed with the output, other languages after it; undefined if it is not there or does not fit. */
function readLabels(tensor: TensorMetadata, bytes: Uint8Array, classes: number): readonly string[] | undefined {
  const files = tensor.tables('associated_files', schema.associatedFileSchema)
  for (let index = 0; index < files.length; index += 1) {
    const file = files.at(index)
    if (file.int8('type') !== schema.tensorAxisLabels) continue
    const name = file.string('name')
    const text = readArchived(bytes, name)
    if (!text) return undefined
    const labels = lines(decodeText(text))
    if (labels.length === classes) return labels
    debug(1, () => `tflite: "${name}" has ${labels.length} labels for ${classes} classes; left out`)
    return undefined
  }
  return undefined
}

function lines(text: string): readonly string[] {
  const all = text.split(/\r?\n/)
  return all.at(-1) === '' ? all.slice(0, -1) : all
}
