import { FormatError } from '@depthwise/core'
import { toBytes } from '@depthwise/core/backend'
import { isObject, type JsonObject, parseJson, parseJsonText } from '../json.ts'

// What `model.to_json()` gives: the configuration of a model, without weights.

/** A configuration as text, as the bytes of a file, or parsed. */
export type Architecture = string | Uint8Array | object

const where = 'option architecture'

/** @throws FormatError for what is no configuration of Keras */
export function parseArchitecture(given: Architecture): JsonObject {
  const json = typeof given === 'string' ? parseJsonText(given, where) : bytesOrJson(given)
  // `json.dump(model.to_json())` makes a text of a text.
  const config = typeof json === 'string' ? parseJsonText(json, where) : json
  if (isArchitecture(config)) return config
  throw new FormatError({ where, expected: 'the JSON of model.to_json(): class_name and config', found: 'other JSON' })
}

/** Whether JSON describes a model of Keras and nothing else. */
function isArchitecture(json: unknown): json is JsonObject {
  return isObject(json) && typeof json['class_name'] === 'string' && json['config'] !== undefined
}

const bytesOrJson = (given: Uint8Array | object): unknown =>
  ArrayBuffer.isView(given) ? parseJson(toBytes(given, where), where) : given
