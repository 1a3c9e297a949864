import { FormatError, type Model } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import { readKeras } from '@depthwise/formats/networks'
import { about } from './about.ts'
import { isArchitecture } from './architecture.ts'
import type { CheckpointFiles } from './files.ts'
import { sized } from './open-size.ts'
import type { SizeOption } from './size.ts'

// Keras can keep a network in two files: what `model.to_json()` gives, and what `model.save_weights` writes. An unpacked .keras
// archive is such a pair too.

/** Names of weights beside a `NAME.json`, the likeliest first. */
const weightNames = (name: string): readonly string[] => [
  `${name}.weights.h5`,
  `${name}_weights.h5`,
  `${name}.h5`,
  'model.weights.h5',
  'weights.h5',
]

/**
 * Reads the network that a configuration describes, with the weights beside it.
 * @returns the model and the bytes of its weights, which identify it
 * @throws FormatError where there are none, naming those that would be taken
 */
export async function readKerasPair(
  files: CheckpointFiles,
  config: string,
  architecture: Uint8Array,
  size: Size2 | undefined,
  option: SizeOption | undefined,
): Promise<{ readonly model: Model; readonly weights: Uint8Array }> {
  const names = weightNames(config.replace(/\.json$/i, ''))
  const there = await Promise.all(names.map(name => files.has(name)))
  const name = names.find((_, at) => there[at])
  if (name === undefined) {
    const expected = `weights beside it, in ${names.join(' or ')}`
    const found = 'the configuration of a Keras model alone'
    throw new FormatError({ where: files.where(config), expected, found })
  }
  const weights = await files.read(name, `weights of ${files.where(config)}`)
  const model = await about(files.where(name), () => describedBy(files, config, architecture, weights, size, option))
  return { model, weights }
}

/** The configuration beside bare weights, if there is one. */
export async function architectureBeside(
  files: CheckpointFiles,
  weights: string,
): Promise<{ readonly name: string; readonly bytes: Uint8Array } | undefined> {
  const stem = weights.replace(/([._]weights)?\.(h5|hdf5)$/i, '')
  for (const name of [`${stem}.json`, ...(weights === 'model.weights.h5' ? ['config.json'] : [])]) {
    if (!(await files.has(name))) continue
    const bytes = await files.read(name, 'the configuration of a Keras model').catch(() => undefined)
    if (bytes && isArchitecture(bytes)) return { name, bytes }
  }
  return undefined
}

/** The network of a configuration and bare weights. */
export async function describedBy(
  files: CheckpointFiles,
  config: string,
  architecture: Uint8Array,
  weights: Uint8Array,
  size: Size2 | undefined,
  option: SizeOption | undefined,
): Promise<Model> {
  const options = { architecture, ...(size && { inputShape: [...size, 3] }) }
  return sized(files.where(config), size, () => readKeras(weights, options), option)
}
