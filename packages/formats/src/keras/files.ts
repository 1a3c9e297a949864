import { FormatError, type Model, type Shape, type Tensor } from '@depthwise/core'
import { type Hdf5Object, openHdf5 } from '../hdf5/file.ts'
import { isObject, type JsonObject, parseJson, parseJsonText } from '../json.ts'
import { within } from '../within.ts'
import { Archive } from '../zip/archive.ts'
import { namedWeights, readLegacyWeights, weightsGroup } from './legacy.ts'
import { legacySource } from './legacy-source.ts'
import { readConfig } from './model.ts'
import { isVersion3, readVersion3Weights, version3Source } from './version3.ts'

/** What the caller knows of a file beyond its bytes. */
export interface FileContext {
  readonly architecture?: JsonObject | undefined
  readonly inputShape?: Shape | undefined
}

/** A file of Keras whose weights are not decoded yet. */
export interface KerasFile {
  /** Whether it describes the network of its weights. */
  readonly hasModel: boolean
  /** All weights: by `LAYER/VARIABLE`, or by Keras 3's numbers of layers, `layers/conv2d_1/vars/0`. */
  tensors(): ReadonlyMap<string, Tensor>
  /** @throws FormatError where neither the file nor the context describes a network */
  model(context: FileContext): Model
}

/** @throws FormatError for a file without weights of Keras */
export function openKerasFile(bytes: Uint8Array, format: 'hdf5' | 'keras'): KerasFile {
  return format === 'hdf5' ? openKerasHdf5(bytes) : openKerasArchive(bytes)
}

/** An `.h5` of either version. */
function openKerasHdf5(bytes: Uint8Array): KerasFile {
  const root = openHdf5(bytes)
  if (isVersion3(root)) return version3File(root, null)
  const group = weightsGroup(root)
  if (!group) {
    const expected = 'the weights of Keras: an attribute layer_names, or a group layers'
    throw new FormatError({ where: 'hdf5', expected, found: root.names().slice(0, 8).join(', ') || 'nothing' })
  }
  const text = root.texts('model_config')?.[0]
  return {
    hasModel: text !== undefined,
    tensors: () => namedWeights(readLegacyWeights(group)),
    model({ architecture, inputShape }) {
      const config = architecture ?? (text === undefined ? undefined : parseJsonText(text, 'model_config'))
      if (config === undefined) throw weightsAlone()
      const layers = readLegacyWeights(group)
      const version =
        architecture?.['keras_version'] ?? root.texts('keras_version')?.[0] ?? group.texts('keras_version')?.[0]
      return readConfig(config, {
        format: 'keras',
        weightsFor: own => legacySource(layers, own, architecture !== undefined),
        inputShape,
        version,
      })
    },
  }
}

/** A `.keras`: `config.json` and `model.weights.h5`. */
function openKerasArchive(bytes: Uint8Array): KerasFile {
  const archive = within('keras', () => Archive.open(bytes)) as Archive
  // Weights do not shrink; what inflates to much more than the file is no checkpoint.
  const largest = 2 ** 24 + 4 * bytes.length
  const name = archive.names.find(file => file.endsWith('.weights.h5'))
  const weights = name === undefined ? null : within('keras', () => archive.extract(name, largest))
  if (!weights)
    throw new FormatError({ where: 'keras', expected: 'a file model.weights.h5', found: 'none in the archive' })
  const config = within('keras', () => archive.extract('config.json', 2 ** 24))
  const metadata = within('keras', () => archive.extract('metadata.json', 2 ** 16))
  const about = metadata && parseJson(metadata, 'metadata.json')
  return version3File(
    openHdf5(weights),
    config && {
      json: () => parseJson(config, 'config.json'),
      version: isObject(about) ? about['keras_version'] : null,
    },
  )
}

/** @param own the configuration beside the weights, where there is one */
function version3File(
  root: Hdf5Object,
  own: { readonly json: () => unknown; readonly version: unknown } | null,
): KerasFile {
  return {
    hasModel: own !== null,
    tensors: () => readVersion3Weights(root),
    model({ architecture, inputShape }) {
      const config = architecture ?? own?.json()
      if (config === undefined) throw weightsAlone()
      const tensors = readVersion3Weights(root)
      const version = architecture ? architecture['keras_version'] : own?.version
      return readConfig(config, { format: 'keras', weightsFor: () => version3Source(tensors), inputShape, version })
    },
  }
}

function weightsAlone(): FormatError {
  return new FormatError({
    where: 'keras',
    expected: 'a network: its configuration in the file, or as the option architecture',
    found: 'weights alone, which readKerasWeights reads',
  })
}
