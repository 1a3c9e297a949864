import { FormatError, type Model, type Shape } from '@depthwise/core'
import { type Hdf5Object, openHdf5 } from '../hdf5/file.ts'
import { isObject, type JsonObject, parseJson, parseJsonText } from '../json.ts'
import { within } from '../within.ts'
import type { Archive } from '../zip/archive.ts'
import { namedWeights, readLegacyWeights, weightsGroup } from './legacy.ts'
import { legacySource } from './legacy-source.ts'
import { readConfig } from './model.ts'
import type { KerasFile } from './read.ts'
import { isVersion3, readVersion3Weights, version3Source } from './version3.ts'

/** What the caller knows of a file beyond its bytes. */
export interface FileContext {
  readonly architecture?: JsonObject | undefined
  readonly inputShape?: Shape | undefined
}

/** An `.h5` of either version. */
export function readKerasHdf5(bytes: Uint8Array, context: FileContext): KerasFile {
  const root = openHdf5(bytes)
  if (isVersion3(root)) return readVersion3(root, undefined, context)
  const group = weightsGroup(root)
  if (!group) {
    const expected = 'the weights of Keras: an attribute layer_names, or a group layers'
    throw new FormatError({ where: 'hdf5', expected, found: root.names().slice(0, 8).join(', ') || 'nothing' })
  }
  const layers = readLegacyWeights(group)
  const tensors = namedWeights(layers)
  const text = context.architecture ? undefined : root.texts('model_config')?.[0]
  const config = context.architecture ?? (text === undefined ? undefined : parseJsonText(text, 'model_config'))
  if (config === undefined) return { model: null, tensors }
  const version =
    context.architecture?.['keras_version'] ?? root.texts('keras_version')?.[0] ?? group.texts('keras_version')?.[0]
  const { inputShape } = context
  const model = readConfig(config, {
    format: 'keras',
    weightsFor: own => legacySource(layers, own, context.architecture !== undefined),
    inputShape,
    version,
  })
  return { model, tensors }
}

/** A `.keras`: `config.json` and `model.weights.h5`. */
export function readKerasArchive(archive: Archive, fileSize: number, context: FileContext): KerasFile {
  // Weights do not shrink; what inflates to much more than the file is no checkpoint.
  const largest = 2 ** 24 + 4 * fileSize
  const name = archive.names.find(file => file.endsWith('.weights.h5'))
  const weights = name === undefined ? null : within('keras', () => archive.extract(name, largest))
  if (!weights)
    throw new FormatError({ where: 'keras', expected: 'a file model.weights.h5', found: 'none in the archive' })
  const config = within('keras', () => archive.extract('config.json', 2 ** 24))
  const metadata = within('keras', () => archive.extract('metadata.json', 2 ** 16))
  const about = metadata && parseJson(metadata, 'metadata.json')
  return readVersion3(
    openHdf5(weights),
    config && {
      json: () => parseJson(config, 'config.json'),
      version: isObject(about) ? about['keras_version'] : null,
    },
    context,
  )
}

/** @param own the configuration beside the weights, where there is one */
function readVersion3(
  root: Hdf5Object,
  own: { readonly json: () => unknown; readonly version: unknown } | null | undefined,
  { architecture, inputShape }: FileContext,
): KerasFile {
  const tensors = readVersion3Weights(root)
  const config = architecture ?? own?.json()
  if (config === undefined) return { model: null, tensors }
  const version = architecture ? architecture['keras_version'] : own?.version
  const model: Model = readConfig(config, {
    format: 'keras',
    weightsFor: () => version3Source(tensors),
    inputShape,
    version,
  })
  return { model, tensors }
}
