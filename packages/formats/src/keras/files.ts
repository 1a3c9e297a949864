import { FormatError, type Shape } from '@depthwise/core'
import { openHdf5 } from '../hdf5/file.ts'
import { parseJson, parseJsonText } from '../json.ts'
import { within } from '../within.ts'
import type { Archive } from '../zip/archive.ts'
import { legacySource, readLegacyWeights, weightsGroup } from './legacy.ts'
import { readConfig } from './model.ts'
import type { KerasFile } from './read.ts'
import { isVersion3, readVersion3Weights, version3Source } from './version3.ts'

/** An `.h5` of either version. */
export function readKerasHdf5(bytes: Uint8Array, inputShape?: Shape): KerasFile {
  const root = openHdf5(bytes)
  if (isVersion3(root)) return { model: null, tensors: readVersion3Weights(root) }
  const group = weightsGroup(root)
  if (!group) {
    const expected = 'the weights of Keras: an attribute layer_names, or a group layers'
    throw new FormatError({ where: 'hdf5', expected, found: root.names().slice(0, 8).join(', ') || 'nothing' })
  }
  const layers = readLegacyWeights(group)
  const tensors = new Map([...layers.values()].flatMap(weights => [...weights]))
  const config = root.texts('model_config')?.[0]
  if (config === undefined) return { model: null, tensors }
  return {
    model: readConfig(parseJsonText(config, 'model_config'), legacySource(layers), 'keras', inputShape),
    tensors,
  }
}

/** A `.keras`: `config.json` and `model.weights.h5`. */
export function readKerasArchive(archive: Archive, fileSize: number, inputShape?: Shape): KerasFile {
  // Weights do not shrink; what inflates to much more than the file is no checkpoint.
  const largest = 2 ** 24 + 4 * fileSize
  const name = archive.names.find(file => file.endsWith('.weights.h5'))
  const weights = name === undefined ? null : within('keras', () => archive.extract(name, largest))
  if (!weights)
    throw new FormatError({ where: 'keras', expected: 'a file model.weights.h5', found: 'none in the archive' })
  const root = openHdf5(weights)
  const tensors = readVersion3Weights(root)
  const config = within('keras', () => archive.extract('config.json', 2 ** 24))
  if (!config) return { model: null, tensors }
  return { model: readConfig(parseJson(config, 'config.json'), version3Source(tensors), 'keras', inputShape), tensors }
}
