import { isObject, type JsonObject } from '../json.ts'
import { decodeStrictly, decodeText } from '../text.ts'
import { type FileKind, other, readable } from './kind.ts'

/** How many bytes of a file decide whether it is text. */
const beginning = 1024

/** What may stand in front of a page: comments and the declaration of XML. */
const leading = /^(?:<!--(?:(?!-->)[\s\S])*-->\s*|<\?xml[^>]*>\s*)*/

/** The kind of a file that is text; null for other bytes. */
export function kindOfText(bytes: Uint8Array): FileKind | null {
  const start = decodeText(bytes.subarray(0, beginning))
  // The last character may be cut where the text goes on, which decoding shows as U+FFFD.
  const wrong = bytes.length > beginning ? /[^\P{Cc}\t\n\f\r]|\ufffd(?!$)/u : /[^\P{Cc}\t\n\f\r]|\ufffd/u
  if (wrong.test(start)) return null
  // Decoding has dropped the byte order mark.
  const text = start.trimStart()
  if (/^version https:\/\/(git-lfs|hawser)\.github\.com\/spec\//.test(text)) {
    return other('a Git LFS pointer, which stands in for the file', 'run "git lfs pull"')
  }
  if (/^[{[]|^"\{\\"/.test(text)) return kindOfJson(bytes)
  if (/^<(!doctype html|html|head|body)\b/i.test(text.replace(leading, ''))) {
    return other('an HTML page', 'check the address: pages that say "not found" or ask to log in come back as HTML')
  }
  if (/<svg\b/i.test(text)) return other('an SVG picture', 'pass a checkpoint')
  if (/^<(\?xml|[a-z])/i.test(text)) {
    return other('an XML file', 'check the address: storage services answer with XML what they refuse')
  }
  return other('a text file', 'pass a checkpoint')
}

/** JSON of no known kind. Readers of JSON say which field they miss in it. */
export const plainJson: FileKind = other(
  'JSON of another kind',
  'pass a checkpoint, or the model.json of a TensorFlow.js folder',
)

function kindOfJson(bytes: Uint8Array): FileKind {
  const whole = parse(decodeStrictly(bytes))
  // `json.dump(model.to_json())` makes a text of a text.
  const json = typeof whole === 'string' ? parse(whole) : whole
  if (json === undefined) return other('JSON that breaks off or is damaged', 'download it again')
  if (isObject(json)) {
    if ('modelTopology' in json || 'weightsManifest' in json) return readable('tfjs')
    if (isManifest(json)) return readable('manifest')
    if ('class_name' in json && 'config' in json) {
      return other(
        'the configuration of a Keras model, without weights',
        'pass it to readKeras as the option architecture, with the .weights.h5 beside it',
      )
    }
    if ('weight_map' in json) return other('the index of a safetensors file in parts', 'merge the parts into one file')
    if ('tmVersion' in json) return other("Teachable Machine's metadata.json", 'pass the model.json beside it')
  }
  return plainJson
}

function isManifest({ layers }: JsonObject): boolean {
  return Array.isArray(layers) && isObject(layers[0]) && 'weight' in layers[0] && 'bias' in layers[0]
}

function parse(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
