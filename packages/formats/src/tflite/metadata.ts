import type { Metadata, Normalization } from '@depthwise/core'
import { debug } from '@depthwise/core/backend'
import { decodeText } from '../text.ts'
import { readArchived } from './archived.ts'
import * as schema from './metadata-schema.ts'
import { normalizationOfStatistics } from './normalization.ts'
import { rootTable, type Table, type TableVector } from './table.ts'

type Described = Pick<Metadata, 'name' | 'source' | 'licence' | 'labels'> & { readonly normalization?: Normalization }
type TensorMetadata = Table<(typeof schema.tensorMetadataSchema.fields)[number]>

/**
 * What TFLite Metadata says of a model: `description` is the flatbuffer filed as TFLITE_METADATA, `bytes` the whole file,
 * whose appended archive holds the labels.
 * @param classes how many labels fit the axes of the output: its elements, or those of its last axis
 * @param channels of the input, where it is an image
 * @throws FormatError where the description or the archive contradicts itself
 */
export function readDescription(
  description: Uint8Array,
  bytes: Uint8Array,
  classes: readonly number[],
  channels: number | null,
): Described {
  const model = rootTable(description, schema.modelMetadataSchema, 'M001')
  const subgraphs = model.tables('subgraph_metadata', schema.subGraphMetadataSchema)
  const main = subgraphs.length > 0 ? subgraphs.at(0) : null
  const inputs = main?.tables('input_tensor_metadata', schema.tensorMetadataSchema)
  const outputs = main?.tables('output_tensor_metadata', schema.tensorMetadataSchema)
  const normalization = inputs?.length === 1 ? readNormalization(inputs.at(0), channels) : undefined
  const labels = outputs && labelsIn(outputs, bytes, classes)
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

/** Labels of what the values of an output mean, as a detector's classes have them, else of the axes of the only output. */
function labelsIn(
  outputs: TableVector<(typeof schema.tensorMetadataSchema.fields)[number]>,
  bytes: Uint8Array,
  classes: readonly number[],
): readonly string[] | undefined {
  for (let index = 0; index < outputs.length; index += 1) {
    const labels = readLabels(outputs.at(index), bytes, schema.tensorValueLabels)
    if (labels) return labels
  }
  return outputs.length === 1 ? readLabels(outputs.at(0), bytes, schema.tensorAxisLabels, classes) : undefined
}

/**
 * The first list of labels of a kind that is filed with an output, other languages after it; undefined if it is not there or does not
 * fit.
 */
function readLabels(
  tensor: TensorMetadata,
  bytes: Uint8Array,
  type: number,
  classes?: readonly number[],
): readonly string[] | undefined {
  const files = tensor.tables('associated_files', schema.associatedFileSchema)
  for (let index = 0; index < files.length; index += 1) {
    const file = files.at(index)
    if (file.int8('type') !== type) continue
    const name = file.string('name')
    const text = readArchived(bytes, name)
    if (!text) return undefined
    const labels = lines(decodeText(text))
    if (!classes || classes.includes(labels.length)) return labels
    debug(1, () => `tflite: "${name}" has ${labels.length} labels for ${classes.join(' or ')} classes; left out`)
    return undefined
  }
  return undefined
}

function lines(text: string): readonly string[] {
  const all = text.split(/\r?\n/)
  return all.at(-1) === '' ? all.slice(0, -1) : all
}
