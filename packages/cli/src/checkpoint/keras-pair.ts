import { basename, dirname, join } from 'node:path'
import { FormatError, type Model, type Size2 } from '@depthwise/core'
import { readKeras } from '@depthwise/formats'
import { exists, readBytes } from '../files.ts'
import { about } from './about.ts'
import { sha256 } from './fingerprint.ts'
import { sized } from './open-size.ts'
import type { Part } from './part.ts'

// Keras can keep a network in two files: what `model.to_json()` gives, and what `model.save_weights` writes. An unpacked .keras
// archive is such a pair too.

/** What weights are called beside a `NAME.json`, the likeliest first. */
const weightNames = (name: string): readonly string[] => [
  `${name}.weights.h5`,
  `${name}_weights.h5`,
  `${name}.h5`,
  'model.weights.h5',
  'weights.h5',
]

/** Whether a file is what `model.to_json()` gives; as text within JSON, too. */
export function isArchitecture(bytes: Uint8Array): boolean {
  const json = parse(new TextDecoder().decode(bytes))
  const config = typeof json === 'string' ? parse(json) : json
  return typeof config === 'object' && config !== null && 'class_name' in config && 'config' in config
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Reads the network that a configuration describes, with the weights that lie beside it.
 * @throws FormatError where there are none, naming those that would be taken
 */
export async function readKerasPair(path: string, architecture: Uint8Array, size: Size2 | undefined): Promise<Part> {
  const names = weightNames(basename(path).replace(/\.json$/i, ''))
  const paths = names.map(name => join(dirname(path), name))
  const there = await Promise.all(paths.map(exists))
  const weights = paths.find((_, at) => there[at])
  if (weights === undefined) {
    const expected = `weights beside it, in ${names.join(' or ')}`
    throw new FormatError({ where: path, expected, found: 'the configuration of a Keras model alone' })
  }
  const bytes = await readBytes(weights, `weights of ${path}`)
  const model = await about(weights, () => describedBy(path, architecture, bytes, size))
  return { path, model, sha256: sha256(bytes), size: architecture.length + bytes.length }
}

/** The configuration that lies beside bare weights, if one does. */
export async function architectureBeside(path: string): Promise<{ path: string; bytes: Uint8Array } | undefined> {
  const file = basename(path)
  const name = file.replace(/([._]weights)?\.(h5|hdf5)$/i, '')
  for (const each of [`${name}.json`, ...(file === 'model.weights.h5' ? ['config.json'] : [])]) {
    const beside = join(dirname(path), each)
    if (!(await exists(beside))) continue
    const bytes = await readBytes(beside, 'the configuration of a Keras model').catch(() => undefined)
    if (bytes && isArchitecture(bytes)) return { path: beside, bytes }
  }
  return undefined
}

/** The network of a configuration and bare weights. */
export async function describedBy(
  path: string,
  architecture: Uint8Array,
  weights: Uint8Array,
  size: Size2 | undefined,
): Promise<Model> {
  const options = { architecture, ...(size && { inputShape: [...size, 3] }) }
  const { model } = await sized(path, size, () => readKeras(weights, options))
  return model as Model
}
